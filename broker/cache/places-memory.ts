import type { InstancePlaces } from './instance-places.ts';
import type { StoredInstance } from './stored-instance.ts';

/** Places are kept of so many instances, and together of so many values and fragments. */
const mostInstances = 4096;
const mostPlaces = 500_000;

interface Kept {
  readonly places: Promise<InstancePlaces>;
  weight: number;
}

/** The places of the instances that were asked for last: viewers ask for one frame after the other. */
export class PlacesMemory {
  readonly #kept = new Map<string, Kept>();
  #weight = 0;

  /** What is kept of an instance, or what `ask` gives, which is kept unless it fails. */
  get(instance: StoredInstance, ask: () => Promise<InstancePlaces>): Promise<InstancePlaces> {
    const key = keyOf(instance);
    const known = this.#kept.get(key);
    if (known !== undefined) {
      // Used last, it goes last.
      this.#kept.delete(key);
      this.#kept.set(key, known);
      return known.places;
    }
    const kept: Kept = { places: ask(), weight: 1 };
    this.#kept.set(key, kept);
    this.#weight += kept.weight;
    kept.places.then(
      (places) => {
        this.#weigh(key, kept, places);
      },
      () => {
        this.#drop(key, kept);
      },
    );
    return kept.places;
  }

  #weigh(key: string, kept: Kept, places: InstancePlaces): void {
    if (this.#kept.get(key) !== kept) return;
    const weight = weightOf(places);
    this.#weight += weight - kept.weight;
    kept.weight = weight;
    for (const [oldest, one] of this.#kept) {
      if (this.#kept.size <= mostInstances && this.#weight <= mostPlaces) return;
      this.#drop(oldest, one);
    }
  }

  #drop(key: string, kept: Kept): void {
    if (this.#kept.get(key) !== kept) return;
    this.#kept.delete(key);
    this.#weight -= kept.weight;
  }
}

function keyOf({ archive, study, series, instance, size, crc32 }: StoredInstance): string {
  return [archive, study, series, instance, size, crc32].join('/');
}

function weightOf({ bulk, pixelData }: InstancePlaces): number {
  const tables =
    pixelData?.kind === 'encapsulated'
      ? pixelData.basicOffsetTable.length + pixelData.extendedOffsetTable.length
      : 0;
  return bulk.reduce((sum, { items }) => sum + 1 + 2 * (items?.length ?? 0), tables);
}
