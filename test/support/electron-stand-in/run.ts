import { runInThisContext } from 'node:vm';
import { pathToFileURL } from 'node:url';
import * as electron from './electron.ts';
import type { Evaluation } from './evaluation.ts';

/**
 * Runs a main module as Electron does: it becomes ready only after the module was evaluated, so that one which
 * waits for that at its top level waits for ever, here as there. The test that has forked this process may
 * evaluate functions in it.
 */
const [mainModule] = process.argv.splice(2, 1);
if (mainModule === undefined) throw new Error('Name the main module.');

process.on('message', ({ id, source }: Evaluation) => {
  void evaluate(source).then((outcome) => process.send?.({ id, ...outcome }));
});
await import(pathToFileURL(mainModule).href);
electron.app.becomeReady();

async function evaluate(source: string): Promise<{ value: unknown } | { failure: string }> {
  try {
    const evaluated = runInThisContext(`(${source})`) as (modules: typeof electron) => unknown;
    return { value: await evaluated(electron) };
  } catch (error) {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
