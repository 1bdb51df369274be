import type { Response } from 'express';
import type { InstanceReader } from '../../cache/instance-reader.ts';
import type { DamagedFileError } from '../../cache/part.ts';
import type { StoredInstance } from '../../cache/stored-instance.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { Uid } from '../../domain/uid.ts';
import type { InstanceTranscoder } from './instance-transcoder.ts';
import { type InstancePackaging, newPackaging } from './instance-packaging.ts';
import { InstancesWriter, type InstanceToSend, isAsStored, type PartToSend } from './instances-writer.ts';
import { PacedResponse } from '../http/paced-response.ts';
import { Replay } from './replay.ts';
import { possibleSyntaxes, type RetrieveForm } from './retrieve-form.ts';

/** What is sent, and what is known of it before the first byte leaves. */
export interface InstancesToAnswer {
  readonly instances: Iterable<StoredInstance> | AsyncIterable<StoredInstance>;
  /** True where `instances` is a list of all: its length can be told. */
  readonly isWhole: boolean;
  /** 206 where it is known that something cannot be sent. */
  readonly status: 200 | 206;
  readonly warning: string | undefined;
}

export interface AnswerOptions {
  readonly form: RetrieveForm;
  readonly response: Response;
  readonly reader: InstanceReader;
  readonly transcoder: InstanceTranscoder;
  /** UID of what was asked for, after which an archive is named. */
  readonly uid: Uid;
  readonly signal: AbortSignal;
  readonly refetch: (instance: StoredInstance, error: DamagedFileError) => Promise<StoredInstance>;
}

/** What has been sent. */
export interface AnswerTally {
  readonly instances: number;
  readonly bytes: number;
}

/** One answer of instances, as a multipart message, a single body or a ZIP archive (PS3.18 section 10.4.3). */
export class RetrieveAnswer {
  readonly #options: AnswerOptions;
  readonly #paced: PacedResponse;
  readonly #packaging: InstancePackaging;
  #writer: InstancesWriter | undefined;

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#paced = new PacedResponse(options.response);
    this.#packaging = newPackaging(options.form.packaging);
  }

  get tally(): AnswerTally {
    return { instances: this.#writer?.sent ?? 0, bytes: this.#paced.bytes };
  }

  /**
   * Sends all of it. Headers leave with the first instance.
   * @throws BrokerError where something cannot be sent: before the first byte left it can still be
   * answered with a status, afterwards only by breaking the connection
   */
  async send(answer: InstancesToAnswer): Promise<void> {
    const { form, response, reader, transcoder, uid, signal, refetch } = this.#options;
    const renditions = Array.isArray(answer.instances)
      ? answer.instances.map((instance) => rendition(form, instance as StoredInstance))
      : undefined;
    const instances = new Replay<InstanceToSend>(renditions ?? renditionsOf(form, answer.instances));
    const first = await instances.at(0);
    if (first === undefined) throw new BrokerError('internal', 'An answer without instances was begun.');

    // An answer that is begun anew must not keep what was said about the first.
    for (const name of ['Content-Length', 'Warning']) response.removeHeader(name);
    response.status(answer.status);
    response.setHeader('Cache-Control', 'no-store');
    if (form.packaging === 'zip') {
      response.setHeader('Content-Disposition', `attachment; filename="${uid}.zip"`);
    }
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (answer.warning !== undefined) response.setHeader('Warning', answer.warning);
    if (answer.isWhole && renditions?.every(isAsStored) === true) {
      const all = renditions.map(({ instance }) => instance);
      response.setHeader('Content-Length', this.#packaging.lengthOf(all));
    }

    this.#writer = new InstancesWriter(instances, {
      reader,
      transcoder,
      response: this.#paced,
      signal,
      refetch,
      before: (index, part) => this.#before(index, part),
    });
    await this.#writer.write();
    response.end(this.#packaging.end());
  }

  #before(index: number, part: PartToSend): Buffer {
    const bytes = this.#packaging.before(index, part);
    const { response } = this.#options;
    // Of a single part known only now: what was to be converted may have turned out not to be convertible.
    const { contentType } = this.#packaging;
    if (!response.headersSent && contentType !== undefined) response.setHeader('Content-Type', contentType);
    return bytes;
  }
}

async function* renditionsOf(
  form: RetrieveForm,
  instances: Iterable<StoredInstance> | AsyncIterable<StoredInstance>,
): AsyncGenerator<InstanceToSend, void, undefined> {
  for await (const instance of instances) yield rendition(form, instance);
}

/** @throws BrokerError `not-acceptable` where the client does not take the instance in any form that can be had */
function rendition(form: RetrieveForm, instance: StoredInstance): InstanceToSend {
  const syntaxes = form.syntaxesOf(instance.transferSyntaxUid);
  if (syntaxes.length === 0) throw notAcceptable(instance);
  return { instance, syntaxes };
}

/** Names what would have been acceptable. */
export function notAcceptable(instance: StoredInstance): BrokerError {
  const [stored, ...others] = possibleSyntaxes(instance.transferSyntaxUid);
  const also = others.length === 0 ? '' : `, ${others.join(', ')}`;
  return new BrokerError(
    'not-acceptable',
    `Instance ${instance.instance} is stored in transfer syntax ${stored}, and the Accept header allows no form of it. It can be had with transfer-syntax=* (as stored)${also}.`,
  );
}
