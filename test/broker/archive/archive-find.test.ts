import { expect, test } from 'vitest';
import { type ArchiveQuery, newFindNotes } from '../../../broker/archive/query.ts';
import { encode } from '../../support/explicit-encoder.ts';
import { queryArchive, recordedLog } from '../../support/query-archive.ts';
import { startScriptedArchive } from '../../support/scripted-archive.ts';
import { scriptedFinds, studyElements, uidsOf, valueOf } from '../../support/scripted-finds.ts';

const allStudies: ArchiveQuery = { level: 'study', keys: {}, returnKeys: ['00100010'], fuzzy: false };

test('answers come as DICOM JSON without the level; the association is kept', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2'), studyElements('1.3')] }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  for (let round = 0; round < 2; round += 1) {
    const answers = await Array.fromAsync(archive.find.find(allStudies));
    expect(uidsOf(answers, '0020000D')).toEqual(['1.2', '1.3']);
    expect(answers[0]).not.toHaveProperty('00080052');
  }
  expect(peer.connectionsSeen).toBe(1);
  expect(finds.proposed).toEqual([[1, 1, 0]]);
  expect(finds.queries[0]).toEqual({
    '00080052': { vr: 'CS', Value: ['STUDY'] },
    '00100010': { vr: 'PN' },
    '0020000D': { vr: 'UI' },
  });
});

test('leaving early sends C-CANCEL, and the association can be used again', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')], isEndless: true }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  for (let round = 1; round <= 2; round += 1) {
    for await (const answer of archive.find.find(allStudies)) {
      expect(uidsOf([answer], '0020000D')).toEqual(['1.2']);
      break;
    }
    expect(finds.cancels).toBe(round);
  }
  expect(peer.connectionsSeen).toBe(1);
  expect(archive.permits.taken).toBe(1);
});

test('an aborted signal cancels at the archive', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')], isEndless: true }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const abort = new AbortController();
  const reading = (async () => {
    for await (const answer of archive.find.find(allStudies, abort.signal)) {
      expect(answer).toHaveProperty('0020000D');
      abort.abort();
    }
  })();
  await expect(reading).rejects.toMatchObject({ code: 'cancelled' });
  expect(finds.cancels).toBe(1);
});

test('an answer without its unique key is dropped with a warning, a truncated one gives what is readable', async () => {
  const whole = encode(studyElements('1.4'));
  const truncated = whole.subarray(0, whole.length - 6);
  const finds = scriptedFinds(() => ({
    answers: [[[0x0010, 0x0010, 'PN', 'NOBODY']], studyElements('1.3'), truncated],
  }));
  await using peer = await startScriptedArchive(finds.script);
  const log = recordedLog();
  await using archive = queryArchive(peer, { logger: log.logger });
  const answers = await Array.fromAsync(archive.find.find(allStudies));
  expect(uidsOf(answers, '0020000D')).toEqual(['1.3', '1.4']);
  expect(answers[1]).not.toHaveProperty('00201208');
  expect(log.lines.filter((line) => line.includes('dropped an answer'))).toHaveLength(1);
  expect(log.lines.filter((line) => line.includes('only in part'))).toHaveLength(1);
  expect(log.lines.join('')).not.toContain('NOBODY');
});

test('a failure status is an error with the archive and its status', async () => {
  const finds = scriptedFinds(() => ({ status: 0xa700 }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  await expect(Array.fromAsync(archive.find.find(allStudies))).rejects.toMatchObject({
    code: 'archive-refused',
    dimseStatus: 0xa700,
  });
});

test('text goes out in the set that is configured, from the first query on, where the set has its letters', async () => {
  const finds = scriptedFinds(() => ({}));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer, { characterSet: 'ISO_IR 126' });
  for (const name of ['Δ*', '山*']) {
    await Array.fromAsync(
      archive.find.find({ ...allStudies, keys: { '00100010': { vr: 'PN', Value: [name] } } }),
    );
  }
  const sent = finds.identifiers.map((identifier) => identifier.toString('latin1'));
  expect(sent.map((text) => /ISO_IR \d+/.exec(text)?.[0])).toEqual(['ISO_IR 126', 'ISO_IR 192']);
});

test('text goes out in ASCII, in the set that the archive speaks, or in UTF-8', async () => {
  const greek = Buffer.from([0xc4, 0xe9, 0xef, 0xed]);
  const finds = scriptedFinds(() => ({
    answers: [
      [
        [0x0008, 0x0005, 'CS', 'ISO_IR 126'],
        [0x0010, 0x0010, 'PN', greek],
        [0x0020, 0x000d, 'UI', '1.2'],
      ],
    ],
  }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const named = (name: string): ArchiveQuery => ({
    ...allStudies,
    keys: { '00100010': { vr: 'PN', Value: [name] } },
  });
  await Array.fromAsync(archive.find.find(named('Δ*')));
  await Array.fromAsync(archive.find.find(named('D*')));
  const [answer] = await Array.fromAsync(archive.find.find(named('Διον*')));
  await Array.fromAsync(archive.find.find(named('山*')));
  expect(answer?.['00100010']?.Value).toEqual([{ Alphabetic: 'Διον' }]);
  const sent = finds.identifiers.map((identifier) => identifier.toString('latin1'));
  const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
  expect(sent[0]).toContain('ISO_IR 192');
  expect(sent[0]).toContain(utf8('Δ*'));
  expect(sent[2]).toContain('ISO_IR 126');
  expect(sent[2]).toContain(`${greek.toString('latin1')}*`);
  expect(sent[3]).toContain('ISO_IR 192');
  expect(sent[3]).toContain(utf8('山*'));
  expect(finds.queries[1]).not.toHaveProperty('00080005');
});

test('fuzzy matching: negotiated on an association of its own, or noted as not supported', async () => {
  for (const [extended, isSupported] of [
    [[1, 1, 1], true],
    [[1, 1, 0], false],
    [undefined, false],
  ] as const) {
    const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')] }), extended);
    await using peer = await startScriptedArchive(finds.script);
    await using archive = queryArchive(peer);
    for (let round = 0; round < 2; round += 1) {
      const notes = newFindNotes();
      await Array.fromAsync(archive.find.find({ ...allStudies, fuzzy: true }, undefined, notes));
      expect(notes.fuzzyNotSupported).toBe(!isSupported);
    }
    expect(finds.proposed[0]).toEqual([1, 1, 1]);
  }
});

test('keys that the archive did not match are noted', async () => {
  const finds = scriptedFinds(() => ({ answers: [[[0x0020, 0x000d, 'UI', '1.2']]], pendingStatus: 0xff01 }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const notes = newFindNotes();
  const keys = { '00080061': { vr: 'CS', Value: ['CT'] } };
  const answers = await Array.fromAsync(archive.find.find({ ...allStudies, keys }, undefined, notes));
  expect(answers).toHaveLength(1);
  expect([...notes.unmatchedKeys]).toEqual(['00080061']);
});

test('lists of UIDs are asked for a hundred at a time', async () => {
  const finds = scriptedFinds((query) => ({
    answers: (query['0020000D']?.Value ?? []).map((uid) => studyElements(uid as string)),
  }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const uids = Array.from({ length: 250 }, (_, index) => `1.2.${index}`);
  const keys = { '0020000D': { vr: 'UI', Value: uids } };
  const answers = await Array.fromAsync(archive.find.find({ ...allStudies, keys }));
  expect(uidsOf(answers, '0020000D')).toEqual(uids);
  expect(finds.queries).toHaveLength(3);
});

test('an association that breaks in the middle of the answers is an error, after those that came', async () => {
  const finds = scriptedFinds(() => ({ answers: [studyElements('1.2')], abort: true }));
  await using peer = await startScriptedArchive(finds.script);
  await using archive = queryArchive(peer);
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const answer of archive.find.find(allStudies)) seen.push(valueOf(answer, '0020000D'));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'association-aborted' });
  expect(seen).toEqual(['1.2']);
  expect(archive.permits.taken).toBe(0);
});
