import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { openControlPage, startBrowser } from './control-page.ts';
import type { ScriptedControl } from './scripted-control.ts';
import { scriptedEntry } from './scripted-log.ts';
import { markup, scriptedRetrieval } from './scripted-state.ts';
import { leaveUnconfigured } from './unconfigured-world.ts';

/** One picture of the manual: where it is taken, and what is done before. */
interface Shot {
  readonly name: string;
  readonly place: string;
  readonly prepare?: (control: ScriptedControl) => void;
  readonly act?: (page: Page) => Promise<void>;
}

const directory = fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url));

const log = [
  'The cache is open.',
  'The storage SCP listens.',
  'DICOMweb listens.',
  'A retrieval begins.',
  'The archive accepts the association.',
  'The retrieval is complete.',
];

const shots: readonly Shot[] = [
  { name: 'overview', place: '/overview' },
  { name: 'archives', place: '/archives' },
  {
    name: 'setup',
    place: '/setup',
    prepare: ({ world }) => {
      leaveUnconfigured(world);
      world.failures.set('archives.check.associate', {
        message: 'MAIN-PACS refused the association: it does not know our AE title BROKER.',
        remedy: 'Have BROKER registered there at this machine’s address, port 11112.',
        code: 'association-rejected',
      });
    },
    act: async (page) => {
      await page.getByRole('textbox', { name: 'AE title of the archive' }).fill('MAIN-PACS');
      await page.getByRole('textbox', { name: 'Host' }).fill('10.1.2.3');
      await page.getByRole('textbox', { name: 'Port', exact: true }).fill('104');
      await page.getByRole('textbox', { name: 'Our AE title' }).fill('BROKER');
      await page.getByRole('textbox', { name: 'Cache folder' }).fill('/var/cache/dcmrs-broker');
      await page.getByRole('button', { name: 'Test connection' }).click();
      await page.getByRole('alert').first().waitFor();
    },
  },
  {
    name: 'probe',
    place: '/probe',
    act: async (page) => {
      await page.getByRole('button', { name: 'Find studies' }).click();
      await page.getByRole('grid', { name: 'Answers' }).waitFor();
    },
  },
  {
    name: 'cache',
    place: '/cache',
    act: (page) => page.getByRole('grid', { name: 'Studies in the cache' }).waitFor(),
  },
  {
    name: 'viewers',
    place: '/viewers',
    act: (page) => page.getByRole('button', { name: 'Copy the settings' }).waitFor(),
  },
  { name: 'logs', place: '/logs' },
  { name: 'settings', place: '/settings', act: (page) => page.getByLabel('Search settings').waitFor() },
];

/** Names as people have them: those that are for tests of markup stay out of the manual. */
function withPlainNames({ world }: ScriptedControl): void {
  const plain = (name: string | undefined): string => (name === markup ? 'ROSSI^MARIA' : (name ?? ''));
  world.studies = world.studies.map((study) => ({ ...study, patientName: plain(study.patientName) }));
  world.answers = world.answers.map((answer) => ({ ...answer, '00100010': plain(answer['00100010']) }));
  world.changed({
    retrievals: [
      scriptedRetrieval({ id: 'first' }),
      scriptedRetrieval({
        id: 'second',
        patientName: 'MÜLLER^ANNA',
        modality: 'MR',
        description: 'MR brain',
        received: 20,
      }),
    ],
  });
  world.throughput = Array.from({ length: 240 }, (_, second) => ({
    at: new Date(Date.now() - (240 - second) * 1_000).toISOString(),
    received: Math.max(0, 60 + 35 * Math.sin(second / 17) + 20 * Math.sin(second / 5)) * 1e6,
    sent: Math.max(0, 40 + 30 * Math.sin(second / 23 + 1)) * 1e6,
  }));
  world.write(log.flatMap((message, index) => scriptedEntry(index, { message })));
}

/** Takes the pictures of docs/screenshots, every screen in both themes. */
async function takeScreenshots(): Promise<void> {
  await mkdir(directory, { recursive: true });
  await using stack = new AsyncDisposableStack();
  const browser = await startBrowser();
  stack.defer(() => browser.close());
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, place, prepare, act } of shots) {
      const start = (control: ScriptedControl): void => {
        withPlainNames(control);
        prepare?.(control);
      };
      await using open = await openControlPage(browser, place, start, {
        colorScheme,
        viewport: { width: 1_280, height: 800 },
      });
      await act?.(open.page);
      await open.page.waitForTimeout(2_000);
      await open.page.screenshot({ path: join(directory, `${name}-${colorScheme}.png`) });
    }
  }
}

await takeScreenshots();
