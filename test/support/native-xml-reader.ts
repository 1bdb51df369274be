import { SaxesParser } from 'saxes';
import type { DicomJson, JsonAttribute } from '../../broker/dicom/dicom-json.ts';

interface Node {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Node[];
  text: string;
}

/**
 * A Native DICOM Model document (PS3.19 annex A.1), in a form that `asXmlSays` gives of a data set in
 * JSON: every value as text by its number.
 * @throws Error where it is not well-formed
 */
export function readNativeXml(xml: string): unknown {
  const root = parse(xml);
  if (root?.name !== 'NativeDicomModel') throw new Error('This is no Native DICOM Model.');
  return attributesOf(root);
}

function parse(xml: string): Node | undefined {
  const parser = new SaxesParser();
  const open: Node[] = [];
  let root: Node | undefined;
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [], text: '' };
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  });
  parser.on('text', (text) => {
    const node = open.at(-1);
    if (node !== undefined) node.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.write(xml).close();
  return root;
}

function attributesOf(node: Node): Record<string, unknown> {
  const entries = node.children.map(({ attributes: { tag = '', vr, privateCreator }, children }) => {
    const values = Object.fromEntries(children.map((child) => valueOf(child)));
    return [privateCreator === undefined ? tag : `${tag} ${privateCreator}`, { vr, ...values }];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function valueOf(node: Node): [string, unknown] {
  const { name, attributes, children, text } = node;
  const number = attributes['number'] ?? '';
  if (name === 'Item') return [number, attributesOf(node)];
  if (name === 'PersonName') {
    const groups = children.map((group) => [group.name, group.children.map((one) => [one.name, one.text])]);
    return [number, Object.fromEntries(groups) as unknown];
  }
  if (name === 'BulkData') return [name, attributes['uri']];
  return [name === 'Value' ? number : name, text];
}

/** What an XML document of the data set has to say. */
export function asXmlSays(dataSet: DicomJson): unknown {
  const entries = Object.entries(dataSet).map(([tag, attribute]) => [
    shown(tag, dataSet),
    content(attribute),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** Private attributes are told by their creator. */
function shown(tag: string, dataSet: DicomJson): string {
  if (parseInt(tag.slice(0, 4), 16) % 2 === 0 || tag.slice(4, 6) === '00') return tag;
  const creator = dataSet[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value?.[0];
  return typeof creator === 'string' ? `${tag.slice(0, 4)}00${tag.slice(6)} ${writable(creator)}` : tag;
}

function content({ vr, Value, InlineBinary, BulkDataURI }: JsonAttribute): unknown {
  const values = (Value ?? []).flatMap((value, index): [string, unknown][] => {
    const number = String(index + 1);
    if (vr === 'SQ') return [[number, asXmlSays((value ?? {}) as DicomJson)]];
    if (value === null) return [];
    if (typeof value === 'object') return [[number, nameOf(value as Record<string, string>)]];
    return [[number, writable(String(value))]];
  });
  return {
    vr,
    ...Object.fromEntries(values),
    ...(InlineBinary === undefined ? {} : { InlineBinary }),
    ...(BulkDataURI === undefined ? {} : { BulkData: BulkDataURI }),
  };
}

const nameComponents = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'];

function nameOf(name: Record<string, string>): unknown {
  const groups = Object.entries(name).map(([group, text]) => [
    group,
    text
      .split('^')
      .flatMap((part, index) => (part === '' || index > 4 ? [] : [[nameComponents[index], writable(part)]])),
  ]);
  return Object.fromEntries(groups) as unknown;
}

/** XML 1.0 has no way to write some control characters (its section 2.2). */
function writable(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\uFFFE\uFFFF]/g, '\uFFFD');
}
