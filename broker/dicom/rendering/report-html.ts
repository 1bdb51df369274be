import { escapeMarkup } from './escape-markup.ts';
import type { Report, ReportEntry } from './report.ts';

const style = `
body{font:15px/1.45 system-ui,sans-serif;color:#1c2126;background:#fff;max-width:52rem;margin:2rem auto;padding:0 1.25rem}
h1{font-size:1.6rem;margin:0 0 1rem}h2{font-size:1.2rem}h3{font-size:1.05rem}h4,h5,h6{font-size:1rem}
h2,h3,h4,h5,h6{margin:1.4em 0 .4em}
table{border-collapse:collapse;margin:0 0 1.5rem;width:100%;border-top:1px solid #d5dbe1;border-bottom:1px solid #d5dbe1}
th{text-align:left;font-weight:400;color:#5b6670;padding:.15rem 1rem .15rem 0;white-space:nowrap;vertical-align:top;width:1%}
td{padding:.15rem 0;overflow-wrap:anywhere}
section section{margin-left:.9rem}
.entry{margin:.2rem 0;overflow-wrap:anywhere}.entry .entry{margin-left:1.2rem}
.label{color:#5b6670}.value{white-space:pre-line}
.note{color:#8a4b00}`;

/** A report as a page of HTML that loads nothing and runs nothing. Every text in it is escaped. */
export function reportHtml({ title, particulars, content, leftOut }: Report): string {
  const rows = particulars.map(
    ({ label, value }) =>
      `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(value)}</td></tr>\n`,
  );
  const note =
    leftOut === 0
      ? ''
      : `<p class="note">The document goes on: ${leftOut} or more entries are left out here.</p>\n`;
  const heading = escapeMarkup(title);
  return [
    '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n',
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    `<title>${heading}</title>\n<style>${style}\n</style>\n</head>\n<body>\n<h1>${heading}</h1>\n`,
    rows.length === 0 ? '' : `<table>\n${rows.join('')}</table>\n`,
    ...content.map((entry) => entryHtml(entry, 2)),
    note,
    '</body>\n</html>\n',
  ].join('');
}

function entryHtml(entry: ReportEntry, level: number): string {
  const children = entry.children.map((child) => entryHtml(child, level + 1)).join('');
  if (entry.isSection) {
    const heading = `h${Math.min(level, 6)}`;
    return `<section><${heading}>${escapeMarkup(entry.label)}</${heading}>\n${children}</section>\n`;
  }
  const label = entry.label === '' ? '' : `<span class="label">${escapeMarkup(entry.label)}:</span> `;
  return `<div class="entry">${label}${valueHtml(entry)}${children === '' ? '' : `\n${children}`}</div>\n`;
}

function valueHtml({ value, link }: ReportEntry): string {
  const text = escapeMarkup(value);
  if (link === undefined) return `<span class="value">${text}</span>`;
  return `<a href="${escapeMarkup(link)}">${text}</a>`;
}
