import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import dimse from 'dcmjs-dimse';
import type { association, requests, responses } from 'dcmjs-dimse';
import { describe, expect, it } from 'vitest';
import { Association } from '../../../broker/dimse/association.ts';
import { echoScu } from '../../../broker/dimse/echo-scu.ts';
import { storeScu } from '../../../broker/dimse/store-scu.ts';
import { readDataSet } from '../../../broker/dicom/data-set-reader.ts';
import { readFileMeta } from '../../../broker/dicom/file-meta.ts';
import { encodingOf, explicitVrLittleEndian } from '../../../broker/domain/transfer-syntax.ts';
import { associationRequest } from '../../support/association-request.ts';
import type { Peer } from '../../support/dcmtk-tools.ts';
import { startReceiver } from '../../support/receiver-scene.ts';
import { sentInstance } from '../../support/sent-instance.ts';
import { storageSopClasses } from '../../support/storage-sop-classes.ts';

dimse.log.setLevel('silent');
const { PresentationContextResult, Status } = dimse.constants;

/** Sends requests with the library's client. @returns the status of each response */
async function send(
  peer: Peer,
  sent: readonly (requests.CEchoRequest | requests.CStoreRequest)[],
): Promise<number[]> {
  const client = new dimse.Client();
  const statuses: number[] = [];
  for (const request of sent) {
    request.on('response', (response: { getStatus(): number }) => statuses.push(response.getStatus()));
    client.addRequest(request);
  }
  const closed = new Promise<void>((resolve, reject) => {
    client.on('closed', resolve);
    client.on('networkError', reject);
    client.on('associationRejected', reject);
  });
  client.send(peer.host, peer.port, 'DCMJS', peer.aeTitle);
  await closed;
  return statuses;
}

class StoringScp extends dimse.Scp {
  static readonly stored: InstanceType<typeof dimse.Dataset>[] = [];

  override associationRequested(requested: association.Association): void {
    for (const { context } of requested.getPresentationContexts()) {
      const [syntax] = context.getTransferSyntaxUids();
      context.setResult(PresentationContextResult.Accept, syntax);
    }
    this.sendAssociationAccept();
  }

  override associationReleaseRequested(): void {
    this.sendAssociationReleaseResponse();
  }

  override cEchoRequest(
    request: requests.CEchoRequest,
    callback: (response: responses.CEchoResponse) => void,
  ): void {
    const response = dimse.responses.CEchoResponse.fromRequest(request);
    response.setStatus(Status.Success);
    callback(response);
  }

  override cStoreRequest(
    request: requests.CStoreRequest,
    callback: (response: responses.CStoreResponse) => void,
  ): void {
    const dataset = request.getDataset();
    if (dataset !== undefined) StoringScp.stored.push(dataset);
    const response = dimse.responses.CStoreResponse.fromRequest(request);
    response.setStatus(Status.Success);
    callback(response);
  }
}

describe('dcmjs-dimse', () => {
  it('as an SCU is answered C-ECHO and C-STORE by our SCP', async () => {
    await using scene = await startReceiver();
    const { study, series, instance } = sentInstance();
    using _expected = await scene.expect(study);
    const dataset = new dimse.Dataset(
      {
        SOPClassUID: storageSopClasses.secondaryCapture,
        SOPInstanceUID: instance,
        StudyInstanceUID: study,
        SeriesInstanceUID: series,
        PatientName: 'Dcmjs^Client',
      },
      explicitVrLittleEndian,
    );
    const stranger = new dimse.Dataset(
      { ...dataset.getElements(), StudyInstanceUID: '1.2.3.4' },
      explicitVrLittleEndian,
    );
    const statuses = await send(scene.peer, [
      new dimse.requests.CEchoRequest(),
      new dimse.requests.CStoreRequest(dataset),
      new dimse.requests.CStoreRequest(stranger),
    ]);
    expect(statuses).toEqual([0, 0, 0x0124]);
    await expect.poll(() => scene.stored).toMatchObject([{ instance, study, series }]);
    const file = await readFile(scene.stored[0]?.path ?? '');
    const read = readDataSet(
      file.subarray(readFileMeta(file).dataSetOffset),
      encodingOf(explicitVrLittleEndian),
    );
    expect(read.problems).toEqual([]);
    expect(read.dataSet['00100010']?.Value).toEqual([{ Alphabetic: 'Dcmjs^Client' }]);
  });

  it('as an SCP answers our C-ECHO and C-STORE', async () => {
    const server = createServer((socket) => {
      new StoringScp(socket, {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = await Association.open(associationRequest({ host: '127.0.0.1', port, aeTitle: 'DCMJS' }));
    expect(await echoScu(open, 1_000)).toBeGreaterThan(0);
    const { sopClass, transferSyntax, instance, dataSet } = sentInstance({ bytes: 200_000 });
    const pieces = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; at < dataSet.length; at += 30_001) yield dataSet.subarray(at, at + 30_001);
    };
    const { status } = await storeScu(
      open,
      {
        sopClassUid: sopClass,
        sopInstanceUid: instance,
        transferSyntaxUid: transferSyntax,
        dataSet: pieces(),
      },
      { timeoutMs: 2_000, signal: undefined },
    );
    expect(status).toBe(0);
    await open.release();
    expect(StoringScp.stored.map((one) => one.getElement('SOPInstanceUID') as string)).toEqual([instance]);
    await new Promise((resolve) => server.close(resolve));
  });
});
