import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explicitVrBigEndian, explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { filledArchives } from '../support/filled-archive.ts';
import { startGateway } from '../support/gateway.ts';
import { type PydicomFrames, pydicomFrames } from '../support/pydicom-frames.ts';
import { realFiles } from '../support/real-files.ts';
import { partsOf, retrieve } from '../support/wado-client.ts';

const octets = 'application/octet-stream';
const asStored = `multipart/related; type="${octets}"; transfer-syntax="*"`;

/** What a file's frames are, and what the gateway sent of them. */
interface Outcome {
  readonly file: string;
  readonly expected: PydicomFrames;
  readonly statuses: readonly number[];
  readonly types: readonly string[];
  readonly bodies: readonly Buffer[];
  readonly beyond: number;
  readonly list: readonly Buffer[];
  readonly single: Buffer;
}

const outcomes: Outcome[] = [];
const withoutFrames: { file: string; status: number }[] = [];

beforeAll(async () => {
  for await (const { archive, scpPort, accepted, sent } of filledArchives('dcmqrscp', await realFiles())) {
    const known = await pydicomFrames([...sent.values()].map(({ path }) => path));
    await using gateway = await startGateway({ archive, scpPort });
    for (const { file, study, series, instance } of accepted) {
      const path = sent.get(instance)?.path;
      const expected = path === undefined ? undefined : known.get(path);
      const frames = `${gateway.wado}/studies/${study}/series/${series}/instances/${instance}/frames`;
      if (expected === undefined) {
        withoutFrames.push({
          file: basename(file),
          status: (await retrieve(`${frames}/1`, { accept: asStored })).status,
        });
        continue;
      }
      outcomes.push(await ask(frames, basename(file), expected));
    }
  }
}, 240_000);

afterAll(() => {
  outcomes.length = 0;
});

async function ask(frames: string, file: string, expected: PydicomFrames): Promise<Outcome> {
  const count = expected.pixels.numberOfFrames;
  const numbers = Array.from({ length: Math.min(count, 3) }, (_, index) => index + 1);
  const answers = await Promise.all(
    numbers.map((number) => retrieve(`${frames}/${number}`, { accept: asStored })),
  );
  const parts = answers.flatMap((answer) => (answer.status === 200 ? partsOf(answer, octets) : []));
  const reversed = await retrieve(`${frames}/${[...numbers].reverse().join(',')}`, { accept: asStored });
  const single = await retrieve(`${frames}/1`, { accept: `${octets}; transfer-syntax=*` });
  return {
    file,
    expected,
    statuses: answers.map(({ status }) => status),
    types: parts.map(({ contentType }) => contentType),
    bodies: parts.map(({ body }) => body),
    beyond: (await retrieve(`${frames}/${count + 1}`, { accept: asStored })).status,
    list:
      reversed.status === 200
        ? partsOf(reversed, octets)
            .map(({ body }) => body)
            .reverse()
        : [],
    single: single.body,
  };
}

/** The frames as they have to come: fragments as stored, native ones as octets in Little Endian. */
function expectedBodies({ transferSyntaxUid, vr, pixels, frames }: PydicomFrames): Buffer[] {
  const [all] = frames;
  const isNative = /^1\.2\.840\.10008\.1\.2(\.1|\.2|\.1\.99)?$/.test(transferSyntaxUid);
  if (!isNative || all === undefined) return [...frames];
  const samples = /^YBR_(FULL|PARTIAL)_422$/.test(pixels.photometricInterpretation)
    ? 2
    : pixels.samplesPerPixel;
  const bits = pixels.rows * pixels.columns * samples * pixels.bitsAllocated;
  return Array.from({ length: Math.min(pixels.numberOfFrames, 3) }, (_, index) => {
    const frame = Buffer.alloc(Math.ceil(bits / 8));
    for (let bit = 0; pixels.bitsAllocated === 1 && bit < bits; bit++) {
      const from = index * bits + bit;
      frame[bit >> 3]! |= ((all[from >> 3]! >> (from & 7)) & 1) << (bit & 7);
    }
    if (pixels.bitsAllocated > 1) all.copy(frame, 0, (index * bits) / 8);
    if (transferSyntaxUid !== explicitVrBigEndian) return frame;
    if (pixels.bitsAllocated === 32) return frame.swap32();
    return pixels.bitsAllocated === 16 || vr === 'OW' ? frame.swap16() : frame;
  });
}

/** Images whose Number of Frames pydicom cannot read. */
const unreadForComparison: readonly string[] = ['badVR.dcm'];

describe('the frames of every real file', () => {
  it('come as they are stored, each with the syntax that it has', () => {
    const wrong: string[] = [];
    for (const { file, expected, statuses, types, bodies } of outcomes) {
      const wanted = expectedBodies(expected);
      const isNative = types.every((type) => type.endsWith(`transfer-syntax=${explicitVrLittleEndian}`));
      const isNamed =
        isNative || types.every((type) => type.endsWith(`transfer-syntax=${expected.transferSyntaxUid}`));
      const isSame =
        bodies.length === wanted.length && bodies.every((body, index) => body.equals(wanted[index]!));
      if (!isSame || !isNamed)
        wrong.push(
          `${file}: ${statuses.join()} ${types.join()} ${bodies.map((b) => b.length).join()}/${wanted.map((b) => b.length).join()}`,
        );
    }
    expect(wrong).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(100);
  });

  it('come in the order of a list, and alone as one body', () => {
    const wrong = outcomes.filter(
      ({ list, bodies, single }) =>
        list.length !== bodies.length ||
        !list.every((body, index) => body.equals(bodies[index]!)) ||
        bodies[0]?.equals(single) !== true,
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('end with the last: beyond it is nothing', () => {
    expect(
      outcomes.filter(({ beyond }) => beyond !== 404).map(({ file, beyond }) => `${file}: ${beyond}`),
    ).toEqual([]);
  });

  it('are none of files without pixel data', () => {
    const answered = withoutFrames.filter(({ status }) => status !== 404);
    expect(answered.map(({ file }) => file)).toEqual(unreadForComparison);
    expect(withoutFrames.length).toBeGreaterThan(10);
  });
});
