import { expect } from 'vitest';
import { Association } from '../../broker/dimse/association.ts';
import { echoScu } from '../../broker/dimse/echo-scu.ts';
import { BrokerError } from '../../broker/domain/errors.ts';
import { associationRequest } from './association-request.ts';
import type { Peer } from './dcmtk-tools.ts';
import { openResources, untilReleased } from './open-resources.ts';
import { type Script, startScriptedArchive } from './scripted-archive.ts';

export interface EchoOptions {
  readonly signal?: AbortSignal;
  /** Default 300. */
  readonly responseTimeoutMs?: number;
}

/** Opens an association with short limits, sends a C-ECHO, and ends it. */
export async function echo(peer: Peer, options: EchoOptions = {}): Promise<void> {
  const { signal, responseTimeoutMs = 300 } = options;
  const association = await Association.open(associationRequest(peer), signal);
  try {
    await echoScu(association, responseTimeoutMs, signal);
  } finally {
    await association.end();
  }
}

/** The error of a C-ECHO, after a check that it came in time and left nothing open on either side. */
export async function failureOf(script: Script, options: EchoOptions = {}): Promise<BrokerError> {
  const archive = await startScriptedArchive(script);
  const before = openResources();
  const start = performance.now();
  try {
    const error: unknown = await echo(archive, options).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BrokerError);
    expect(performance.now() - start).toBeLessThan(2_000);
    await archive.untilIdle(2_000);
    await untilReleased(before);
    return error as BrokerError;
  } finally {
    await archive[Symbol.asyncDispose]();
  }
}
