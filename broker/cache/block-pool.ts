/** Bytes of each block. */
export const blockLength = 256 * 1024;
/** Free blocks that are kept. */
const mostFree = 64;

/**
 * Blocks of memory that are used again: what is copied into them on its way costs the garbage collector
 * nothing, while chunks that are kept until they have been sent are most of its work.
 */
export class BlockPool {
  readonly #free: Buffer[] = [];

  take(): Buffer {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(blockLength);
  }

  /** Takes blocks back that nobody reads any more. */
  give(blocks: readonly Buffer[]): void {
    for (const block of blocks) if (this.#free.length < mostFree) this.#free.push(block);
  }
}
