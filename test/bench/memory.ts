import { startFilledDcmqrscp } from './archives.ts';
import { download } from './download.ts';
import { withGateway } from './gateway-process.ts';
import { sizeText } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import { checkStudyAnswer } from './multipart-check.ts';
import { watchMemory } from './process-memory.ts';

const limitInMib = 300;

/**
 * Peak memory of the gateway through one very large instance and one very large study, each first from
 * the archive and then from the cache, one after the other in the same process.
 */
export const memory: Measurement = {
  group: 'memory',
  title: 'Peak memory',
  sets: ['multiFrame', 'huge'],
  timeLimitInSecs: () => 300,
  async run(context) {
    const { signal, say } = context;
    const sets = [await context.sets.get('multiFrame'), await context.sets.get('huge')];
    await using filled = await startFilledDcmqrscp(sets);
    const { archive, destinations } = filled;
    const gateway = { archive, destination: destinations.gateway, signal };
    return await withGateway(gateway, async ({ pid, study }) => {
      using watch = watchMemory(pid);
      const steps: Record<string, number> = {};
      const note = (step: string): void => {
        steps[step] = mebibytes(watch.peakInBytes());
        say(`  ${step}: peak so far ${steps[step].toFixed(0)} MiB`);
      };
      note('after the start');
      for (const set of sets) {
        const url = study(set.studyUid);
        await checkStudyAnswer(url, set, signal);
        note(`${sizeText(set)}, from the archive`);
        await download({ url, minBytes: set.dataSetBytes, signal });
        note(`${sizeText(set)}, from the cache`);
      }
      const peak = mebibytes(watch.peakInBytes());
      return [
        {
          measure: `peak memory through ${sets.map(sizeText).join(' and ')}`,
          unit: 'MiB',
          ours: peak,
          target: `≤ ${limitInMib} MiB`,
          reached: peak <= limitInMib,
          details: {
            method: 'sum of VmHWM of the process and its descendants',
            processes: watch.processes(),
            peaksSoFarInMib: steps,
          },
        },
      ];
    });
  },
};

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20;
}
