import type { ArchiveState, GatewayState } from '../../broker/control/contract/gateway-state.ts';

/** What a notification of the platform says. */
export interface Notice {
  readonly title: string;
  readonly body: string;
}

/** An archive that misses one question may just be busy: it is told of when it stays silent. */
const silentForMs = 30_000;
/** Free space below which the disk counts as nearly full, and above which it no longer does. */
const nearlyFullBytes = 2 * 1024 ** 3;
const roomAgainBytes = 4 * 1024 ** 3;

/** Decides from one state to the next what the person is told of, each thing once. */
export class Notices {
  readonly #silent = new Map<string, { readonly since: number; told: boolean }>();
  #diskTold = false;

  /** @param now in milliseconds */
  of(state: GatewayState, now: number): Notice[] {
    if (state.phase !== 'running') return [];
    const present = new Set(state.archives.map(({ name }) => name));
    for (const name of this.#silent.keys()) if (!present.has(name)) this.#silent.delete(name);
    return [...state.archives.flatMap((archive) => this.#ofArchive(archive, now)), ...this.#ofDisk(state)];
  }

  #ofArchive({ name, state, trouble }: ArchiveState, now: number): Notice[] {
    const silence = this.#silent.get(name);
    if (state !== 'silent') {
      this.#silent.delete(name);
      return silence?.told === true && state === 'answers'
        ? [{ title: `${name} answers again`, body: 'Images can be retrieved from it.' }]
        : [];
    }
    if (silence === undefined) {
      this.#silent.set(name, { since: now, told: false });
      return [];
    }
    if (silence.told || now - silence.since < silentForMs) return [];
    silence.told = true;
    const { message, remedy } = trouble ?? { message: `The archive ${name} does not answer.` };
    return [
      {
        title: `${name} does not answer`,
        body: [message, remedy].filter((text) => text !== undefined).join(' '),
      },
    ];
  }

  #ofDisk({ cache }: GatewayState): Notice[] {
    const free = cache?.diskFreeBytes;
    if (cache === undefined || free === undefined) return [];
    if (free > roomAgainBytes) this.#diskTold = false;
    if (free > nearlyFullBytes || this.#diskTold) return [];
    this.#diskTold = true;
    const gigabytes = (free / 1024 ** 3).toLocaleString(undefined, { maximumFractionDigits: 1 });
    return [
      {
        title: 'The disk is nearly full',
        body: `${gigabytes} GB are free where images are kept (${cache.directory}). Free some space, or lower the size of the cache in the settings.`,
      },
    ];
  }
}
