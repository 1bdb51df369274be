import { runTool } from './run-tool.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

/** Why there is no small disk here; undefined where there is one: mounting takes root on Linux. */
export const noSmallDisk: string | undefined =
  process.platform === 'linux' && process.getuid?.() === 0
    ? undefined
    : 'only root on Linux can mount a small disk';

/**
 * A directory on a disk of its own that holds so much and no more; unmounted on disposal.
 * @param options of tmpfs, such as: size=1m,nr_inodes=20
 * @throws Error where it cannot be mounted
 */
export async function smallDisk(options: string): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory('small-disk');
  const mounted = await runTool('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory.path]);
  if (mounted.exitCode !== 0) {
    await directory[Symbol.asyncDispose]();
    throw new Error(`No small disk could be mounted: ${mounted.output}`);
  }
  return {
    path: directory.path,
    async [Symbol.asyncDispose]() {
      const { exitCode, output } = await runTool('umount', ['-l', directory.path]);
      if (exitCode !== 0) throw new Error(`${directory.path} could not be unmounted: ${output}`);
      await directory[Symbol.asyncDispose]();
    },
  };
}
