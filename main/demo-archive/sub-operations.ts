import dimse from 'dcmjs-dimse';
import type { DemoInstance } from './demo-instance.ts';
import { EncodedDataSet } from './encoded-data-set.ts';

/** How far the C-STORE sub-operations of a C-MOVE or C-GET are (PS3.4 C.4.2.1.6). */
export interface Progress {
  readonly remaining: number;
  readonly completed: number;
  readonly failed: number;
}

/** C-STORE requests for those instances whose presentation context was accepted as it must be. */
export function storeRequests(
  instances: readonly DemoInstance[],
  isAccepted: (instance: DemoInstance) => boolean,
): InstanceType<typeof dimse.requests.CStoreRequest>[] {
  return instances.filter(isAccepted).map(({ sopClass, instance, transferSyntax, dataSet }) => {
    const elements = { SOPClassUID: sopClass, SOPInstanceUID: instance };
    return new dimse.requests.CStoreRequest(new EncodedDataSet(dataSet, transferSyntax, elements));
  });
}

/** Counts the answers to C-STORE requests. */
export class SubOperations {
  #completed = 0;
  #failed = 0;
  #remaining: number;

  constructor(total: number) {
    this.#remaining = total;
  }

  get progress(): Progress {
    return { remaining: this.#remaining, completed: this.#completed, failed: this.#failed };
  }

  /** Status of the final response: success, one or more failures, or none sent at all (PS3.4 C.4.2.1.5). */
  get finalStatus(): number {
    if (this.#failed === 0) return 0;
    return this.#completed === 0 ? 0xa702 : 0xb000;
  }

  count(status: number | undefined): void {
    this.#remaining -= 1;
    if (status === 0) this.#completed += 1;
    else this.#failed += 1;
  }

  /** Counts as failed what has got no answer and will get none. */
  abandonRest(): void {
    this.#failed += this.#remaining;
    this.#remaining = 0;
  }
}
