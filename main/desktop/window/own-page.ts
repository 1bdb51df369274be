import { createHash } from 'node:crypto';

/** What a page that the desktop makes itself says: while there is no user interface to show. */
export interface OwnPage {
  readonly title: string;
  readonly paragraphs: readonly string[];
  /** Small print, such as the last lines of a process. */
  readonly details?: string;
  readonly action?: { readonly label: string; readonly url: string };
}

const style = `
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 24px; box-sizing: border-box;
  background: light-dark(#fafafa, #18191b); color: light-dark(#1b1c1e, #ececee); }
main { max-width: 60ch; }
h1 { font-size: 18px; font-weight: 600; margin: 0 0 12px; }
p { margin: 0 0 12px; }
pre { margin: 16px 0 0; padding: 12px; max-height: 30vh; overflow: auto; font-size: 12px; white-space: pre-wrap;
  background: light-dark(#efeff1, #242628); border-radius: 4px; }
a { display: inline-block; padding: 6px 14px; border-radius: 4px; text-decoration: none;
  background: #1f5fbf; color: #fff; }
a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
`;
const styleHash = createHash('sha256').update(style).digest('base64');

/** The page as an address that holds it whole: without scripts, and with a policy that loads nothing. */
export function ownPageUrl(page: OwnPage): string {
  const { title, paragraphs, details, action } = page;
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${styleHash}'">`,
    `<title>${escaped(title)} – DCMRS Broker</title><style>${style}</style></head><body>`,
    `<main role="alert"><h1>${escaped(title)}</h1>`,
    ...paragraphs.map((paragraph) => `<p>${escaped(paragraph)}</p>`),
    action === undefined ? '' : `<a href="${escaped(action.url)}">${escaped(action.label)}</a>`,
    details === undefined || details === '' ? '' : `<pre tabindex="0">${escaped(details)}</pre>`,
    '</main></body></html>',
  ].join('');
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
