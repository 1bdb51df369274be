import { isDeepStrictEqual } from 'node:util';
import { Archive } from '../archive/archive.ts';
import { ArchiveWatch } from '../archive/archive-watch.ts';
import type { GetRunner } from '../archive/archive-retrieve.ts';
import type { ArchiveConfig, Config } from '../config/config.ts';
import { loadQuickAck, type QuickAck } from '../dimse/quick-ack.ts';
import type { PartContext } from './part-context.ts';

/** All that an archive is made of; where none of it has changed, the archive stays. */
interface ArchiveSettings {
  readonly config: ArchiveConfig;
  readonly dimse: Config['dimse'];
  readonly storeAssociations: number;
  readonly destination: string;
}

interface Member {
  readonly archive: Archive;
  readonly settings: ArchiveSettings;
  /** Each has its own, so that a change of one archive breaks off no question to another. */
  readonly watch: ArchiveWatch;
}

const watchMs = 60_000;

/** The configured archives, of which only those are made again whose settings have changed. */
export class ArchiveSet {
  readonly #context: PartContext;
  readonly #get: GetRunner;
  #members: readonly Member[] = [];

  constructor(context: PartContext, get: GetRunner) {
    this.#context = context;
    this.#get = get;
  }

  /** In the order of the configuration. */
  get archives(): readonly Archive[] {
    return this.#members.map(({ archive }) => archive);
  }

  /** Names of the archives that the configuration adds, changes or leaves out. */
  changed(config: Config): string[] {
    const next = settingsOf(config);
    const kept = (name: string): boolean =>
      isDeepStrictEqual(
        this.#members.find(({ archive }) => archive.name === name)?.settings,
        next.find((settings) => settings.config.name === name),
      );
    const names = new Set([
      ...next.map((settings) => settings.config.name),
      ...this.#members.map(({ archive }) => archive.name),
    ]);
    return [...names].filter((name) => !kept(name));
  }

  /**
   * Makes the archives of a configuration, and asks them now and then whether they answer.
   * @returns those that are no longer used: nobody asks them any more, but they are still to be stopped
   */
  async change(config: Config): Promise<readonly Archive[]> {
    const before = this.#members;
    const quickAck = this.#quickAck(config.dimse);
    this.#members = settingsOf(config).map((settings) => {
      const same = before.find((member) => isDeepStrictEqual(member.settings, settings));
      return same ?? this.#member(settings, quickAck);
    });
    const left = before.filter((member) => !this.#members.includes(member));
    await Promise.all(left.map(({ watch }) => watch.stop()));
    for (const { archive } of left) this.#context.health.forget(`archive ${archive.name}`);
    for (const { watch } of this.#members) watch.start();
    return left.map(({ archive }) => archive);
  }

  /** Releases all associations. */
  async stop(): Promise<void> {
    await Promise.all(this.#members.map(({ watch }) => watch.stop()));
    await Promise.all(this.archives.map((archive) => archive.stop()));
  }

  #member(settings: ArchiveSettings, quickAck: QuickAck | undefined): Member {
    const { health, logger } = this.#context;
    const archive = this.#make(settings, quickAck);
    const watch = new ArchiveWatch({ archives: [archive], health, logger, intervalMs: watchMs });
    return { archive, settings, watch };
  }

  #make({ config, ...settings }: ArchiveSettings, quickAck: QuickAck | undefined): Archive {
    const { logger, metrics } = this.#context;
    const connection = { archive: config.name, direction: 'outgoing' } as const;
    return new Archive({
      ...settings,
      config,
      get: this.#get,
      quickAck,
      logger,
      onAssociations: (change) => {
        if (change === 'opened') metrics.associationOpened(connection);
        else metrics.associationClosed(connection);
      },
    });
  }

  #quickAck(dimse: Config['dimse']): QuickAck | undefined {
    const loaded = dimse.quickAck ? loadQuickAck() : { unavailable: 'switched off by dimse.quick_ack' };
    if ('quickAck' in loaded) return loaded.quickAck;
    this.#context.logger.info({ reason: loaded.unavailable }, 'TCP segments are not acknowledged at once.');
    return undefined;
  }
}

function settingsOf({ archives, dimse, stow, scp }: Config): ArchiveSettings[] {
  return archives.map((config) => ({
    config,
    dimse,
    storeAssociations: stow.maxAssociations,
    destination: scp.localAe,
  }));
}
