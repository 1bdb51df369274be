import type { DicomJson, JsonAttribute, JsonValue } from '../../broker/dicom/dicom-json.ts';
import { jsonText } from '../../broker/dicom/json-text.ts';
import { runTool } from './run-tool.ts';

/** What DCMTK's dcm2json makes of a file; undefined where it cannot: of ISO 2022 and of fragments, say. */
export async function dcm2json(file: string): Promise<DicomJson | undefined> {
  const { exitCode, stdout } = await runTool('dcm2json', ['-q', '-ee', file]);
  if (exitCode !== 0) return undefined;
  return JSON.parse(Buffer.from(stdout, 'latin1').toString('utf8')) as DicomJson;
}

/** A file up to its encapsulated pixel data, at which dcm2json stops. */
export function withoutFragments(file: Buffer): Buffer {
  const pixels = file.indexOf(Buffer.from('E07F10004F420000FFFFFFFF', 'hex'));
  return pixels < 0 ? file : file.subarray(0, pixels);
}

/** A data set as a reader of its JSON text has it, where -0 is 0, without what differs on purpose. */
export function comparable(dataSet: DicomJson): unknown {
  return normal(JSON.parse(jsonText(dataSet)) as DicomJson);
}

/**
 * Takes out what the two write differently on purpose: dcm2json rounds FL to nine digits, pads UN of
 * odd length, names ISO_IR 192 also where Specific Character Set is empty, and leaves an item's own
 * character set undecoded (one item of chrSQEncoding.dcm, compared with a literal name above).
 */
function normal(dataSet: DicomJson): unknown {
  const entries = Object.entries(dataSet).filter(([tag]) => tag !== '00080005');
  return Object.fromEntries(entries.map(([tag, attribute]) => [tag, normalAttribute(attribute)]));
}

function normalAttribute(attribute: JsonAttribute): unknown {
  const { vr, Value, InlineBinary } = attribute;
  if (Value !== undefined && vr === 'SQ') return Value.map((item) => normal(item as DicomJson));
  if (Value !== undefined && vr === 'FL')
    return Value.map((value: JsonValue) => Math.fround(value as number));
  if (InlineBinary !== undefined && vr === 'UN') {
    const bytes = Buffer.from(InlineBinary, 'base64');
    return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
  }
  return attribute;
}
