import { findContexts } from '../../broker/archive/find-negotiation.ts';
import { classesOf } from '../../broker/archive/modality-classes.ts';
import { storageContexts } from '../../broker/archive/retrieve-contexts.ts';
import { queryLevels } from '../../broker/archive/attribute-level.ts';
import { settings } from '../../broker/config/schema.ts';
import { canDecode } from '../../broker/dicom/codec/decode-frame.ts';
import { canEncode } from '../../broker/dicom/codec/encode-frame.ts';
import { askedAttributes, requiredAttributes } from '../../broker/dicomweb/qido/qido-attributes.ts';
import { parameters } from '../../broker/dicomweb/surface/parameters.ts';
import { templateOf } from '../../broker/dicomweb/surface/resource-tree.ts';
import { methodsOf } from '../../broker/dicomweb/surface/surface-route.ts';
import { surface } from '../../broker/dicomweb/surface/surface.ts';
import { keywordOf } from '../../broker/domain/dictionary.ts';
import { implementationClassUid, implementationVersionName } from '../../broker/domain/implementation.ts';
import {
  studyRootFindSopClass,
  studyRootGetSopClass,
  studyRootMoveSopClass,
  verificationSopClass,
} from '../../broker/domain/sop-class.ts';
import { encodingOf, transferSyntaxOf, transferSyntaxes } from '../../broker/domain/transfer-syntax.ts';
import { markdownTable } from './markdown-table.ts';

/** The parts of docs/conformance.md that derive from the code, by the names of their markers. */
export const conformanceTables: Readonly<Record<string, () => string>> = {
  implementation: () =>
    markdownTable([
      ['Name', 'Value'],
      ['Implementation Class UID', code(implementationClassUid)],
      ['Implementation Version Name', code(implementationVersionName)],
    ]),
  services: () =>
    markdownTable([
      ['SOP class', 'UID', 'SCU', 'SCP'],
      ['Verification', code(verificationSopClass), 'yes', 'yes'],
      ['Study Root Query/Retrieve, FIND', code(studyRootFindSopClass), 'yes', 'no'],
      ['Study Root Query/Retrieve, MOVE', code(studyRootMoveSopClass), 'yes', 'no'],
      ['Study Root Query/Retrieve, GET', code(studyRootGetSopClass), 'yes', 'no'],
      ['Storage SOP classes, see below', '', 'yes', 'yes'],
    ]),
  'transfer-syntaxes': () =>
    markdownTable([
      ['Transfer syntax', 'UID', 'Received, kept, sent', 'Decoded', 'Encoded'],
      ...transferSyntaxes.map(({ name, uid }) => [
        name,
        code(uid),
        'yes',
        encodingOf(uid).encapsulated ? yes(canDecode(uid)) : 'not needed',
        yes(canEncode(uid)),
      ]),
    ]),
  'find-contexts': () =>
    markdownTable([
      ['Abstract syntax', 'Transfer syntaxes'],
      ...findContexts().map(({ abstractSyntax, transferSyntaxes: uids }) => [
        code(abstractSyntax),
        uids.map(nameOf).join(', '),
      ]),
    ]),
  'get-order': () =>
    storageContexts(['1.2.3'])
      .map(({ transferSyntax }, index) => `${index + 1}. ${nameOf(transferSyntax)} (${code(transferSyntax)})`)
      .join('\n'),
  'get-classes': () => list([...new Set(storageContexts([]).map(({ sopClass }) => sopClass))].map(code)),
  'get-modalities': () =>
    markdownTable([
      ['Modality', 'SOP classes'],
      ...['CR', 'CT', 'DX', 'MG', 'MR', 'NM', 'PT', 'RF', 'SEG', 'SR', 'US', 'XA'].map((modality) => [
        modality,
        classesOf(modality).map(code).join(', '),
      ]),
    ]),
  'query-attributes': () =>
    markdownTable([
      ['Level', 'In every answer', 'Where the archive knows them'],
      ...queryLevels.map((level) => {
        const scope = { level, hasStudy: true, hasSeries: true };
        const required = requiredAttributes(scope);
        const known = askedAttributes(scope).filter((tag) => !required.includes(tag));
        return [level, required.map(nameOfTag).join(', '), known.map(nameOfTag).join(', ')];
      }),
    ]),
  'dimse-settings': () => settingsOf(['dimse', 'scp']),
  surface: () =>
    markdownTable([
      ['Service', 'Resource', 'Methods', 'Transaction', 'Status'],
      ...surface.flatMap((route) =>
        route.operations.map(({ id, statuses }) => [
          serviceNames[route.service],
          code(templateOf(route.path)),
          methodsOf(route).join(', '),
          id,
          statuses.join(', '),
        ]),
      ),
    ]),
  'media-types': () =>
    markdownTable([
      ['Transaction', 'Takes', 'Sends, the first by default', 'Query parameters'],
      ...surface.flatMap(({ operations }) =>
        operations.map(({ id, takes = [], sends, parameters: names }) => [
          id,
          takes.map(code).join(', '),
          sends.map(code).join(', '),
          names.map(code).join(', '),
        ]),
      ),
    ]),
  parameters: () =>
    markdownTable([
      ['Query parameter', 'Type', 'Meaning'],
      ...Object.entries(parameters).map(([name, { type, description }]) => [code(name), type, description]),
    ]),
};

const serviceNames = {
  qido: 'QIDO-RS',
  wado: 'WADO-RS',
  stow: 'STOW-RS',
  root: 'each root',
  server: 'server',
} as const;

function settingsOf(groups: readonly string[]): string {
  return markdownTable([
    ['Setting', 'Default', 'Meaning'],
    ...settings
      .filter(({ group, default: value }) => groups.includes(group) && value !== undefined)
      .map(({ property, default: value, type: { unit }, help }) => [
        code(property),
        `${String(value)}${unit === undefined ? '' : ` ${unit}`}`,
        help,
      ]),
  ]);
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

function yes(is: boolean): string {
  return is ? 'yes' : 'no';
}

function nameOf(uid: string): string {
  return transferSyntaxOf(uid)?.name ?? uid;
}

function nameOfTag(tag: string): string {
  return keywordOf(tag) ?? tag;
}
