import { RestartDelay } from '../../restart-delay.ts';
import type { FromGateway, GatewayStart, HostQuestion, ToGateway } from './gateway-messages.ts';
import { LastLines } from './last-lines.ts';

/** As much of Electron's UtilityProcess as is used. */
export interface GatewayChild {
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: ToGateway): void;
  kill(): boolean;
  on(event: 'message', listener: (message: FromGateway) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
}

/** How the gateway's process fares. */
export type GatewayCondition =
  | { readonly is: 'starting' }
  | { readonly is: 'running'; readonly url: string }
  | { readonly is: 'failed'; readonly fault: GatewayFault; readonly restartAt: Date }
  | { readonly is: 'stopped' };

export interface GatewayFault {
  readonly message: string;
  readonly remedy: string | undefined;
  /** The last lines that it wrote to standard error. */
  readonly lastLines: string;
}

export interface GatewayProcessOptions {
  readonly fork: () => GatewayChild;
  readonly start: () => GatewayStart;
  /** Answers what the gateway asks; the error's message goes back where it throws. */
  readonly answer: (question: HostQuestion) => Promise<string | undefined>;
}

/** A gateway that ran for that long before it failed is started again as quickly as the first time. */
const steadyMs = 10 * 60_000;
/** Opening a large cache takes a while; a process that is silent for longer hangs. */
const startWithinMs = 120_000;
/** Retrievals are cancelled and associations released within it. */
const stopWithinMs = 15_000;

/** One run of the process, from fork to exit. */
interface Run {
  readonly child: GatewayChild;
  readonly lastLines: LastLines;
  readonly exited: Promise<void>;
  readonly startLimit: NodeJS.Timeout;
  readyAt: number | undefined;
  reported: Pick<GatewayFault, 'message' | 'remedy'> | undefined;
}

/** The gateway in a process of its own, started again with a growing delay when it fails. */
export class GatewayProcess {
  readonly #options: GatewayProcessOptions;
  readonly #delay = new RestartDelay();
  readonly #listeners = new Set<() => void>();
  #condition: GatewayCondition = { is: 'stopped' };
  #run: Run | undefined;
  #restart: NodeJS.Timeout | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: GatewayProcessOptions) {
    this.#options = options;
  }

  get condition(): GatewayCondition {
    return this.#condition;
  }

  /** Calls `listener` after each change of condition; the result takes it off again. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts it, at once also where it waits for its next start; nothing where it runs or is being stopped. */
  start(): void {
    clearTimeout(this.#restart);
    if (this.#run !== undefined || this.#stopping !== undefined) return;
    const child = this.#options.fork();
    const lastLines = new LastLines();
    child.stderr?.on('data', (chunk: Buffer) => {
      process.stderr.write(chunk);
      lastLines.add(chunk);
    });
    const { promise: exited, resolve } = Promise.withResolvers<undefined>();
    const startLimit = setTimeout(() => {
      run.reported = { message: 'It did not start within two minutes.', remedy: undefined };
      child.kill();
    }, startWithinMs);
    const run: Run = { child, lastLines, exited, startLimit, readyAt: undefined, reported: undefined };
    this.#run = run;
    child.on('message', (message) => {
      this.#receive(run, message);
    });
    child.once('exit', (code) => {
      this.#ended(run, code);
      resolve(undefined);
    });
    child.postMessage({ type: 'start', start: this.#options.start() });
    this.#become({ is: 'starting' });
  }

  /** Sends what the host can do now. */
  tellAbilities(): void {
    this.#run?.child.postMessage({ type: 'abilities', abilities: this.#options.start().abilities });
  }

  /** Ends it in good order, or by force after 15 s; settles when the process is gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.start();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#restart);
    const run = this.#run;
    this.#run = undefined;
    this.#become({ is: 'stopped' });
    if (run === undefined) return;
    clearTimeout(run.startLimit);
    const limit = setTimeout(() => run.child.kill(), stopWithinMs);
    try {
      run.child.postMessage({ type: 'stop' });
      await run.exited;
    } finally {
      clearTimeout(limit);
    }
  }

  #receive(run: Run, message: FromGateway): void {
    switch (message.type) {
      case 'ready':
        clearTimeout(run.startLimit);
        if (this.#run !== run) return;
        run.readyAt ??= performance.now();
        this.#become({ is: 'running', url: message.url });
        return;
      case 'failed':
        run.reported = { message: message.message, remedy: message.remedy };
        return;
      case 'question':
        void this.#answer(run, message.id, message.question);
        return;
    }
  }

  async #answer({ child }: Run, id: number, question: HostQuestion): Promise<void> {
    try {
      child.postMessage({ type: 'answer', id, path: await this.#options.answer(question) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      child.postMessage({ type: 'refusal', id, message });
    }
  }

  #ended(run: Run, code: number): void {
    clearTimeout(run.startLimit);
    // It was asked to end, by stop().
    if (this.#run !== run) return;
    this.#run = undefined;
    if (run.readyAt !== undefined && performance.now() - run.readyAt >= steadyMs) this.#delay.succeeded();
    const delay = this.#delay.next();
    const reported = run.reported ?? {
      message: `Its process has ended (exit code ${code}).`,
      remedy: 'If that happens again, the log may say why: Open Log Folder in the menu.',
    };
    this.#restart = setTimeout(() => this.start(), delay);
    this.#become({
      is: 'failed',
      fault: { ...reported, lastLines: run.lastLines.text },
      restartAt: new Date(Date.now() + delay),
    });
  }

  #become(condition: GatewayCondition): void {
    this.#condition = condition;
    for (const listener of this.#listeners) listener();
  }
}
