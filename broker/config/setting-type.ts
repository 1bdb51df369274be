import * as z from 'zod';
import { isAeTitle, type AeTitle } from '../domain/ae-title.ts';
import { readCharacterSet } from '../domain/character-set-term.ts';
import { isViewerTemplate } from '../domain/viewer-url.ts';
import { archiveNameForm, isFurtherArchiveName, splitArchiveNames } from './archive-name.ts';
import { isOriginEntry, readPublicUrl, splitOrigins } from './origins.ts';
import { isHost, isPath, readHost, readUrlBase, splitHosts } from './text-forms.ts';

/** How a form shows a setting. */
type SettingKind =
  | 'ae-title'
  | 'archive-names'
  | 'host'
  | 'hosts'
  | 'port'
  | 'integer'
  | 'boolean'
  | 'choice'
  | 'character-set'
  | 'url'
  | 'url-base'
  | 'origins'
  | 'path'
  /** Never shown, logged or exported, once it is set. */
  | 'secret';

/** What values a setting takes. `schema` reads text (variables, files, forms) and JSON values alike. */
export interface SettingType<Value> {
  readonly kind: SettingKind;
  readonly schema: z.ZodType<Value>;
  /** The values that are allowed, in plain words: the end of the sentence "Allowed: …". */
  readonly allowed: string;
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
}

/** A whole number from `min` to `max`, counted in `unit` (plain words, plural). */
export function integer(limits: { min: number; max: number; unit?: string }): SettingType<number> {
  const range = `a whole number from ${String(limits.min)} to ${String(limits.max)}`;
  const allowed = limits.unit === undefined ? range : `${range} (${limits.unit})`;
  return { kind: 'integer', schema: wholeNumber(limits.min, limits.max, allowed), allowed, ...limits };
}

/** A TCP port to connect to. */
export function remotePort(): SettingType<number> {
  const allowed = 'a port number from 1 to 65535';
  return { kind: 'port', schema: wholeNumber(1, 65535, allowed), allowed, min: 1, max: 65535 };
}

/** A TCP port to listen on; 0 lets the system choose a free one. */
export function localPort(): SettingType<number> {
  const allowed = 'a port number from 1 to 65535, or 0 for any free port (for tests)';
  return { kind: 'port', schema: wholeNumber(0, 65535, allowed), allowed, min: 0, max: 65535 };
}

/** An application entity title (PS3.5 section 6.2, VR AE). Padding spaces are dropped. */
export function aeTitle(): SettingType<AeTitle> {
  const allowed = '1 to 16 ASCII characters without backslash, not in quotation marks';
  const form = z.string({ error: allowed }).refine(isAeTitle, { error: allowed });
  // A title in quotation marks is legal, but always the fault of a shell or an env file that kept them.
  const unquoted = form.refine((title) => !/^(["']).*\1$/.test(title), { error: allowed });
  return { kind: 'ae-title', schema: z.preprocess(trimmed, unquoted), allowed };
}

/** A host name, an IPv4 or an IPv6 address; the brackets of an IPv6 address in a URL are dropped. */
export function host(): SettingType<string> {
  const allowed = 'a host name, an IPv4 or an IPv6 address';
  const form = z.string({ error: allowed }).refine(isHost, { error: allowed });
  return { kind: 'host', schema: z.preprocess(onText(readHost), form), allowed };
}

/** Names and addresses of hosts, as one text with commas between them. */
export function hosts(): SettingType<string> {
  const allowed = 'host names or addresses with commas between them, without ports, or nothing';
  const read = (text: string): unknown => {
    const names = splitHosts(text);
    return names.length <= 100 && names.every(isHost) ? names.join(', ') : undefined;
  };
  return { kind: 'hosts', schema: z.preprocess(onText(read), z.string({ error: allowed })), allowed };
}

/** Names of further archives, as one text with commas between them. */
export function archiveNames(): SettingType<string> {
  const allowed = `names of archives with commas between them, each once, each ${archiveNameForm}; or nothing`;
  const read = (text: string): unknown => {
    const names = splitArchiveNames(text);
    const isEachOnce = new Set(names).size === names.length;
    return names.length <= 100 && isEachOnce && names.every(isFurtherArchiveName)
      ? names.join(', ')
      : undefined;
  };
  return {
    kind: 'archive-names',
    schema: z.preprocess(onText(read), z.string({ error: allowed })),
    allowed,
  };
}

/** Something that only those may know who are meant to; '' only where `emptyMeans` says what that stands for. */
export function secret(limits: { minLength: number; emptyMeans: string }): SettingType<string> {
  const { minLength, emptyMeans } = limits;
  const allowed = `${minLength} to 256 visible ASCII characters without spaces, or nothing for ${emptyMeans}`;
  // It is sent in an HTTP header.
  const accepts = (text: string): boolean =>
    text === '' || (/^[!-~]{1,256}$/.test(text) && text.length >= minLength);
  const schema = z.preprocess(trimmed, z.string({ error: allowed }).refine(accepts, { error: allowed }));
  return { kind: 'secret', schema, allowed };
}

/** true or false, also written yes, no, 1 and 0, in capitals or not. */
export function boolean(): SettingType<boolean> {
  const allowed = 'true or false (yes, no, 1 and 0 mean the same)';
  const words = new Map([
    ['true', true],
    ['yes', true],
    ['1', true],
    ['false', false],
    ['no', false],
    ['0', false],
  ]);
  const read = (text: string): unknown => words.get(text.trim().toLowerCase()) ?? text;
  return {
    kind: 'boolean',
    schema: z.preprocess(onText(read), z.boolean({ error: allowed })),
    allowed,
    choices: ['true', 'false'],
  };
}

/** One of several words, in capitals or not. */
export function choice<const Word extends string>(words: readonly [Word, ...Word[]]): SettingType<Word> {
  const allowed = `one of ${words.join(', ')}`;
  const read = (text: string): string => text.trim().toLowerCase();
  const schema = z.preprocess(onText(read), z.enum(words, { error: allowed }));
  return { kind: 'choice', schema, allowed, choices: words };
}

/**
 * The values of Specific Character Set (0008,0005) as the attribute's whole value, in the standard's spelling
 * (PS3.3 section C.12.1.1.2); '' only where `emptyMeans` says what that stands for.
 */
export function characterSet(emptyMeans: string): SettingType<string> {
  const allowed = `the defined terms, such as "ISO_IR 100" or "\\ISO 2022 IR 87", or nothing for ${emptyMeans}`;
  return {
    kind: 'character-set',
    schema: z.preprocess(onText(readCharacterSet), z.string({ error: allowed })),
    allowed,
  };
}

/** The path under which a service answers, without a slash at its end; the root is ''. */
export function urlBase(): SettingType<string> {
  const allowed = 'a path that begins with "/", of letters, digits and - . _ ~ between single slashes';
  const read = (text: string): unknown => readUrlBase(text);
  return {
    kind: 'url-base',
    schema: z.preprocess(onText(read), z.string({ error: allowed })),
    allowed,
  };
}

/** A URL of http or https without a slash at its end; '' for none. */
export function publicUrl(): SettingType<string> {
  const allowed =
    'a URL that begins with "http://" or "https://", with a host, perhaps a port and a path, or nothing';
  return {
    kind: 'url',
    schema: z.preprocess(
      onText((text) => readPublicUrl(text)),
      z.string({ error: allowed }),
    ),
    allowed,
  };
}

/** Address of a study in a viewer, with placeholders; '' for none. */
export function viewerTemplate(): SettingType<string> {
  const allowed =
    'a URL that begins with "http://" or "https://", with {studyInstanceUIDs}, {patientId} and {archive} behind its host where the viewer takes them, or nothing';
  const accepts = (text: string): boolean => text === '' || (text.length <= 2000 && isViewerTemplate(text));
  const schema = z.preprocess(trimmed, z.string({ error: allowed }).refine(accepts, { error: allowed }));
  return { kind: 'url', schema, allowed };
}

/** Origins of web pages, as one text with commas between them. */
export function origins(): SettingType<string> {
  const allowed =
    'origins such as "https://viewer.example.org", with commas between them; an asterisk in place of the port means any port, one alone any page, "null" pages without an origin; or nothing';
  const read = (text: string): unknown => {
    const entries = splitOrigins(text).map((entry) => entry.toLowerCase().replace(/\/$/, ''));
    return entries.length <= 100 && entries.every(isOriginEntry) ? entries.join(', ') : undefined;
  };
  return {
    kind: 'origins',
    schema: z.preprocess(onText(read), z.string({ error: allowed })),
    allowed,
  };
}

/** A path of the file system; '' only where `emptyMeans` says what that stands for. */
export function path(emptyMeans?: string): SettingType<string> {
  const form = 'a path without control characters, not in quotation marks';
  const allowed = emptyMeans === undefined ? form : `${form}, or nothing for ${emptyMeans}`;
  const accepts = (text: string): boolean => (text === '' ? emptyMeans !== undefined : isPath(text));
  const schema = z.preprocess(trimmed, z.string({ error: allowed }).refine(accepts, { error: allowed }));
  return { kind: 'path', schema, allowed };
}

function wholeNumber(min: number, max: number, allowed: string): z.ZodType<number> {
  const read = (text: string): unknown => (/^\s*[+-]?\d{1,15}\s*$/.test(text) ? Number(text) : text);
  const form = z.int({ error: allowed }).min(min, { error: allowed }).max(max, { error: allowed });
  return z.preprocess(onText(read), form);
}

function onText(read: (text: string) => unknown): (input: unknown) => unknown {
  return (input) => (typeof input === 'string' ? read(input) : input);
}

const trimmed = onText((text) => text.trim());
