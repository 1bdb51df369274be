/** What stands for a value that must not be seen. */
export const redacted = '[redacted]';

const number = /^\d{1,10}$/;
const uidList = /^[\d.,\\]{0,2048}$/;
const code = /^[A-Z0-9_ ,\\]{0,64}$/;
const mediaType = /^[\w/+.*; =,"-]{0,256}$/;

/**
 * The parameters whose values may be shown (PS3.18 sections 8.3 and 10.6), and the form that each must
 * have: a client can put a name anywhere.
 */
const shownParameters: ReadonlyMap<string, RegExp> = new Map([
  ['limit', number],
  ['offset', number],
  ['fuzzymatching', /^(true|false)$/],
  ['emptyvaluematching', /^(true|false)$/],
  ['multiplevaluematching', /^(true|false)$/],
  ['includefield', /^[A-Za-z0-9.,]{0,2048}$/],
  ['accept', mediaType],
  ['charset', /^[\w-]{0,40}$/],
  ['studyinstanceuid', uidList],
  ['0020000d', uidList],
  ['seriesinstanceuid', uidList],
  ['0020000e', uidList],
  ['sopinstanceuid', uidList],
  ['00080018', uidList],
  ['sopclassuid', uidList],
  ['00080016', uidList],
  ['modality', code],
  ['00080060', code],
  ['modalitiesinstudy', code],
  ['00080061', code],
  ['seriesnumber', number],
  ['00200011', number],
  ['instancenumber', number],
  ['00200013', number],
  ['quality', number],
  ['viewport', /^[\d.,-]{0,80}$/],
  ['window', /^[\d.,a-zA-Z_-]{0,80}$/],
]);

/** Keywords, tags and dotted paths of them; what looks otherwise may be a value in the wrong place. */
const nameForm = /^[A-Za-z0-9.]{1,256}$/;

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return '';
  }
}

function redactParameter(parameter: string): string {
  if (parameter === '') return '';
  const equals = parameter.indexOf('=');
  const name = decode(parameter.slice(0, equals));
  if (equals < 1 || !nameForm.test(name)) return redacted;
  const form = shownParameters.get(name.toLowerCase());
  const value = parameter.slice(equals + 1);
  return form?.test(decode(value)) === true ? `${name}=${value}` : `${name}=${redacted}`;
}

/** A query string without its question mark, with every value replaced that might name a person. */
export function redactQueryString(query: string): string {
  return query.split('&').map(redactParameter).join('&');
}

/**
 * A URL or a request target for the log: path and parameter names stay, of the values only those of
 * harmless parameters in their proper form. User information and the fragment are left out.
 */
export function redactUrl(url: string): string {
  const target = url.replace(/#.*$/s, '').replace(/^([A-Za-z][\w+.-]*:)?\/\/[^/?]*@/, '$1//');
  const mark = target.indexOf('?');
  return mark < 0 ? target : `${target.slice(0, mark)}?${redactQueryString(target.slice(mark + 1))}`;
}
