import { readFile } from 'node:fs/promises';
import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Part10, readPart10 } from './part10.ts';
import { realFiles } from './real-files.ts';
import { type RealInstance, identifyAll } from './real-instances.ts';
import { type Verdict, compareRetrieves } from './retrieve-comparison.ts';

/** A server of one study with two instances that answers as it is told. */
describe('the comparison of what a gateway gives out', () => {
  let instances: RealInstance[];
  let files: [Buffer, Buffer];
  const sent = new Map<string, Part10>();
  let answer: (response: ServerResponse, path: string) => void;
  const server = createServer((request, response) => answer(response, request.url ?? ''));

  beforeAll(async () => {
    const names = ['brain_002.dcm', 'brain_003.dcm'];
    instances = await identifyAll((await realFiles()).filter((file) => names.includes(basename(file))));
    const [first, second] = instances;
    if (first === undefined || second === undefined) throw new Error('the files are missing');
    files = [await readFile(first.file), await readFile(second.file)];
    for (const file of files) sent.set(readPart10(file).sopInstance, readPart10(file));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => void server.close());

  function multipart(response: ServerResponse, parts: readonly Buffer[], isWhole = true): void {
    response.setHeader('Content-Type', 'multipart/related; type="application/dicom"; boundary=b');
    parts.forEach((part, index) => {
      const type = `application/dicom; transfer-syntax=${readPart10(part).transferSyntax}`;
      response.write(`${index === 0 ? '' : '\r\n'}--b\r\nContent-Type: ${type}\r\n\r\n`);
      response.write(part);
    });
    if (isWhole) response.end('\r\n--b--\r\n');
    else setTimeout(() => response.destroy(), 20);
  }

  function fail(response: ServerResponse): void {
    response.statusCode = 502;
    response.end('no');
  }

  function compare(): Promise<Verdict[]> {
    const { port } = server.address() as AddressInfo;
    const wado = `http://127.0.0.1:${port}`;
    return compareRetrieves({ wado, instances, sent, forms: ['study', 'instance'] });
  }

  const isStudy = (path: string): boolean => !path.includes('/series/');
  const own = (path: string): Buffer => files[path.endsWith(instances[0]?.instance ?? '') ? 0 : 1];
  const outcomes = (verdicts: readonly Verdict[]): string[] => verdicts.map(({ outcome }) => outcome);

  it('finds the same where it is the same', async () => {
    answer = (response, path) => multipart(response, isStudy(path) ? files.toReversed() : [own(path)]);
    expect(outcomes(await compare())).toEqual(['same', 'same']);
  });

  it('sees one bit that differs, in the data set and in the file meta information', async () => {
    const atEnd = Buffer.from(files[0]);
    atEnd[atEnd.length - 1] = (atEnd.at(-1) ?? 0) ^ 1;
    answer = (response, path) => multipart(response, isStudy(path) ? [atEnd, files[1]] : [own(path)]);
    const verdicts = await compare();
    expect(outcomes(verdicts)).toEqual(['wrong', 'same']);
    expect(verdicts[0]?.notes).toEqual(['study: the data set has other bytes']);

    const inMeta = Buffer.from(files[0]);
    inMeta.writeUInt32LE(inMeta.readUInt32LE(140) + 2, 140);
    answer = (response, path) => multipart(response, isStudy(path) ? [inMeta, files[1]] : [own(path)]);
    expect((await compare())[0]?.notes).toEqual([expect.stringMatching(/^study: group length is/)]);
  });

  it('sees an instance that is left out of an answer that passes for whole', async () => {
    answer = (response, path) =>
      isStudy(path) || own(path) === files[1] ? multipart(response, [files[1]]) : fail(response);
    expect(outcomes(await compare())).toEqual(['wrong', 'wrong']);
  });

  it('takes an instance as refused where no answer holds it and none passes for whole', async () => {
    answer = (response, path) => {
      if (isStudy(path)) multipart(response, [files[1]], false);
      else if (own(path) === files[1]) multipart(response, [files[1]]);
      else fail(response);
    };
    const verdicts = await compare();
    expect(outcomes(verdicts)).toEqual(['refused', 'same']);
    expect(verdicts[0]?.notes).toEqual(['502 no']);
  });

  it('sees an answer that is refused although all of it can be had', async () => {
    answer = (response, path) => (isStudy(path) ? fail(response) : multipart(response, [own(path)]));
    expect(outcomes(await compare())).toEqual(['wrong', 'wrong']);
  });
});
