import type { Response } from 'express';
import type { InstanceReader } from '../cache/instance-reader.ts';
import { UnreadableInstanceError } from '../cache/metadata.ts';
import { DamagedFileError, type Part } from '../cache/part.ts';
import type { StoredInstance } from '../cache/stored-instance.ts';
import type { Resource } from '../domain/resource.ts';
import type { Opened } from '../retrieval/retrieval.ts';
import type { TransferTally } from './audited-transfer.ts';
import { PacedResponse } from './paced-response.ts';
import { partialWarning } from './partial-warning.ts';
import { ZipArchive, type ZipEntry } from './zip-archive.ts';

export interface ZipAnswerOptions {
  readonly response: Response;
  readonly resource: Resource;
  readonly reader: InstanceReader;
  readonly signal: AbortSignal;
}

/** One answer of instances as a ZIP archive: each as its file, `{series}/{instance}.dcm`, while they arrive. */
export class ZipAnswer {
  readonly #options: ZipAnswerOptions;
  readonly #paced: PacedResponse;
  #sent: StoredInstance[] = [];

  constructor(options: ZipAnswerOptions) {
    this.#options = options;
    this.#paced = new PacedResponse(options.response);
  }

  get tally(): TransferTally {
    return { instances: this.#sent.length, bytes: this.#paced.bytes };
  }

  /**
   * Sends all of it; headers leave with the first instance.
   * @throws UnreadableInstanceError where a file is damaged; BrokerError where something is missing: before
   *   the first byte left it can still be answered with a status, afterwards only by breaking the connection
   */
  async send(opened: Opened): Promise<void> {
    const { response, reader, signal } = this.#options;
    try {
      for await (const chunk of reader.read(this.#parts(opened.instances), signal)) {
        if (!response.headersSent) this.#setHeaders(opened);
        await this.#paced.write(chunk);
      }
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      const damaged = this.#sent.find(({ path }) => path === error.path);
      throw damaged === undefined ? error : new UnreadableInstanceError(damaged, error);
    }
    response.end();
  }

  async *#parts(
    instances: Iterable<StoredInstance> | AsyncIterable<StoredInstance>,
  ): AsyncGenerator<Part, void, undefined> {
    const archive = new ZipArchive();
    this.#sent = [];
    for await (const instance of instances) {
      this.#sent.push(instance);
      yield { bytes: archive.add(entryOf(instance)) };
      yield { path: instance.path, offset: 0, length: instance.size, crc32: instance.crc32 };
    }
    yield { bytes: archive.end() };
  }

  #setHeaders(opened: Opened): void {
    const { response, resource } = this.#options;
    response.status(opened.kind === 'partial' ? 206 : 200);
    response.setHeader('Content-Type', 'application/zip');
    response.setHeader('Content-Disposition', `attachment; filename="${nameOf(resource)}.zip"`);
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.vary('Accept');
    if (opened.kind === 'arriving') return;
    response.setHeader('Content-Length', ZipArchive.lengthOf(opened.instances.map(entryOf)));
    const warning = opened.kind === 'partial' ? partialWarning(opened.missing) : undefined;
    if (warning !== undefined) response.setHeader('Warning', warning);
  }
}

function entryOf({ series, instance, size, crc32 }: StoredInstance): ZipEntry {
  return { name: `${series}/${instance}.dcm`, size, crc32 };
}

/** The UID of the resource itself. */
function nameOf(resource: Resource): string {
  if (resource.level === 'instance') return resource.instance;
  return resource.level === 'series' ? resource.series : resource.study;
}
