import { randomBytes } from 'node:crypto';
import type { ReadSettings } from '../broker/config/read-settings.ts';
import { findSetting, type SettingValues } from '../broker/config/schema.ts';
import {
  type ControlAddress,
  ControlServer,
  type ControlServerOptions,
} from '../broker/control/control-server.ts';
import type { ControlServices } from '../broker/control/control-services.ts';
import { type BrokerError, toBrokerError } from '../broker/domain/errors.ts';

export interface ControlInterfaceOptions {
  readonly services: ControlServices;
  readonly rendererDirectory: string | undefined;
  /** What clients have to show, whatever control.token says; for a host that opens its own window. */
  readonly token: string | undefined;
  /** Told when it listens elsewhere, or could not. */
  readonly onChange: () => void;
}

type Listening = Omit<ControlServerOptions, 'services' | 'rendererDirectory'>;

/** Lets the answer leave that tells of the move. */
const moveAfterMs = 500;

/** The user interface and its API, for as long as the appliance is there, whether the gateway runs or not. */
export class ControlInterface {
  readonly #options: ControlInterfaceOptions;
  /** Where the settings give none: one for all the time that this process runs. */
  readonly #randomToken = randomBytes(32).toString('base64url');
  #server: ControlServer | undefined;
  #listening: Listening | undefined;
  #address: ControlAddress | undefined;
  #move: NodeJS.Timeout | undefined;
  #moving: Promise<void> = Promise.resolve();
  #isStopped = false;
  #error: BrokerError | undefined;

  constructor(options: ControlInterfaceOptions) {
    this.#options = options;
  }

  /** Undefined where it does not listen. */
  get address(): ControlAddress | undefined {
    return this.#address;
  }

  /** Why it does not listen as the settings say; undefined where it does. */
  get error(): BrokerError | undefined {
    return this.#error;
  }

  /** The token where this process made it; others know theirs. */
  get randomToken(): string | undefined {
    return this.#listening?.token === this.#randomToken ? this.#randomToken : undefined;
  }

  /** @throws BrokerError `configuration` where it cannot listen */
  start(read: ReadSettings): Promise<void> {
    const started = this.#moving.then(() => this.#start(read));
    this.#moving = started.catch((thrown: unknown) => {
      this.#error = toBrokerError(thrown);
    });
    return started;
  }

  /** Goes over to changed settings, a moment later. @returns whether any of its own have changed */
  refresh(read: ReadSettings): boolean {
    const wanted = JSON.stringify(this.#wanted(read));
    if (this.#isStopped || wanted === JSON.stringify(this.#listening)) return false;
    clearTimeout(this.#move);
    this.#move = setTimeout(() => {
      this.#moving = this.#moving.then(() => this.#restart(read)).then(this.#options.onChange);
    }, moveAfterMs);
    return true;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#move);
    await this.#moving;
    await this.#end();
  }

  async #start(read: ReadSettings): Promise<void> {
    if (this.#isStopped) return;
    const listening = this.#wanted(read);
    const server = new ControlServer({ ...this.#options, ...listening });
    this.#address = await server.start();
    this.#server = server;
    this.#listening = listening;
  }

  /** Never rejects: where it cannot listen as it is told, it listens as before. */
  async #restart(read: ReadSettings): Promise<void> {
    if (this.#isStopped) return;
    const { logger } = this.#options.services;
    const before = { server: this.#server, listening: this.#listening, address: this.#address };
    const isBeside = this.#wanted(read).port !== before.address?.port;
    try {
      if (!isBeside) await this.#end();
      await this.#start(read);
      if (isBeside) await before.server?.stop();
      logger.info({ url: this.#address?.url }, 'The user interface was moved.');
      this.#error = undefined;
    } catch (error) {
      this.#error = toBrokerError(error);
      logger.error({ err: error }, 'The user interface cannot be moved, and stays where it was.');
      if (isBeside || before.listening === undefined) return;
      const server = new ControlServer({ ...this.#options, ...before.listening });
      this.#address = await server.start().catch(() => undefined);
      this.#server = server;
      this.#listening = before.listening;
    }
  }

  async #end(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    this.#address = undefined;
    await server?.stop();
  }

  /** Settings of its own that are wrong do not keep it from being there to mend them, but from being open to others. */
  #wanted({ values, faults, defaults }: ReadSettings): Listening {
    // Where studies are shown says nothing about who may come in.
    const isFaulty = faults.some(
      ({ property }) => property?.startsWith('control.') === true && property !== 'control.viewer_url',
    );
    const valueOf = <P extends keyof SettingValues>(property: P): SettingValues[P] =>
      values[property] ?? ((defaults.get(property) ?? findSetting(property)?.default) as SettingValues[P]);
    const given = isFaulty ? '' : valueOf('control.token');
    const ofSettings = given === '' ? this.#randomToken : given;
    return {
      host: isFaulty ? '127.0.0.1' : valueOf('control.host'),
      port: valueOf('control.port'),
      token: this.#options.token ?? ofSettings,
      allowedHosts: valueOf('control.allowed_hosts')
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    };
  }
}
