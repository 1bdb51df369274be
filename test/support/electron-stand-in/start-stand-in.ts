import { fork, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type * as Electron from 'electron';
import { chromium, type Browser, type Page } from 'playwright-core';
import { freePort } from '../free-port.ts';
import type { RunningApp } from './running-app.ts';
import type { EvaluationOutcome } from './evaluation.ts';

const registerModule = fileURLToPath(new URL('./register.ts', import.meta.url));
const runModule = fileURLToPath(new URL('./run.ts', import.meta.url));
const pageWithinMs = 60_000;
const endWithinMs = 20_000;

export interface StandInOptions {
  readonly mainModule: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** Starts a main module of Electron on the stand-in. */
export async function startStandIn({ mainModule, args, env }: StandInOptions): Promise<RunningApp> {
  const port = await freePort();
  const child = fork(runModule, [mainModule, ...args], {
    execArgv: ['--import', registerModule],
    env: { ...env, STAND_IN_DEBUGGING_PORT: String(port) },
    serialization: 'advanced',
  });
  if (child.pid === undefined) throw new Error('The stand-in has no process id.');
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const evaluations = new Evaluations(child, ended);
  let browser: Browser | undefined;
  return {
    pid: child.pid,
    ended,
    evaluate: (run) => evaluations.evaluate(run),
    async page() {
      if (browser?.isConnected() !== true) browser = await connect(port);
      return await shownPage(browser);
    },
    async [Symbol.asyncDispose]() {
      await browser?.close();
      child.kill('SIGTERM');
      const limit = setTimeout(() => child.kill('SIGKILL'), endWithinMs);
      await ended;
      clearTimeout(limit);
    },
  };
}

/** Functions that are evaluated over there, and what came of them. */
class Evaluations {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (outcome: EvaluationOutcome) => void>();
  #lastId = 0;

  constructor(child: ChildProcess, ended: Promise<unknown>) {
    this.#child = child;
    child.on('message', (outcome: EvaluationOutcome) => this.#waiting.get(outcome.id)?.(outcome));
    void ended.then(() => {
      for (const [id, settle] of this.#waiting) settle({ id, failure: 'The app has ended.' });
    });
  }

  async evaluate<Result>(run: (electron: typeof Electron) => Result | Promise<Result>): Promise<Result> {
    const id = (this.#lastId += 1);
    const { promise, resolve } = Promise.withResolvers<EvaluationOutcome>();
    this.#waiting.set(id, resolve);
    try {
      this.#child.send({ id, source: run.toString() });
      const { value, failure } = await promise;
      if (failure !== undefined) throw new Error(failure);
      return value as Result;
    } finally {
      this.#waiting.delete(id);
    }
  }
}

async function connect(port: number): Promise<Browser> {
  return await until(() => chromium.connectOverCDP(`http://127.0.0.1:${port}`).catch(() => undefined));
}

/** The page of the last window; the profile's own first tab is empty. */
async function shownPage(browser: Browser): Promise<Page> {
  return await until(async () =>
    browser
      .contexts()
      .flatMap((context) => context.pages())
      .findLast((page) => page.url() !== 'about:blank'),
  );
}

async function until<Value>(look: () => Promise<Value | undefined>): Promise<Value> {
  const limit = Date.now() + pageWithinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > limit) throw new Error('The window did not come.');
    await sleep(100);
  }
}
