import { AsyncLocalStorage } from 'node:async_hooks';

/** What entries belong to that are written while something is being done. */
export interface LogContext {
  /** Of one HTTP request. */
  readonly request?: string;
  /** Of one association. */
  readonly association?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs `work`; whatever is logged meanwhile, by whomever, carries the context, beside the one around it. */
export function inLogContext<T>(context: LogContext, work: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, work);
}

/** The same for what is made step by step. */
export async function* streamInLogContext<T>(
  context: LogContext,
  steps: AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  try {
    for (;;) {
      const step = await inLogContext(context, () => steps.next());
      if (step.done === true) return;
      yield step.value;
    }
  } finally {
    await inLogContext(context, () => steps.return(undefined));
  }
}

/** What is being done now, as fields of a log entry. */
export function logContext(): LogContext | undefined {
  return storage.getStore();
}
