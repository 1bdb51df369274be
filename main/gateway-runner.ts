import { setTimeout as sleep } from 'node:timers/promises';
import { Broker } from '../broker/broker.ts';
import type { Config } from '../broker/config/config.ts';
import type { ReadSettings } from '../broker/config/read-settings.ts';
import { faultText } from '../broker/config/setting-fault.ts';
import type { GatewayState, Trouble } from '../broker/control/contract/gateway-state.ts';
import type { AppliedSettings } from '../broker/control/contract/settings.ts';
import type { GatewayLifecycle, GatewayParts } from '../broker/control/control-services.ts';
import type { Logger } from '../broker/observe/logger.ts';
import { RestartDelay } from './restart-delay.ts';
import { startTrouble } from './start-trouble.ts';

export interface GatewayRunnerOptions {
  /** The settings as they are now. */
  readonly read: () => ReadSettings;
  readonly logger: Logger;
  /** Waits before it starts again by itself (1 s, growing to 60 s). */
  readonly delay?: RestartDelay;
}

type Phase = GatewayState['phase'];

/** A part of the gateway hangs when it takes longer than this to end: it is left behind. */
const stopLimitMs = 30_000;
/** The name under which the health report says that saved settings are not in force. */
const savedSettings = 'saved settings';

/**
 * Has a broker run while the settings allow it: starts it, has it go over to changed settings, and starts it
 * again where it failed and a restart may help. What is asked of it is done one after the other.
 */
export class GatewayRunner implements GatewayLifecycle {
  readonly #options: GatewayRunnerOptions;
  readonly #delay: RestartDelay;
  readonly #listeners = new Set<() => void>();
  #phase: Phase = 'starting';
  #phaseReasons: readonly Trouble[] = [];
  #broker: Broker | undefined;
  /** Counted on by the next broker: they are the process’s. */
  #metrics: GatewayParts['metrics'] | undefined;
  #startedAt = new Date();
  /** Those that were told last: each is told once. */
  #warnings: readonly string[] = [];
  #retry: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(options: GatewayRunnerOptions) {
    this.#options = options;
    this.#delay = options.delay ?? new RestartDelay();
  }

  /** Undefined while it does not run. */
  get broker(): Broker | undefined {
    return this.#broker;
  }

  get phase(): Phase {
    return this.#phase;
  }

  get phaseReasons(): Trouble[] {
    return [...this.#phaseReasons];
  }

  get parts(): GatewayParts | undefined {
    return this.#phase === 'running' ? this.#broker?.parts : undefined;
  }

  get startedAt(): Date {
    return this.#startedAt;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Starts the gateway, or goes over to what the settings are now. Never rejects. */
  refresh(): Promise<AppliedSettings> {
    return this.#inTurn(() => this.#refresh());
  }

  /** Ends what runs and starts it again, with the settings as they are now. Never rejects. */
  async restart(): Promise<void> {
    await this.#inTurn(async () => {
      this.#become('stopping');
      await this.#end();
      return await this.#refresh();
    });
  }

  /** Ends it for good, in bounded time. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#retry);
    this.#become('stopping');
    const done = new AbortController();
    const limit = sleep(stopLimitMs, undefined, { signal: done.signal }).catch(() => undefined);
    try {
      await Promise.race([this.#turn.then(() => this.#end()), limit]);
    } finally {
      done.abort();
    }
  }

  async #refresh(): Promise<AppliedSettings> {
    clearTimeout(this.#retry);
    if (this.#isStopped) return { restarted: [] };
    const { config, faults, warnings } = this.#options.read();
    if (config === undefined) return await this.#unconfigure(faults.map(faultText));
    for (const warning of warnings) if (!this.#warnings.includes(warning)) this.#options.logger.warn(warning);
    this.#warnings = warnings;
    return this.#broker === undefined ? await this.#start(config) : await this.#apply(this.#broker, config);
  }

  async #start(config: Config): Promise<AppliedSettings> {
    this.#become('starting');
    const broker = new Broker(config, this.#options.logger, this.#metrics);
    this.#metrics = broker.metrics;
    try {
      await broker.start();
    } catch (thrown) {
      return this.#failed(thrown);
    }
    this.#broker = broker;
    this.#startedAt = new Date();
    this.#delay.succeeded();
    this.#become('running');
    return { restarted: ['the gateway'] };
  }

  async #apply(broker: Broker, config: Config): Promise<AppliedSettings> {
    try {
      const restarted = await broker.apply(config);
      broker.health.forget(savedSettings);
      this.#delay.succeeded();
      this.#become('running');
      if (restarted.length > 0) this.#options.logger.info({ restarted }, 'Changed settings are in force.');
      return { restarted };
    } catch (thrown) {
      if (!broker.isWhole) {
        await this.#end();
        return this.#failed(thrown);
      }
      return this.#notInForce(broker, thrown);
    }
  }

  /** What runs goes on as before; what was saved is tried again where that may help. */
  #notInForce({ health }: Broker, thrown: unknown): AppliedSettings {
    const { trouble, mayHeal } = startTrouble(thrown);
    const isNew = this.#phaseReasons[0]?.message !== trouble.message;
    this.#options.logger[isNew ? 'error' : 'debug'](
      { err: thrown },
      `Saved settings are not in force: ${trouble.message}`,
    );
    health.report(savedSettings, {
      state: 'limited',
      reason: `What was saved last is not in force, and the gateway goes on as before: ${trouble.message}`,
      remedy: trouble.remedy,
    });
    if (mayHeal) this.#retryLater();
    this.#become('running', [trouble]);
    return { restarted: [], failed: trouble };
  }

  async #unconfigure(faults: readonly string[]): Promise<AppliedSettings> {
    const ran = this.#broker !== undefined;
    await this.#end();
    for (const fault of faults) this.#options.logger.error(fault);
    const reasons = faults.map((message) => ({ message, code: 'configuration' }));
    this.#become('unconfigured', reasons);
    const [first] = reasons;
    return ran && first !== undefined ? { restarted: [], failed: first } : { restarted: [] };
  }

  #failed(thrown: unknown): AppliedSettings {
    const { trouble, mayHeal } = startTrouble(thrown);
    this.#options.logger.error({ err: thrown }, `The gateway does not run: ${trouble.message}`);
    if (mayHeal) this.#retryLater();
    this.#become('failed', [trouble]);
    return { restarted: [], failed: trouble };
  }

  #retryLater(): void {
    if (this.#isStopped) return;
    const ms = this.#delay.next();
    this.#options.logger.info({ seconds: ms / 1000 }, 'It is tried again in a while.');
    this.#retry = setTimeout(() => void this.refresh(), ms);
  }

  async #end(): Promise<void> {
    const broker = this.#broker;
    this.#broker = undefined;
    await broker?.stop();
  }

  #become(phase: Phase, reasons: readonly Trouble[] = []): void {
    this.#phase = this.#isStopped ? 'stopping' : phase;
    this.#phaseReasons = reasons;
    for (const listener of this.#listeners) listener();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
