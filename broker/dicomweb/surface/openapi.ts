import { parameters } from './parameters.ts';
import { templateOf } from './resource-tree.ts';
import type { SurfaceOperation, SurfaceRoute } from './surface-route.ts';

/** What answers that are errors have in common (RFC 9457); docs/errors.md explains them. */
const problemStatuses = ['400', '403', '404', '406', '502', '503', '504'];

const meanings: Readonly<Record<number, string>> = {
  200: 'All of it.',
  202: 'Some of it was stored with warnings, or not at all: the body says what.',
  204: 'There are no results.',
  206: 'Part of it: a Warning header says what is missing.',
  304: 'The client has it already.',
  409: 'Nothing was stored: the body says why.',
};

/**
 * The OpenAPI 3.1 document of a root.
 * @param base absolute URL of the root, without a slash at its end
 */
export function openApiDocument(base: string, routes: readonly SurfaceRoute[]): unknown {
  const paths = routes.map(({ path, operations }) => [
    templateOf(path),
    {
      parameters: [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...Object.fromEntries(
        operations.map((operation) => [operation.method.toLowerCase(), operationOf(operation)]),
      ),
    },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'DICOMweb',
      version: 'PS3.18',
      description: 'QIDO-RS, WADO-RS and STOW-RS in front of an archive of classic DICOM.',
    },
    servers: [{ url: base === '' ? '/' : base }],
    paths: Object.fromEntries(paths) as unknown,
    components: { responses: { problem: problemResponse } },
  };
}

function operationOf({ id, summary, sends, takes, parameters: names, statuses }: SurfaceOperation): unknown {
  return {
    operationId: id,
    summary,
    parameters: names.filter((name) => !name.startsWith('{')).map(parameterOf),
    ...(names.includes('{attributeID}')
      ? { 'x-attribute-matching': parameters['{attributeID}'].description }
      : {}),
    ...(takes === undefined ? {} : { requestBody: { required: true, content: content(takes) } }),
    responses: {
      ...Object.fromEntries(statuses.map((status) => [String(status), responseOf(status, sends)])),
      ...Object.fromEntries(
        problemStatuses
          .filter((status) => !statuses.includes(Number(status)))
          .map((status) => [status, { $ref: '#/components/responses/problem' }]),
      ),
    },
  };
}

function parameterOf(name: SurfaceOperation['parameters'][number]): unknown {
  const { description, type } = parameters[name];
  return { name, in: 'query', description, schema: { type } };
}

function responseOf(status: number, sends: readonly string[]): unknown {
  const description = meanings[status] ?? 'Answered.';
  return status === 204 || status === 304 ? { description } : { description, content: content(sends) };
}

function content(types: readonly string[]): unknown {
  return Object.fromEntries(types.map((type) => [type, {}]));
}

const problemResponse = {
  description: 'It could not be done; the body says why and what to do.',
  content: {
    'application/problem+json': {
      schema: {
        type: 'object',
        properties: {
          type: { type: 'string' },
          title: { type: 'string', description: 'The error code.' },
          status: { type: 'integer' },
          detail: { type: 'string' },
          dimseStatus: { type: 'string' },
        },
      },
    },
    'text/plain': {},
  },
};
