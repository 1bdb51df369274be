import { Validator } from '@seriousme/openapi-schema-validator';
import type { Express } from 'express';
import { describe, expect, it } from 'vitest';
import { archiveMounts } from '../../../../broker/config/archive-mounts.ts';
import { RootSurface } from '../../../../broker/dicomweb/surface/root-surface.ts';
import { methodsOf } from '../../../../broker/dicomweb/surface/surface-route.ts';
import { surface } from '../../../../broker/dicomweb/surface/surface.ts';
import { fakeApp, fakeConfig } from '../../../support/fake-app.ts';
import { ask, startHttpApp } from '../../../support/http-app.ts';

interface Layer {
  readonly route?: { readonly path: string | readonly string[] };
  readonly handle: { readonly stack?: readonly Layer[] };
}

/** The paths of all routes of an app, as its routers state them. */
function pathsOf(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ route, handle }) =>
    route === undefined ? pathsOf(handle.stack ?? []) : [route.path].flat(),
  );
}

function served(app: Express): Set<string> {
  return new Set(pathsOf(app.router.stack as unknown as readonly Layer[]));
}

/** A path of the resource with identifiers in it. */
function example(path: string): string {
  return path
    .replace(':frames', '1')
    .replace(/:(\w+)/g, '1.2.3')
    .replace(/\*(\w+)/g, '00420011');
}

describe('the table of the surface', () => {
  it('has every route that the app serves, and no other', () => {
    const inTable = new Set(surface.map(({ path }) => path));
    expect([...served(fakeApp())].sort()).toEqual([...inTable].sort());
  });

  it('names each operation and each resource once', () => {
    const ids = surface.flatMap(({ operations }) => operations.map(({ id }) => id));
    expect(new Set(ids).size).toBe(ids.length);
    const resources = surface.map(({ service, path }) => `${service} ${path}`);
    expect(new Set(resources).size).toBe(resources.length);
  });

  const roots = archiveMounts(fakeConfig());
  it.each(roots)('is what is served for archive $archive at root "$root"', async ({ root, bases }) => {
    await using server = await startHttpApp(fakeApp());
    for (const route of new RootSurface(bases).routes) {
      const url = `${server.origin}${root}${example(route.path)}`;
      const offered = methodsOf(route);
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await ask(url, { method });
        const told = [method, route.path, answer.status, answer.headers.allow];
        if (offered.includes(method)) {
          expect(told).not.toEqual([method, route.path, 405, expect.anything()]);
          expect(answer.body.toString()).not.toContain('There is nothing at');
        } else expect(told).toEqual([method, route.path, 405, offered.join(', ')]);
      }
    }
  });

  it('stands for health and metrics too', async () => {
    await using server = await startHttpApp(fakeApp());
    for (const { path } of surface.filter(({ service }) => service === 'server')) {
      expect([path, (await ask(`${server.origin}${path}`)).body.length > 0]).toEqual([path, true]);
    }
  });
});

describe('OPTIONS', () => {
  it.each(['', '/archives/two', '/dicom-web', '/archives/two/dicom-web'])(
    'at root "%s" and at each resource gives the methods and a description',
    async (root) => {
      await using server = await startHttpApp(fakeApp());
      const answer = await ask(`${server.origin}${root}/`, { method: 'OPTIONS' });
      expect([answer.status, answer.headers['content-type']]).toEqual([
        200,
        'application/vnd.sun.wadl+xml; charset=utf-8',
      ]);
      const text = answer.body.toString();
      expect(text).toContain(`<resources base="${server.origin}${root}/">`);
      for (const { id, service } of surface.flatMap((route) =>
        route.operations.map(({ id: name }) => ({ id: name, service: route.service })),
      )) {
        expect([id, text.includes(`id="${id}"`)]).toEqual([id, service !== 'server']);
      }
    },
  );

  it('of a resource describes it and what is below it, and tells its methods', async () => {
    await using server = await startHttpApp(fakeApp());
    const url = `${server.origin}/dicom-web/studies/1.2/series/1.3`;
    const answer = await ask(url, { method: 'OPTIONS', headers: { Accept: 'application/json' } });
    expect(answer.headers.allow).toBe('GET, OPTIONS');
    const text = answer.body.toString();
    expect(JSON.parse(text)).toMatchObject({
      application: { resources: { base: `${server.origin}/dicom-web/`, resource: [{ path: 'studies' }] } },
    });
    for (const id of [
      'RetrieveSeries',
      'RetrieveSeriesMetadata',
      'RetrieveInstance',
      'SearchForStudySeriesInstances',
    ])
      expect(text).toContain(`"id":"${id}"`);
    for (const id of ['RetrieveStudy', 'SearchForStudies', 'SearchForStudySeries'])
      expect(text).not.toContain(`"id":"${id}"`);
  });

  it('with neither WADL nor JSON acceptable tells the methods alone; of nothing, that there is nothing', async () => {
    await using server = await startHttpApp(fakeApp());
    const headers = { Accept: 'text/html' };
    const answer = await ask(`${server.origin}/qido-rs/studies`, { method: 'OPTIONS', headers });
    expect([answer.status, answer.headers.allow]).toEqual([204, 'GET, HEAD, OPTIONS']);
    expect((await ask(`${server.origin}/nothing`, { method: 'OPTIONS' })).status).toBe(404);
  });

  it('of a browser before another request is a preflight, answered with the methods of that resource', async () => {
    await using server = await startHttpApp(fakeApp());
    const headers = { Origin: 'http://localhost:3000', 'Access-Control-Request-Method': 'GET' };
    const methodsAt = async (path: string): Promise<unknown> => {
      const answer = await ask(`${server.origin}${path}`, { method: 'OPTIONS', headers });
      expect(answer.status).toBe(204);
      return answer.headers['access-control-allow-methods'];
    };
    expect(await methodsAt('/wado-rs/studies/1.2/metadata')).toBe('GET,OPTIONS');
    expect(await methodsAt('/archives/two/dicom-web/series')).toBe('GET,HEAD,OPTIONS');
  });
});

describe('documents of the surface', () => {
  it('are had at every root, with URLs of that root and of the public URL', async () => {
    await using server = await startHttpApp(fakeApp({ HTTP_PUBLIC_URL: 'https://pacs.example.org/dicom' }));
    for (const { root, bases } of archiveMounts(fakeConfig())) {
      const answer = await ask(`${server.origin}${root}/openapi.json`);
      expect(answer.headers['content-type']).toBe('application/json');
      const document = JSON.parse(answer.body.toString()) as {
        openapi: string;
        servers: unknown;
        paths: Record<string, unknown>;
      };
      expect(document.openapi).toBe('3.1.0');
      expect(document.servers).toEqual([{ url: `https://pacs.example.org/dicom${root}` }]);
      expect(Object.keys(document.paths)).toContain(`${bases.wado}/studies/{study}/metadata`);
    }
  });

  it('the page loads nothing and runs nothing', async () => {
    await using server = await startHttpApp(fakeApp());
    const { headers, body } = await ask(`${server.origin}/dicom-web/openapi`);
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'unsafe-inline'/);
    expect(body.toString()).not.toMatch(/<script|<img|src=|url\(|@import|\son\w+=/);
    expect(body.toString()).toContain('GET, HEAD, OPTIONS /studies/{study}/series');
  });

  it('the OpenAPI document is valid for a validator of others, at every root', async () => {
    await using server = await startHttpApp(fakeApp());
    for (const { root } of archiveMounts(fakeConfig())) {
      const { body } = await ask(`${server.origin}${root}/openapi.json`);
      const { valid, errors = [] } = await new Validator().validate(body.toString());
      expect({ root, valid, errors }).toEqual({ root, valid: true, errors: [] });
    }
  });

  it('every reference and parameter of the OpenAPI document is there', async () => {
    await using server = await startHttpApp(fakeApp());
    const { body } = await ask(`${server.origin}/dicom-web/openapi.json`);
    const document = JSON.parse(body.toString()) as {
      paths: Record<string, { parameters: { name: string }[] }>;
    };
    for (const [path, item] of Object.entries(document.paths)) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect([path, item.parameters.map(({ name }) => name)]).toEqual([path, inPath]);
      expect(path).not.toMatch(/[:*]/);
    }
  });
});
