import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, expect, test } from 'vitest';
import { contract } from '../../../broker/control/contract/contract.ts';
import { openapiDocument } from '../../../broker/control/openapi-document.ts';

type Json = Record<string, unknown>;

let document: Json;
beforeAll(async () => {
  // As it is sent.
  document = JSON.parse(JSON.stringify(await openapiDocument('1.2.3'))) as Json;
});

interface Procedure {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** The procedures of a part of the contract, by their names. */
function proceduresOf(part: object, name: string): Procedure[] {
  if ('~orpc' in part) {
    const { route } = part['~orpc'] as { route: { method?: string; path?: string } };
    return [{ name, method: (route.method ?? '').toLowerCase(), path: route.path ?? '' }];
  }
  return Object.entries(part as Record<string, object>).flatMap(([key, inner]) =>
    proceduresOf(inner, name === '' ? key : `${name}.${key}`),
  );
}

const procedures = proceduresOf(contract, '');

function operationsIn(paths: unknown): [string, Json][] {
  return Object.entries(paths as Record<string, Record<string, Json>>).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): [string, Json] => [`${method} ${path}`, operation]),
  );
}

test('the contract has procedures, each with a method and a path of its own', () => {
  expect(procedures.length).toBeGreaterThan(30);
  const places = procedures.map(({ method, path }) => `${method} ${path}`);
  expect(new Set(places).size).toBe(places.length);
  for (const { path } of procedures) expect(path).toMatch(/^\/[\w/{}-]+$/);
});

test.each(procedures)('$name is at $method $path', ({ name, method, path }) => {
  const operations = (document['paths'] as Record<string, Record<string, Json>>)[path];
  expect(operations?.[method]).toMatchObject({
    operationId: name,
    responses: { 200: {}, default: { $ref: '#/components/responses/Error' } },
  });
  expect(operations?.[method]?.['summary']).toMatch(/^[A-Z]/);
});

test('it has nothing that the contract has not', () => {
  const documented = operationsIn(document['paths']).map(([, { operationId }]) => operationId);
  expect(documented.toSorted()).toEqual(procedures.map(({ name }) => name).toSorted());
});

test('it is valid for a validator of others', async () => {
  const { valid, errors = [] } = await new Validator().validate(document);
  expect({ valid, errors }).toEqual({ valid: true, errors: [] });
});

test('every name in a path is a parameter, and required', () => {
  for (const [place, operation] of operationsIn(document['paths'])) {
    const parameters = (operation['parameters'] ?? []) as Json[];
    const inPath = parameters.filter(
      (parameter) => parameter['in'] === 'path' && parameter['required'] === true,
    );
    const names = [...place.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    expect([place, inPath.map(({ name }) => name)]).toEqual([place, names]);
  }
});

test('it says how to show the token, and every reference leads somewhere', () => {
  expect(document).toMatchObject({
    openapi: expect.stringMatching(/^3\.1/) as string,
    info: { version: '1.2.3' },
    security: [{ token: [] }],
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  });
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    const found = reference
      .split('/')
      .slice(1)
      .reduce<unknown>((part, key) => (part as Json | undefined)?.[key], document);
    expect([reference, found]).toEqual([reference, expect.anything()]);
  }
});
