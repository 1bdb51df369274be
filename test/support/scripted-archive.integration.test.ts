import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { explicitVrLittleEndian } from '../../broker/domain/transfer-syntax.ts';
import { studyRootFindSopClass } from '../../broker/domain/sop-class.ts';
import { echoscu, findscu, getscu, movescu } from './dcmtk-tools.ts';
import { encode } from './explicit-encoder.ts';
import { newUid } from './generated-study.ts';
import { readPart10 } from './part10.ts';
import { startScriptedArchive } from './scripted-archive.ts';
import { connectStoreScu } from './scripted-store-scu.ts';
import { storageSopClasses } from './storage-sop-classes.ts';
import { startStoreScp } from './store-scp.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const sopClass = storageSopClasses.secondaryCapture;
const contexts = [{ sopClass, transferSyntax: explicitVrLittleEndian }];

function smallDataSet(instance: string, bytes = 100_000): Buffer {
  return encode([
    [0x0008, 0x0016, 'UI', sopClass],
    [0x0008, 0x0018, 'UI', instance],
    [0x0010, 0x0010, 'PN', 'Scripted^Patient'],
    [0x7fe0, 0x0010, 'OW', Buffer.alloc(bytes, 0x5a)],
  ]);
}

describe('a scripted archive', () => {
  it('answers echoscu and knows that it has gone', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      const request = await association.accept();
      expect(request).toMatchObject({ callingAeTitle: 'DCMTK', calledAeTitle: 'SCRIPTED' });
      await association.respond(await association.readMessage(), 0);
      expect(await association.readToEnd()).toBe('release');
    });
    expect((await echoscu(archive)).exitCode).toBe(0);
    await archive.untilIdle();
    expect(archive.connectionsSeen).toBe(1);
    expect(archive.openConnections).toBe(0);
  });

  it('answers findscu with data sets of its own making', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      const message = await association.readMessage();
      expect(message.command.AffectedSOPClassUID).toBe(studyRootFindSopClass);
      expect(message.dataSet?.includes('STUDY')).toBe(true);
      const answer = encode([[0x0010, 0x0010, 'PN', 'Found^Patient']]);
      await association.respond(message, 0xff00, {}, answer);
      await association.respond(message, 0);
      await association.readToEnd();
    });
    const answers = await findscu(archive, { QueryRetrieveLevel: 'STUDY', PatientName: '' });
    expect(answers.map((found) => [...found])).toEqual([[['00100010', Buffer.from('Found^Patient')]]]);
  });

  it('rejects with the reason it is told', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.reject(1, 1, 7);
    });
    const { exitCode, output } = await echoscu(archive);
    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Called AE Title Not Recognized/);
  });

  it('rejects presentation contexts', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept({ choose: () => 3 });
      await association.readToEnd();
    });
    expect((await echoscu(archive)).output).toMatch(/No Acceptable Presentation Contexts/);
  });

  it('aborts instead of answering', async () => {
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      await association.readMessage();
      await association.abort(2, 1);
    });
    expect((await echoscu(archive)).output).toMatch(/Peer aborted Association/);
  });

  it('reports what goes wrong in a script', async () => {
    const archive = await startScriptedArchive(async (association) => {
      await association.accept();
      const message = await association.readMessage();
      expect(message.command.MessageID).toBe(4711);
    });
    await echoscu(archive);
    await expect(archive[Symbol.asyncDispose]()).rejects.toThrow(/A script failed/);
  });

  it('carries out a C-MOVE by an association of its own', async () => {
    await using receiver = await startStoreScp();
    const instance = newUid();
    const dataSet = smallDataSet(instance);
    await using archive = await startScriptedArchive(async (association) => {
      await association.accept();
      const message = await association.readMessage();
      expect(message.command.MoveDestination).toBe(receiver.aeTitle);
      using scu = await connectStoreScu({ peer: receiver, contexts });
      expect(scu.accepted.get(1)).toBe(explicitVrLittleEndian);
      const response = await scu.store({ sopClass, instance, dataSet, fragmentBytes: 1000, valuesPerPdu: 7 });
      expect(response).toMatchObject({ kind: 'message', command: { Status: 0 } });
      await scu.release();
      await association.respond(message, 0, { NumberOfCompletedSuboperations: 1 });
      await association.readToEnd();
    });
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: newUid() };
    expect((await movescu(archive, { keys, destination: receiver.aeTitle })).status).toBe('Success');
    const file = (await receiver.received()).get(instance) ?? '';
    expect(readPart10(await readFile(file)).dataSet.equals(dataSet)).toBe(true);
  });

  it('carries out a C-GET on the same association', async () => {
    await using directory = await temporaryDirectory();
    const instance = newUid();
    const dataSet = smallDataSet(instance);
    await using archive = await startScriptedArchive(async (association) => {
      const { contexts: proposed } = await association.accept();
      const message = await association.readMessage();
      const contextId = proposed.find(({ abstractSyntax }) => abstractSyntax === sopClass)?.id ?? 0;
      await association.sendCommand(contextId, {
        AffectedSOPClassUID: sopClass,
        CommandField: 1,
        MessageID: 1,
        Priority: 0,
        CommandDataSetType: 0,
        AffectedSOPInstanceUID: instance,
      });
      await association.sendDataSet(contextId, dataSet);
      expect((await association.readMessage()).command).toMatchObject({ CommandField: 0x8001, Status: 0 });
      await association.respond(message, 0, { NumberOfCompletedSuboperations: 1 });
      await association.readToEnd();
    });
    const keys = { QueryRetrieveLevel: 'STUDY', StudyInstanceUID: newUid() };
    const got = await getscu(archive, { keys, directory: directory.path });
    expect(got.status).toBe('Success');
    const file = await readFile(`${directory.path}/${instance}`);
    expect(readPart10(file).dataSet.equals(dataSet)).toBe(true);
  });
});
