import { parameters } from './parameters.ts';
import { templateOf } from './resource-tree.ts';
import { type SurfaceOperation, type SurfaceRoute, methodsOf } from './surface-route.ts';

/** Nothing is loaded, nothing runs: the page is text. */
export const pagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const style =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}' +
  'code{font-size:.95em;overflow-wrap:anywhere}dt{margin-top:1.2rem}dd{margin-left:1.5rem}' +
  '@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}a{color:#8cf}}';

/**
 * A page that lists the resources of a root.
 * @param base absolute URL of the root, without a slash at its end
 */
export function surfacePage(base: string, routes: readonly SurfaceRoute[]): string {
  const items = routes.flatMap((route) => [
    `<dt><code>${methodsOf(route).join(', ')} ${escaped(templateOf(route.path))}</code></dt>`,
    ...route.operations.map((operation) => `<dd>${operationHtml(operation)}</dd>`),
  ]);
  const names = new Set(routes.flatMap(({ operations }) => operations.flatMap((one) => one.parameters)));
  const described = [...names].map(
    (name) => `<dt><code>${escaped(name)}</code></dt><dd>${escaped(parameters[name].description)}</dd>`,
  );
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><title>DICOMweb</title>',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${style}</style></head><body>`,
    '<h1>DICOMweb</h1>',
    `<p>Served under <code>${escaped(base === '' ? '/' : base)}</code>. The same as a document: <a href="openapi.json">openapi.json</a>.</p>`,
    `<dl>${items.join('\n')}</dl>`,
    `<h2>Query parameters</h2><dl>${described.join('\n')}</dl>`,
    '</body></html>',
    '',
  ].join('\n');
}

function operationHtml({ summary, sends, takes, parameters: names }: SurfaceOperation): string {
  const line = (label: string, values: readonly string[] | undefined): string =>
    values === undefined || values.length === 0
      ? ''
      : `<br>${label}: ${values.map((value) => `<code>${escaped(value)}</code>`).join(', ')}`;
  return `${escaped(summary)}${line('Takes', takes)}${line('Sends', sends)}${line('Parameters', names)}`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
