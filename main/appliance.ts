import { checkReceiver } from '../broker/broker.ts';
import { configurationError } from '../broker/config/problem-text.ts';
import { lookedIn } from '../broker/config/load-config.ts';
import { readSettings, type ReadSettings, type SettingsPlace } from '../broker/config/read-settings.ts';
import type { AppliedSettings } from '../broker/control/contract/settings.ts';
import type {
  ControlServices,
  GatewayLifecycle,
  HostCapabilities,
  SettingsAccess,
} from '../broker/control/control-services.ts';
import { GatewayWatch } from '../broker/control/state/gateway-watch.ts';
import { SettingsEditor } from '../broker/control/settings/settings-editor.ts';
import { LogBook } from '../broker/observe/log-book.ts';
import type { LogOutput, RootLogger } from '../broker/observe/logger.ts';
import { ApplianceLog } from './appliance-log.ts';
import { ControlInterface } from './control-interface.ts';
import { GatewayRunner } from './gateway-runner.ts';
import type { RestartDelay } from './restart-delay.ts';

export interface ApplianceOptions {
  readonly version: string;
  /** Where the settings are, and what the host sets where nothing else does. */
  readonly place: SettingsPlace & { readonly home: string };
  readonly host: HostCapabilities;
  /** The built user interface; undefined where there is none. */
  readonly rendererDirectory?: string | undefined;
  /** What clients of the control API have to show, in place of what the settings say. */
  readonly token?: string | undefined;
  /** Where the log goes besides its file; standard output by default. */
  readonly console?: LogOutput | undefined;
  /** Waits before a gateway that failed is started again (1 s, growing to 60 s). */
  readonly restartDelay?: RestartDelay | undefined;
}

/** Where the user interface is; `token` where this process made it: a browser opens `${url}#token=${token}`. */
export interface InterfaceAddress {
  readonly url: string;
  readonly token: string | undefined;
}

/**
 * What every host starts: the settings, the log, the user interface with its API, and the gateway where the
 * settings allow it. Where they do not, the rest is there so that they can be mended.
 */
export class Appliance {
  readonly lifecycle: GatewayLifecycle;
  readonly settings: SettingsAccess;
  readonly #place: ApplianceOptions['place'];
  readonly #log: ApplianceLog;
  readonly #runner: GatewayRunner;
  readonly #control: ControlInterface;
  readonly #watch: GatewayWatch;

  constructor(options: ApplianceOptions) {
    const { place, host, version, rendererDirectory, token } = options;
    this.#place = place;
    const logBook = new LogBook();
    this.#log = new ApplianceLog(this.#read(), options.console, logBook);
    const { logger } = this.#log;
    const runner = new GatewayRunner({
      logger,
      read: () => this.#read(),
      ...(options.restartDelay === undefined ? {} : { delay: options.restartDelay }),
    });
    const settings = new SettingsEditor({ place, apply: () => this.#apply() });
    this.#watch = new GatewayWatch({ version, lifecycle: runner, settings });
    const services: ControlServices = {
      version,
      lifecycle: runner,
      settings,
      host,
      checkReceiver: checkReceiver(() => runner.broker),
      logger,
      logBook,
      watch: this.#watch,
    };
    this.#runner = runner;
    runner.onChange(() => {
      this.#report();
    });
    this.lifecycle = runner;
    this.settings = settings;
    this.#control = new ControlInterface({
      services,
      rendererDirectory,
      token,
      onChange: () => {
        this.#report();
      },
    });
  }

  get logger(): RootLogger {
    return this.#log.logger;
  }

  /** Undefined where the user interface cannot listen. */
  get interface(): InterfaceAddress | undefined {
    const { address, randomToken } = this.#control;
    return address === undefined ? undefined : { url: address.url, token: randomToken };
  }

  /**
   * Settles when the gateway runs, or it is known that it does not: `lifecycle` says which.
   * @throws BrokerError `configuration` where neither gateway nor user interface can be started
   */
  async start(): Promise<void> {
    const read = this.#read();
    try {
      await this.#control.start(read);
    } catch (error) {
      // A gateway that works is worth more than its user interface.
      this.logger.error({ err: error }, 'The gateway has no user interface.');
      if (read.config === undefined) {
        const reason = error instanceof Error ? error.message : String(error);
        throw configurationError(read.faults, [reason, ...read.warnings, lookedIn(this.#place.home)]);
      }
    }
    await this.#runner.refresh();
  }

  /** Ends everything, in bounded time. */
  async stop(): Promise<void> {
    await this.#runner.stop();
    await this.#control.stop();
    this.#watch.stop();
    this.logger.close();
  }

  #read(): ReadSettings {
    return readSettings(this.#place);
  }

  /** Says in the health report of the gateway what of the rest does not work as the settings say. */
  #report(): void {
    const health = this.#runner.parts?.health;
    for (const [component, { error }] of [
      ['log file', this.#log],
      ['user interface', this.#control],
    ] as const) {
      if (error === undefined) health?.forget(component);
      else health?.report(component, { state: 'limited', reason: error.message, remedy: error.remedy });
    }
  }

  async #apply(): Promise<AppliedSettings> {
    const read = this.#read();
    const log = this.#log.apply(read);
    const { restarted, failed } = await this.#runner.refresh();
    this.#report();
    const hasMoved = this.#control.refresh(read);
    const trouble = failed ?? log.failed;
    return {
      restarted: [...log.restarted, ...restarted, ...(hasMoved ? ['the user interface'] : [])],
      ...(trouble === undefined ? {} : { failed: trouble }),
    };
  }
}
