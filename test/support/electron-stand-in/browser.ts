import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext } from 'playwright-core';

interface Running {
  readonly context: Promise<BrowserContext>;
  readonly profile: string;
}

let running: Running | undefined;

/** True where windows can be seen: on a display, Xvfb's too. */
export const isHeaded = (process.env['DISPLAY'] ?? '') !== '';

/** Debian's Chromium with a profile of its own, started when the first window is made. */
export function browserContext(): Promise<BrowserContext> {
  running ??= launch();
  return running.context;
}

export async function closeBrowser(): Promise<void> {
  const closing = running;
  running = undefined;
  if (closing === undefined) return;
  try {
    await (await closing.context).close();
  } finally {
    rmSync(closing.profile, { recursive: true, force: true, maxRetries: 3 });
  }
}

function launch(): Running {
  const profile = mkdtempSync(join(tmpdir(), 'dcmrs-electron-stand-in-'));
  const context = chromium.launchPersistentContext(profile, {
    executablePath: '/usr/bin/chromium',
    headless: !isHeaded,
    viewport: null,
    // The process ends by what the app does with signals, not by playwright.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      // For the test, which connects to it.
      `--remote-debugging-port=${process.env['STAND_IN_DEBUGGING_PORT'] ?? '0'}`,
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
  return { context, profile };
}
