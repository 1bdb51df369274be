import type * as Electron from 'electron';
import type { Page } from 'playwright-core';

/** A running app, on Electron or on the stand-in. */
export interface RunningApp extends AsyncDisposable {
  readonly pid: number;
  /** Evaluates a function in the app's main process; it can use nothing but what it is given. */
  evaluate<Result>(run: (electron: typeof Electron) => Result | Promise<Result>): Promise<Result>;
  /** The page of the window that is open. */
  page(): Promise<Page>;
  /** Resolves with the exit code when the app has ended by itself. */
  readonly ended: Promise<number | null>;
}
