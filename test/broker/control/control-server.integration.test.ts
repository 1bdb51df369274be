import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ScriptedServices, scriptedServices } from '../../support/control-services.ts';
import { type StartedControlServer, startControlServer } from '../../support/control-server.ts';
import { ask } from '../../support/http-app.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let services: ScriptedServices;
let started: StartedControlServer;

beforeAll(async () => {
  services = scriptedServices();
  started = await startControlServer(services, { allowedHosts: ['Gateway.example'] });
});
afterAll(async () => {
  await started[Symbol.asyncDispose]();
});

function json(body: Buffer): Record<string, unknown> {
  return JSON.parse(body.toString()) as Record<string, unknown>;
}

describe('the token', () => {
  test('is asked for at both forms of the API, and the answer says how to show it', async () => {
    for (const path of ['api/host', 'api/openapi.json', 'rpc/host/get']) {
      const answer = await ask(`${started.url}${path}`);
      expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
      expect(answer.body.toString()).toContain('unauthorized');
    }
  });

  test('lets in', async () => {
    const answer = await started.ask('api/host');
    expect(answer.status).toBe(200);
    expect(json(answer.body)).toMatchObject({ kind: 'headless' });
    expect(await started.client.host.get()).toMatchObject({ kind: 'headless' });
  });

  test('is refused where it is wrong, and the log says from where without saying it', async () => {
    const authorization = 'Bearer not-the-right-one-at-all';
    const answer = await started.ask('api/host', { headers: { authorization } });
    expect([answer.status, json(answer.body)['code']]).toEqual([401, 'unauthorized']);
    const line = services.logLines.find((entry) => entry.includes('wrong token'));
    expect(line).toContain('127.0.0.1');
    expect(services.logLines.join()).not.toContain('not-the-right');
  });

  test('is looked for after a few wrong ones only when time has passed', async () => {
    await using alone = await startControlServer(scriptedServices());
    const guesses = Array.from({ length: 6 }, (_, index) => index);
    // They are not waited for: what counts is that they were shown.
    const answers = guesses.map((guess) =>
      alone.ask('api/host', { headers: { authorization: `Bearer guess-${guess}` } }).catch(() => undefined),
    );
    await answers[0];
    const answer = await alone.ask('api/host');
    expect([answer.status, json(answer.body)['code']]).toEqual([503, 'busy']);
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
    await alone.server.stop();
    await Promise.all(answers);
  });
});

describe('the Host header', () => {
  test.each(['localhost', 'LOCALHOST:1', '127.0.0.1:99', '[::1]', 'gateway.example', 'GATEWAY.example:4568'])(
    'may be %s',
    async (host) => {
      expect((await started.ask('api/host', { headers: { host } })).status).toBe(200);
    },
  );

  test.each(['evil.example', 'localhost.evil.example', '10.0.0.1', 'gateway.example.evil'])(
    'may not be %s, for the page neither',
    async (host) => {
      for (const path of ['api/host', '']) {
        const answer = await started.ask(path, { headers: { host } });
        expect([answer.status, json(answer.body)['code']]).toEqual([403, 'forbidden']);
      }
    },
  );
});

describe('the Origin header', () => {
  test('may be that of the page itself', async () => {
    const origin = started.url.replace(/\/$/, '');
    expect((await started.ask('api/host', { headers: { origin } })).status).toBe(200);
  });

  test.each(['http://evil.example', 'null', 'http://localhost:1', 'http://127.0.0.1'])(
    'may not be %s, and the answer lets nobody read it',
    async (origin) => {
      for (const path of ['api/host', 'rpc/host/get', '']) {
        const answer = await started.ask(path, { headers: { origin } });
        expect(answer.status).toBe(403);
        expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      }
    },
  );

  test('of another page is refused in a preflight', async () => {
    const answer = await ask(`${started.url}api/host`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'GET' },
    });
    expect(answer.status).toBe(403);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('is missing in what another page embeds: the browser says where it comes from', async () => {
    const answer = await started.ask('api/host', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(answer.status).toBe(403);
  });
});

describe('a request', () => {
  const headers = { 'content-type': 'application/json' };

  test('of more than 1 MiB is refused', async () => {
    const body = JSON.stringify({ enabled: true, filler: 'x'.repeat(1_048_576) });
    const answer = await started.ask('api/host/start-at-login', { method: 'PUT', headers, body });
    expect([answer.status, json(answer.body)['code']]).toEqual([413, 'too-large']);
  });

  test('that is no JSON is refused, at both forms of the API', async () => {
    for (const path of ['api/host/choose-folder', 'rpc/host/chooseFolder']) {
      const text = await started.ask(path, {
        method: 'POST',
        body: 'startAt=/',
        headers: { 'content-type': 'text/plain' },
      });
      expect(text.status).toBe(415);
      expect((await started.ask(path, { method: 'POST', body: '{"startAt', headers })).status).toBe(400);
    }
  });

  test('that does not fit the contract is told which field is wrong', async () => {
    const body = '{"enabled":"maybe"}';
    const answer = await started.ask('api/host/start-at-login', { method: 'PUT', headers, body });
    expect(answer.status).toBe(400);
    expect(String(json(answer.body)['message'])).toMatch(/^enabled is wrong: /);
  });

  test('for what is not there is answered in words', async () => {
    for (const path of ['api/nothing', 'rpc/nothing', 'nothing.html', 'api/host/get']) {
      const answer = await started.ask(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.body.toString()).toContain('not-found');
    }
  });

  test('that the host cannot serve comes to the client as our error', async () => {
    await expect(started.client.host.chooseFolder({})).rejects.toMatchObject({
      code: 'not-supported',
      status: 501,
      data: { message: 'This host has no window.', remedy: 'Use the desktop.', code: 'not-supported' },
    });
  });

  test('whose headers do not come is cut off', async () => {
    const socket = connect(started.port, '127.0.0.1');
    socket.write('GET /api/host HTTP/1.1\r\nHost: localhost\r\n');
    let answer = '';
    socket.on('data', (bytes) => (answer += bytes.toString()));
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  });
});

describe('the page', () => {
  test('has a policy that begins with nothing, and no script but its own', async () => {
    const { headers } = await ask(started.url);
    const policy = String(headers['content-security-policy']).split(';');
    expect(policy[0]).toBe("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy.join()).not.toContain('unsafe');
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
    expect(headers['x-powered-by']).toBeUndefined();
  });

  test('says how to build it where it is not there', async () => {
    const answer = await ask(started.url);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.body.toString()).toContain('npm run build:renderer');
  });

  test('comes without a token, its hashed files for good, and nothing from outside its folder', async () => {
    await using directory = await temporaryDirectory('page');
    const page = join(directory.path, 'page');
    await mkdir(join(page, 'assets'), { recursive: true });
    await writeFile(join(page, 'index.html'), '<!doctype html><title>page</title>');
    await writeFile(join(page, 'assets', 'index-BxK29c1f.js'), 'export {};');
    await writeFile(join(directory.path, 'secret.txt'), 'secret');
    await using alone = await startControlServer(scriptedServices(), { rendererDirectory: page });
    const index = await ask(alone.url);
    expect([index.status, index.headers['cache-control']]).toEqual([200, 'no-cache']);
    expect(index.body.toString()).not.toContain(alone.token);
    const script = await ask(`${alone.url}assets/index-BxK29c1f.js`);
    expect(script.headers['cache-control']).toContain('immutable');
    for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt']) {
      const answer = await new Promise<string>((resolve) => {
        const socket = connect(alone.port, '127.0.0.1');
        let text = '';
        socket.on('data', (bytes) => (text += bytes.toString()));
        socket.once('close', () => {
          resolve(text);
        });
        socket.end(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      });
      expect(answer).not.toContain('secret\n');
      expect(answer).toMatch(/^HTTP\/1\.1 40[034] /);
    }
  });
});

describe('the listener', () => {
  test('says which setting is to blame where the port is taken', async () => {
    const taken = startControlServer(scriptedServices(), { port: started.port });
    await expect(taken).rejects.toMatchObject({ code: 'configuration' });
    await expect(taken).rejects.toThrow('control.port');
  });

  test('does not start with a short token', async () => {
    await expect(startControlServer(scriptedServices(), { token: 'short' })).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  test('takes so many connections and no more, and takes new ones when those are gone', async () => {
    await using alone = await startControlServer(scriptedServices());
    let closed = 0;
    const sockets = Array.from({ length: 300 }, () => {
      const socket = connect(alone.port, '127.0.0.1');
      socket.once('close', () => (closed += 1));
      socket.on('error', () => undefined);
      return socket;
    });
    // Those that it holds have 10 s to say something; the others are closed at once.
    await expect.poll(() => closed, { timeout: 8_000 }).toBe(44);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await alone.ask('api/host').catch(() => undefined))?.status).toBe(200);
  });

  test('can be stopped twice, and is gone then', async () => {
    const alone = await startControlServer(scriptedServices());
    await alone.server.stop();
    await alone.server.stop();
    await expect(ask(alone.url)).rejects.toThrow('ECONNREFUSED');
  });
});
