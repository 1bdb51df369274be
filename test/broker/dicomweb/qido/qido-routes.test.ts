import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { QueriedArchive } from '../../../../broker/dicomweb/qido/qido-search.ts';
import type { DicomJson } from '../../../../broker/dicom/dicom-json.ts';
import { freePort } from '../../../support/free-port.ts';
import { queryArchive } from '../../../support/query-archive.ts';
import { startQidoServer } from '../../../support/qido-server.ts';
import { startScriptedArchive } from '../../../support/scripted-archive.ts';
import { scriptedFinds, studyElements } from '../../../support/scripted-finds.ts';

function study(index: number): DicomJson {
  return {
    '00080061': { vr: 'CS', Value: ['CT'] },
    '0020000D': { vr: 'UI', Value: [`1.2.${index}`] },
    '00201206': { vr: 'IS', Value: [1] },
    '00201208': { vr: 'IS', Value: [1] },
  };
}

interface StudiesOptions {
  /** Breaks off with this after the last study. */
  readonly failure?: Error;
  /** Awaited after the first study. */
  readonly pause?: Promise<void>;
}

/** An archive of so many studies that notes how many were taken from it. */
function archiveOf(count: number, options: StudiesOptions = {}): QueriedArchive & { taken: number } {
  const archive = {
    name: 'default',
    taken: 0,
    async *find() {
      for (let index = 0; index < count; index += 1) {
        archive.taken += 1;
        yield study(index);
        if (index === 0) await options.pause;
      }
      if (options.failure !== undefined) throw options.failure;
    },
  };
  return archive;
}

async function studiesOf(response: Response): Promise<unknown[]> {
  const list = (await response.json()) as DicomJson[];
  return list.map((each) => each['0020000D']?.Value?.[0]);
}

/** A request whose answer is read by hand: headers, pieces, trailers, breaks. */
async function open(url: string, headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const request = httpRequest(url, { headers });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

test('limit and offset choose the page, and no row more is taken than is needed', async () => {
  const archive = archiveOf(100);
  await using server = await startQidoServer({ archive });
  const response = await fetch(`${server.url}/studies?limit=3&offset=2`);
  expect(await studiesOf(response)).toEqual(['1.2.2', '1.2.3', '1.2.4']);
  expect(response.headers.get('warning')).toBeNull();
  expect(archive.taken).toBe(5);
  expect(server.queries).toMatchObject([{ archive: 'default', level: 'study', outcome: 'cut-off' }]);
});

test('the default limit cuts with a Warning; a list that just fits has none', async () => {
  await using cut = await startQidoServer({ archive: archiveOf(6), defaultLimit: 5 });
  const response = await fetch(`${cut.url}/studies`);
  expect(await studiesOf(response)).toHaveLength(5);
  expect(response.headers.get('warning')).toBe(
    `299 ${cut.url}: There are additional results that can be requested. Without a limit parameter the first 5 are returned.`,
  );
  await using whole = await startQidoServer({ archive: archiveOf(5), defaultLimit: 5 });
  const complete = await fetch(`${whole.url}/studies`);
  expect(await studiesOf(complete)).toHaveLength(5);
  expect(complete.headers.get('warning')).toBeNull();
  expect(complete.headers.get('content-length')).not.toBeNull();
});

test.each(['/studies?limit=0', '/studies?offset=100', '/studies?limit=5&offset=100'])(
  '%s: 204 without a body',
  async (path) => {
    await using server = await startQidoServer({ archive: archiveOf(10) });
    const response = await fetch(server.url + path);
    expect(response.status).toBe(204);
    expect(response.headers.get('content-type')).toBeNull();
    expect(await response.text()).toBe('');
  },
);

test('with a limit, the first result leaves while the archive still works', async () => {
  let resume: () => void = () => undefined;
  const pause = new Promise<void>((resolve) => (resume = resolve));
  await using server = await startQidoServer({ archive: archiveOf(3, { pause }) });
  const response = await open(`${server.url}/studies?limit=3`);
  const [chunk] = (await once(response, 'data')) as [Buffer];
  expect(chunk.toString()).toContain('1.2.0');
  expect(response.complete).toBe(false);
  resume();
  let rest = chunk.toString();
  for await (const piece of response) rest += String(piece);
  expect(JSON.parse(rest)).toHaveLength(3);
});

test('an error after the first bytes breaks the connection off', async () => {
  const pause = new Promise<void>((resolve) => setTimeout(resolve, 50));
  await using server = await startQidoServer({ archive: archiveOf(1, { failure: new Error('x'), pause }) });
  const response = await open(`${server.url}/studies?limit=3`);
  expect(response.statusCode).toBe(200);
  await expect(Array.fromAsync(response)).rejects.toThrow(/aborted/);
  expect(server.queries[0]?.outcome).toBe('failed');
});

test('an error before the first bytes is a problem, whatever was collected', async () => {
  for (const query of ['', '?limit=3']) {
    await using server = await startQidoServer({ archive: archiveOf(2, { failure: new Error('x') }) });
    const response = await fetch(`${server.url}/studies${query}`);
    expect(response.status).toBe(500);
    expect(response.headers.get('warning')).toBeNull();
    expect(await response.json()).toMatchObject({ title: 'internal' });
  }
});

test('a warning that becomes known late is a trailer', async () => {
  const archive: QueriedArchive = {
    name: 'default',
    async *find(_query, _signal, notes) {
      yield study(1);
      await new Promise((resolve) => setTimeout(resolve, 30));
      notes?.unmatchedKeys.add('00081030');
    },
  };
  await using server = await startQidoServer({ archive });
  const response = await open(`${server.url}/studies?limit=3&StudyDescription=x`);
  await Array.fromAsync(response);
  expect(response.headers['trailer']).toBe('Warning');
  expect(response.trailers['warning']).toMatch(/does not match StudyDescription \(00081030\)/);
});

test('headers of an answer', async () => {
  await using server = await startQidoServer({ archive: archiveOf(1) });
  const response = await fetch(`${server.url}/studies`, { headers: { accept: 'application/json' } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    vary: 'Accept',
  });
  const other = await fetch(`${server.url}/studies?accept=application/dicom%2Bjson`, {
    headers: { accept: 'text/html' },
  });
  expect(other.headers.get('content-type')).toBe('application/dicom+json');
});

test('406 where nothing acceptable can be made, without asking the archive', async () => {
  const archive = archiveOf(1);
  await using server = await startQidoServer({ archive });
  const response = await fetch(`${server.url}/studies`, { headers: { accept: 'text/html' } });
  expect([response.status, archive.taken]).toEqual([406, 0]);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
});

test('every required attribute is there, and a RetrieveURL of the host that was asked', async () => {
  await using server = await startQidoServer({ archive: archiveOf(1) });
  const [answer] = (await (await fetch(`${server.url}/studies`)).json()) as [DicomJson];
  expect(answer['00081190']?.Value).toEqual([`http://127.0.0.1:${server.port}/wado-rs/studies/1.2.0`]);
  expect(answer['00080056']?.Value).toEqual(['ONLINE']);
  expect(answer['00100030']).toEqual({ vr: 'DA' });
  expect(Object.keys(answer)).toEqual([...Object.keys(answer)].sort());
});

test.each([
  ['pacs.example:8080', 'http://pacs.example:8080'],
  ['[::1]:4567', 'http://[::1]:4567'],
])('the RetrieveURL has the Host %s', async (host, origin) => {
  await using server = await startQidoServer({ archive: archiveOf(1) });
  const response = await open(`${server.url}/studies`, { host });
  const [answer] = JSON.parse(String(Buffer.concat(await Array.fromAsync(response)))) as [DicomJson];
  expect(answer['00081190']?.Value).toEqual([`${origin}/wado-rs/studies/1.2.0`]);
});

test.each(['evil"><script>', 'a b', 'user@host', 'host/path'])('a Host %j is not repeated', async (host) => {
  await using server = await startQidoServer({ archive: archiveOf(1) });
  const response = await open(`${server.url}/studies`, { host });
  const [answer] = JSON.parse(String(Buffer.concat(await Array.fromAsync(response)))) as [DicomJson];
  expect(answer['00081190']?.Value).toEqual([`http://127.0.0.1:${server.port}/wado-rs/studies/1.2.0`]);
});

test('other methods are refused with Allow; OPTIONS and HEAD are answered', async () => {
  await using server = await startQidoServer({ archive: archiveOf(2) });
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const response = await fetch(`${server.url}/studies/1.2/series`, { method });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  }
  const options = await fetch(`${server.url}/series`, { method: 'OPTIONS' });
  expect([options.status, options.headers.get('allow')]).toEqual([200, 'GET, HEAD, OPTIONS']);
  for (const query of ['', '?limit=1']) {
    const head = await fetch(`${server.url}/studies${query}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-type')]).toEqual([200, 'application/dicom+json']);
  }
});

test('bad parameters and paths are 400 that name them', async () => {
  const archive = archiveOf(1);
  await using server = await startQidoServer({ archive });
  for (const [path, named] of [
    ['/studies?StudyInstanceUID=', 'StudyInstanceUID'],
    ['/studies?PatentName=x', 'Did you mean PatientName?'],
    ['/studies/1.2%27/series', 'path'],
    ['/studies?limit=1&limit=2', 'limit'],
  ] as const) {
    const response = await fetch(server.url + path);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toContain(named);
  }
  expect(archive.taken).toBe(0);
});

test('limit stops a real archive with C-CANCEL', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')], isEndless: true }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  await using server = await startQidoServer({ archive: archive.find, defaultLimit: 7 });
  expect(await studiesOf(await fetch(`${server.url}/studies?limit=2`))).toHaveLength(2);
  expect(finds.cancels).toBe(1);
  const cut = await fetch(`${server.url}/studies`);
  expect(await studiesOf(cut)).toHaveLength(7);
  expect(cut.headers.get('warning')).toContain('additional results');
  expect(finds.cancels).toBe(2);
  expect(peer.connectionsSeen).toBe(1);
});

test('a client that leaves stops the archive with C-CANCEL, and nothing stays taken', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')], isEndless: true }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  await using server = await startQidoServer({ archive: archive.find });
  const response = await open(`${server.url}/studies?limit=1000000`);
  await once(response, 'data');
  response.destroy();
  await server.untilQueries(1);
  expect(server.queries[0]?.outcome).toBe('cancelled');
  expect(finds.cancels).toBe(1);
  expect(archive.permits.queued).toBe(0);
});

test('archives that fail: each with its status and in plain words', async () => {
  const nobody = { host: '127.0.0.1', port: await freePort(), aeTitle: 'NOBODY' };
  const cases: [number, RegExp, Parameters<typeof startScriptedArchive>[0] | undefined][] = [
    [502, /nothing listens/, undefined],
    [
      502,
      /does not know our AE title BROKER/,
      async (association) => {
        await association.reject(1, 1, 3);
      },
    ],
    [
      502,
      /does not offer/,
      async (association) => {
        await association.accept({ choose: () => 3 });
        await association.readToEnd();
      },
    ],
    [502, /0xC001/, scriptedFinds(() => ({ status: 0xc001 })).script],
    [503, /out of resources/, scriptedFinds(() => ({ status: 0xa700 })).script],
    [502, /aborted/, scriptedFinds(() => ({ abort: true })).script],
    [
      504,
      /did not answer within/,
      async (association) => {
        await association.accept();
        await association.readMessage();
        await association.readToEnd();
      },
    ],
  ];
  for (const [status, words, script] of cases) {
    await using peer = script === undefined ? undefined : await startScriptedArchive(script);
    await using archive = queryArchive(peer ?? nobody, { responseTimeoutMs: 200 });
    await using server = await startQidoServer({ archive: archive.find });
    const response = await fetch(`${server.url}/studies`);
    const { detail } = (await response.json()) as { detail: string };
    expect(detail).toMatch(words);
    expect(response.status).toBe(status);
    await archive[Symbol.asyncDispose]();
    await peer?.untilIdle();
    expect(archive.permits.taken).toBe(0);
  }
}, 30_000);
