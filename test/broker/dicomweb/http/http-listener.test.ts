import { Agent, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { HttpListener } from '../../../../broker/dicomweb/http/http-listener.ts';

/** One request of an agent. @returns the body */
function ask(agent: Agent, port: number, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = get({ agent, host: '127.0.0.1', port, path, timeout: 20_000 }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.once('end', () => {
        resolve(body);
      });
    });
    sent.once('error', reject);
  });
}

test('a viewer with 100 requests in flight and more to come uses its six connections again and again', async () => {
  const peers = new Set<number | undefined>();
  const listener = new HttpListener('127.0.0.1', 0, (request, response) => {
    peers.add(request.socket.remotePort);
    setTimeout(() => response.end(request.url), Math.random() * 5);
  });
  const { port }: AddressInfo = await listener.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  try {
    const paths = Array.from({ length: 300 }, (_, index) => `/${index}`);
    const answers = [
      ...(await Promise.all(paths.slice(0, 100).map((path) => ask(agent, port, path)))),
      ...(await Promise.all(paths.slice(100).map((path) => ask(agent, port, path)))),
    ];
    expect(answers).toEqual(paths);
    expect(peers.size).toBe(6);
  } finally {
    agent.destroy();
    await listener.stop();
  }
});

test('as many connections as several viewers open at once are served at the same time', async () => {
  let open = 0;
  let goOn = (): void => undefined;
  const all = new Promise<void>((resolve) => (goOn = resolve));
  const listener = new HttpListener('127.0.0.1', 0, (_request, response) => {
    open += 1;
    if (open === 200) goOn();
    void all.then(() => response.end('done'));
  });
  const { port } = await listener.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  try {
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(agent, port, '/')));
    expect(answers.every((body) => body === 'done')).toBe(true);
  } finally {
    agent.destroy();
    await listener.stop();
  }
});

test('what answers can be exchanged; an answer that has begun goes on, and connections are counted', async () => {
  const goOn = Promise.withResolvers<undefined>();
  const hasBegun = Promise.withResolvers<undefined>();
  const listener = new HttpListener('127.0.0.1', 0, (_request, response) => {
    response.write('begun ');
    hasBegun.resolve(undefined);
    void goOn.promise.then(() => response.end('before'));
  });
  const { port } = await listener.start();
  const agent = new Agent({ keepAlive: true, maxSockets: 2 });
  try {
    const begun = ask(agent, port, '/');
    await hasBegun.promise;
    expect(listener.connections).toBe(1);
    listener.serve((_request, response) => response.end('after'));
    expect(await ask(agent, port, '/')).toBe('after');
    expect(listener.connections).toBe(2);
    goOn.resolve(undefined);
    expect(await begun).toBe('begun before');
  } finally {
    agent.destroy();
    await listener.stop();
  }
  await expect.poll(() => listener.connections).toBe(0);
});
