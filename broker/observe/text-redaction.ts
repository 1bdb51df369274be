import { isCredentialName, isSensitiveName } from './sensitive-names.ts';
import { redacted, redactQueryString } from './url-redaction.ts';

/** Characters of one text that are looked at and shown. */
export const maxTextLength = 4096;

/** A name and what links it to its value: `PatientID=`, `"patientName": `, `(0010,0010) PN ` before a bracket. */
const nameAndLink =
  /(?<![\w.-])([\w.-]+|\([0-9A-Fa-f]{4}, ?[0-9A-Fa-f]{4}\))(?:["']?\s{0,4}[=:]\s{0,4}| [A-Z]{2} (?=\[))/g;
/** A value: in quotes, hidden already, or without quotes up to the next parameter or the line's end. */
const linkedValue = /"(?:[^"\\]|\\.)*"?|'[^']*'?|\[redacted\]|[^&;\r\n]*/y;
const bearer = /\b(Bearer\s+)[\w.~+/=-]{8,}/gi;
const basic = /\b(Basic\s+)(?=[A-Za-z0-9+/]*[\d=])[A-Za-z0-9+/]{6,}={0,2}/gi;
const userInformation = /(:\/\/)[^\s/?#@]+@/g;
const queryInText = /\?([^\s"'<>?]*=[^\s"'<>]*)/g;
const worthALook = /[?=:@]|\) [A-Z]{2} \[|bearer|basic/i;

/**
 * A text for the log: values behind the names of patient attributes, values of query strings and
 * credentials are replaced, and what is longer than 4096 characters is cut off.
 * A person's name that stands alone in a sentence cannot be recognised: values belong into fields, never
 * into a message.
 */
export function redactText(text: string): string {
  const shown = redactPatterns(text.slice(0, maxTextLength));
  return text.length <= maxTextLength ? shown : `${shown}… (${String(text.length)} characters)`;
}

/** A text with what names patients, but without credentials; of the same length at most. */
export function redactCredentials(text: string): string {
  if (!worthALook.test(text)) return text;
  return hideNamedValues(hideCredentials(text), isCredentialName);
}

function redactPatterns(text: string): string {
  if (!worthALook.test(text)) return text;
  const shown = hideCredentials(
    text.replace(queryInText, (_match, query: string) => `?${redactQueryString(query)}`),
  );
  return hideNamedValues(shown, isSensitiveName);
}

function hideCredentials(text: string): string {
  return text
    .replace(userInformation, `$1${redacted}@`)
    .replace(bearer, `$1${redacted}`)
    .replace(basic, `$1${redacted}`);
}

/** Goes through the text once, so that its cost stays linear whatever a peer put into it. */
function hideNamedValues(text: string, isHidden: (name: string) => boolean): string {
  let shown = '';
  let position = 0;
  for (const match of text.matchAll(nameAndLink)) {
    const [linked, name = ''] = match;
    const end = match.index + linked.length;
    if (match.index < position || !isHidden(name)) continue;
    linkedValue.lastIndex = end;
    const value = linkedValue.exec(text)?.[0] ?? '';
    shown += text.slice(position, end) + (value === '' ? '' : redacted);
    position = end + value.length;
  }
  return shown + text.slice(position);
}
