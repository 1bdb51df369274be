import type { Report, ReportEntry } from './report.ts';

/** A report as plain text, what belongs to an entry further to the right. */
export function reportText({ title, particulars, content, leftOut }: Report): string {
  const lines = [title, '', ...particulars.map(({ label, value }) => `${label}: ${value}`), ''];
  for (const entry of content) addEntry(lines, entry, '');
  if (leftOut > 0) lines.push('', `The document goes on: ${leftOut} or more entries are left out here.`);
  return `${lines.join('\n')}\n`;
}

function addEntry(lines: string[], { label, value, isSection, children }: ReportEntry, indent: string): void {
  if (isSection) lines.push('', `${indent}${label}`);
  else {
    const [first = '', ...rest] = value.split(/\r\n|\r|\n/);
    lines.push(`${indent}${label === '' ? '' : `${label}: `}${first}`);
    for (const line of rest) lines.push(`${indent}  ${line}`);
  }
  for (const child of children) addEntry(lines, child, `${indent}  `);
}
