import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openControlPage, startBrowser } from '../support/control/control-page.ts';
import { scriptedEntry } from '../support/control/scripted-log.ts';
import type { ScriptedControl } from '../support/control/scripted-control.ts';
import { type Finding, median } from './finding.ts';
import type { BenchContext, Measurement } from './measurement.ts';

const usableWithinMs = 1_000;
const wantedFramesPerSecond = 50;
const scrollMs = 4_000;
const linesPerSecond = 500;
const linesInSecs = 60;
/** The ring of the page is full by then: what grows afterwards grows for ever. */
const settledAfterSecs = 20;
const mayGrowMib = 2;

/** Script of the page: notes when the archive's state is seen first, in milliseconds since the navigation began. */
const notesWhenUsable = `new MutationObserver((_changes, observer) => {
  if (document.body?.innerText.includes('answers in 12 ms') !== true) return;
  window.usableAfterMs = performance.now();
  observer.disconnect();
}).observe(document, { subtree: true, childList: true, characterData: true });`;

/** Script of the page: how many frames it draws while its longest table scrolls. */
const framesWhileScrolling = `(async () => {
  const scroller = [...document.querySelectorAll('[role=grid], [role=grid] *, :has(> [role=grid])')].find(
    (element) => element.scrollHeight > element.clientHeight + 10000,
  );
  if (scroller === undefined) throw new Error('Nothing scrolls.');
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const begun = await frame();
  let frames = 0;
  for (let now = begun; now - begun < ${scrollMs}; now = await frame()) {
    frames += 1;
    const end = scroller.scrollHeight - scroller.clientHeight;
    scroller.scrollTop = scroller.scrollTop >= end - 1 ? 0 : scroller.scrollTop + 240;
  }
  return frames;
})()`;

/** The user interface in Chromium, over a scripted control server: the page's own work, no archive's. */
export const userInterface: readonly Measurement[] = [
  measured('First screen of the user interface', () => 60, firstScreen),
  measured('A table of 10,000 answers', () => 90, scrolling),
  measured('500 log lines a second', () => 180, logLines),
];

function measured(
  title: string,
  timeLimitInSecs: Measurement['timeLimitInSecs'],
  measure: (browser: Browser, context: BenchContext) => Promise<Finding>,
): Measurement {
  return {
    group: 'interface',
    title,
    sets: [],
    timeLimitInSecs,
    async run(context) {
      const browser = await startBrowser();
      const close = (): void => void browser.close();
      context.signal.addEventListener('abort', close, { once: true });
      try {
        return [await measure(browser, context)];
      } finally {
        context.signal.removeEventListener('abort', close);
        await browser.close();
      }
    },
  };
}

/** From the begin of the navigation until the overview shows what state the archive is in. */
async function firstScreen(browser: Browser, { rounds, say }: BenchContext): Promise<Finding> {
  const times: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await using open = await openControlPage(browser);
    const { page, control } = open;
    await page.goto('about:blank');
    await page.addInitScript(notesWhenUsable);
    await page.goto(control.url, { waitUntil: 'commit' });
    await page.getByText('answers in 12 ms').waitFor();
    times.push(await page.evaluate<number>('window.usableAfterMs'));
    say(`  round ${round} of ${rounds}: ${times.at(-1)!.toFixed(0)} ms`);
  }
  const ours = median(times);
  return {
    measure: 'first screen usable after the page began to load',
    unit: 'ms',
    ours,
    target: `≤ ${usableWithinMs} ms`,
    reached: ours <= usableWithinMs,
    details: { rounds: times },
  };
}

/** Scrolls through all answers by the wheel's distance at each frame, and counts frames. */
async function scrolling(browser: Browser, { say }: BenchContext): Promise<Finding> {
  await using open = await openControlPage(browser, '/probe', undefined, {
    viewport: { width: 1_440, height: 900 },
  });
  const { page } = open;
  await page.getByRole('tab', { name: /C-FIND|Find/ }).click();
  await page.getByLabel('At most').selectOption('10000');
  await page.getByRole('button', { name: 'Find studies' }).click();
  await page.locator('[role=grid][aria-rowcount="10001"]').waitFor();
  const frames = await page.evaluate<number>(framesWhileScrolling);
  const framesPerSecond = (frames * 1_000) / scrollMs;
  say(`  ${framesPerSecond.toFixed(1)} frames a second`);
  return {
    measure: 'a frame while 10,000 answers scroll',
    unit: 'ms',
    ours: 1_000 / framesPerSecond,
    target: `≤ ${1_000 / wantedFramesPerSecond} ms`,
    reached: framesPerSecond >= wantedFramesPerSecond,
    details: { framesPerSecond },
  };
}

/** Follows the log while lines come, and compares what the page holds early on and at the end. */
async function logLines(browser: Browser, { say, signal }: BenchContext): Promise<Finding> {
  await using open = await openControlPage(browser, '/logs');
  const { page, control } = open;
  await page.getByRole('heading', { level: 1 }).waitFor();
  const session = await page.context().newCDPSession(page);
  await write(control, page, settledAfterSecs, signal);
  const early = await heapMib(session);
  await write(control, page, linesInSecs - settledAfterSecs, signal);
  const late = await heapMib(session);
  say(
    `  heap after ${settledAfterSecs} s: ${early.toFixed(1)} MiB, after ${linesInSecs} s: ${late.toFixed(1)} MiB`,
  );
  const growth = Math.max(0, late - early);
  return {
    measure: `growth of the page through ${linesPerSecond} log lines a second for a minute`,
    unit: 'MiB',
    ours: growth,
    target: `≤ ${mayGrowMib} MiB`,
    reached: growth <= mayGrowMib,
    details: { earlyMib: early, lateMib: late },
  };
}

let lastNumber = 0;

/** Writes lines at their pace; at the end the page has to show the last. */
async function write(
  control: ScriptedControl,
  page: Page,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  const every = 100;
  for (let turn = 0; turn < (seconds * 1_000) / every; turn++) {
    const entries = Array.from({ length: (linesPerSecond * every) / 1_000 }, () =>
      scriptedEntry(++lastNumber),
    );
    control.world.write(entries);
    await sleep(every, undefined, { signal });
  }
  await page.getByText(`Entry ${lastNumber} of the log.`).first().waitFor();
}

async function heapMib(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 2 ** 20;
}
