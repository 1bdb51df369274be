import { parameters } from './parameters.ts';
import { type ResourceNode, resourceTree } from './resource-tree.ts';
import type { SurfaceOperation, SurfaceRoute } from './surface-route.ts';

const wadlNamespace = 'http://wadl.dev.java.net/2009/02';

/**
 * A Capabilities Description as WADL (PS3.18 annex H).
 * @param base absolute URL of the root, without a slash at its end
 */
export function capabilitiesWadl(base: string, routes: readonly SurfaceRoute[]): string {
  const resources = resourceTree(routes).map((node) => resourceXml(node, '    '));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<application xmlns="${wadlNamespace}" xmlns:xsd="http://www.w3.org/2001/XMLSchema">`,
    `  <resources base="${escaped(`${base}/`)}">`,
    ...resources,
    '  </resources>',
    '</application>',
    '',
  ].join('\n');
}

/** The same as a JSON document, with the names of WADL. */
export function capabilitiesJson(base: string, routes: readonly SurfaceRoute[]): string {
  const resource = resourceTree(routes).map(resourceJson);
  return `${JSON.stringify({ application: { resources: { base: `${base}/`, resource } } })}\n`;
}

interface Param {
  readonly name: string;
  readonly style: 'query' | 'header' | 'template';
  readonly type?: string;
  readonly option?: readonly string[];
}

function paramsOf({ parameters: names, sends, takes }: SurfaceOperation): Param[] {
  const header = (name: string, option: readonly string[]): Param => ({ name, style: 'header', option });
  return [
    header('Accept', sends),
    ...(takes === undefined ? [] : [header('Content-Type', takes)]),
    ...names.map((name): Param => ({ name, style: 'query', type: `xsd:${parameters[name].type}` })),
  ];
}

function resourceXml({ segment, operations, children }: ResourceNode, indent: string): string {
  const lines = [`${indent}<resource path="${escaped(segment)}">`];
  const template = /^\{(\w+)\}$/.exec(segment)?.[1];
  if (template !== undefined)
    lines.push(`${indent}  <param name="${escaped(template)}" style="template" required="true"/>`);
  for (const operation of operations) lines.push(methodXml(operation, `${indent}  `));
  for (const child of children) lines.push(resourceXml(child, `${indent}  `));
  return [...lines, `${indent}</resource>`].join('\n');
}

function methodXml(operation: SurfaceOperation, indent: string): string {
  const params = paramsOf(operation).map(({ name, style, type, option }) => {
    const head = `${indent}    <param name="${escaped(name)}" style="${style}"${type === undefined ? '' : ` type="${type}"`}`;
    if (option === undefined) return `${head}/>`;
    const options = option.map((value) => `${indent}      <option value="${escaped(value)}"/>`);
    return [`${head}>`, ...options, `${indent}    </param>`].join('\n');
  });
  return [
    `${indent}<method name="${operation.method}" id="${operation.id}">`,
    `${indent}  <doc>${escaped(operation.summary)}</doc>`,
    `${indent}  <request>`,
    ...params,
    ...(operation.takes ?? []).map((type) => `${indent}    <representation mediaType="${escaped(type)}"/>`),
    `${indent}  </request>`,
    `${indent}  <response status="${operation.statuses.join(' ')}">`,
    ...operation.sends.map((type) => `${indent}    <representation mediaType="${escaped(type)}"/>`),
    `${indent}  </response>`,
    `${indent}</method>`,
  ].join('\n');
}

function resourceJson({ segment, operations, children }: ResourceNode): unknown {
  const method = operations.map((operation) => ({
    name: operation.method,
    id: operation.id,
    doc: operation.summary,
    request: {
      param: paramsOf(operation),
      ...(operation.takes === undefined ? {} : { representation: mediaTypes(operation.takes) }),
    },
    response: { status: operation.statuses, representation: mediaTypes(operation.sends) },
  }));
  return { path: segment, method, resource: children.map(resourceJson) };
}

function mediaTypes(types: readonly string[]): unknown {
  return types.map((mediaType) => ({ mediaType }));
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
