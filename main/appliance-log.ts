import { toConfig } from '../broker/config/config.ts';
import type { ReadSettings } from '../broker/config/read-settings.ts';
import { settings, type SettingValues } from '../broker/config/schema.ts';
import type { AppliedSettings } from '../broker/control/contract/settings.ts';
import { troubleOf } from '../broker/control/control-problem.ts';
import { type BrokerError, toBrokerError } from '../broker/domain/errors.ts';
import type { LogBook } from '../broker/observe/log-book.ts';
import { createLogger, type LogOutput, type LogSettings, type RootLogger } from '../broker/observe/logger.ts';

/** The log, as the settings want it; where its file cannot be written it goes on without. */
export class ApplianceLog {
  readonly logger: RootLogger;
  #settings: LogSettings;
  #error: BrokerError | undefined;

  constructor(read: ReadSettings, console: LogOutput | undefined, book: LogBook) {
    const wanted = logSettings(read);
    this.#settings = wanted;
    // Opened in a second step, so that there is a log to tell of a file that cannot be written.
    this.logger = createLogger({ ...wanted, file: '' }, console, book);
    this.#open(wanted);
  }

  /** Goes over to changed settings, without a restart of anything else. */
  apply(read: ReadSettings): AppliedSettings {
    const wanted = logSettings(read);
    if (JSON.stringify(wanted) === JSON.stringify(this.#settings)) return { restarted: [] };
    this.#settings = wanted;
    this.#open(wanted);
    return this.#error === undefined
      ? { restarted: ['the log'] }
      : { restarted: [], failed: troubleOf(this.#error) };
  }

  /** Why its file is not written; undefined where it is, or there is to be none. */
  get error(): BrokerError | undefined {
    return this.#error;
  }

  #open(wanted: LogSettings): void {
    try {
      this.logger.apply(wanted);
      this.#error = undefined;
    } catch (thrown) {
      this.#error = toBrokerError(thrown);
      // The file as it was goes on, if there is one; level and format need none.
      this.logger.error({ remedy: this.#error.remedy }, this.#error.message);
    }
  }
}

/** The settings of the log; in the place of those that are wrong, their defaults. */
function logSettings({ values }: ReadSettings): LogSettings {
  const defaults = Object.fromEntries(settings.map((setting) => [setting.property, setting.default]));
  return toConfig({ ...defaults, ...values } as SettingValues).log;
}
