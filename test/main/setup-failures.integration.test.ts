import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBrowser } from '../support/control/control-page.ts';
import type { Peer } from '../support/dcmtk-tools.ts';
import { freePort } from '../support/free-port.ts';
import { type HeadlessHost, startHeadlessHost } from '../support/headless-host.ts';
import { type OrthancOptions, startOrthanc } from '../support/orthanc.ts';
import { pydicomTestFiles } from '../support/real-files.ts';

const pictures = fileURLToPath(new URL('../../test-results/interface/', import.meta.url));
const aeTitle = 'BROKER';
const scpPort = await freePort();
const elsewhere = await freePort();
/** What Orthanc allows to nobody but those whom it knows. */
const strict = { DicomAlwaysAllowFind: false, DicomAlwaysAllowGet: false, DicomAlwaysAllowMove: false };

/** How Orthanc knows the gateway: with C-MOVE to this port, without C-GET. */
function knownAt(port: number): OrthancOptions {
  const broker = {
    AET: aeTitle,
    Host: '127.0.0.1',
    Port: port,
    AllowGet: false,
    AllowFind: true,
    AllowMove: true,
  };
  return { overrides: { ...strict, DicomModalities: { broker } } };
}

interface Failure {
  readonly what: string;
  readonly archive: OrthancOptions | 'none';
  readonly says: string;
  readonly remedy: string;
  /** Of what is given to copy. */
  readonly details: readonly string[];
}

const failures: readonly Failure[] = [
  {
    what: 'a port on which nothing listens',
    archive: 'none',
    says: 'nothing listens on that port',
    remedy: "is the archive's DICOM port",
    details: ['What was tried', 'ABSENT'],
  },
  {
    what: 'an archive that does not let our AE title ask',
    archive: { overrides: { ...strict } },
    says: 'aborted the association',
    remedy: `ask its administrator to register ${aeTitle}`,
    details: ['For the archive’s administrator', 'AE title that asks'],
  },
  {
    what: 'an archive that knows no move destination of our name',
    archive: { overrides: { ...strict, DicomAlwaysAllowFind: true, DicomAlwaysAllowMove: true } },
    says: 'answered C-MOVE with 0xC000',
    remedy: `do not know the move destination ${aeTitle}`,
    details: ['For the archive’s administrator', String(scpPort)],
  },
  {
    what: 'an archive that sends to another port',
    archive: knownAt(elsewhere),
    says: 'answered C-MOVE with 0xC000',
    remedy: 'cannot reach it',
    details: ['For the archive’s administrator', String(scpPort)],
  },
];

describe('the set-up, over archives that do not work for us', () => {
  const stack = new AsyncDisposableStack();
  let browser: Browser;

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    browser = await startBrowser();
    stack.defer(() => browser.close());
  }, 60_000);

  afterAll(() => stack.disposeAsync());

  it.each(failures)(
    'explains $what, with what to do and what to hand on',
    async ({ what, archive, says, remedy, details }) => {
      await using own = new AsyncDisposableStack();
      const host = own.use(await startHeadlessHost());
      const peer = archive === 'none' ? { ...absent, port: elsewhere } : own.use(await started(archive));
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
      own.defer(() => context.close());
      const page = await context.newPage();
      await fillIn(page, host, peer);
      await page.getByRole('button', { name: 'Test connection' }).click();
      const alert = page.getByRole('alert').first();
      const fetch = page.getByRole('button', { name: 'Save and fetch one image' });
      await alert.or(fetch).first().waitFor({ timeout: 20_000 });
      if (await fetch.isVisible()) await fetch.click();
      await alert.waitFor({ timeout: 60_000 });
      await page.screenshot({
        path: join(pictures, `setup-${what.replaceAll(' ', '-')}.png`),
        fullPage: true,
      });
      const text = await alert.innerText();
      expect(text).toContain(says);
      expect(text).toContain(remedy);
      const steps = await page.locator('ol').first().innerText();
      for (const detail of details) expect(steps).toContain(detail);
    },
    120_000,
  );
});

const absent: Peer = { aeTitle: 'ABSENT', host: '127.0.0.1', port: 0 };

async function started(options: OrthancOptions) {
  const orthanc = await startOrthanc(options);
  const files = await pydicomTestFiles();
  await orthanc.upload(files.filter((file) => basename(file) === 'CT_small.dcm'));
  return orthanc;
}

async function fillIn(page: Page, host: HeadlessHost, archive: Peer): Promise<void> {
  await page.goto(host.interfaceUrl);
  await page.getByRole('textbox', { name: 'AE title of the archive' }).fill(archive.aeTitle);
  await page.getByRole('textbox', { name: 'Host' }).fill(archive.host);
  await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(archive.port));
  await page.getByRole('textbox', { name: 'Our AE title' }).fill(aeTitle);
  await page.getByRole('textbox', { name: 'Port that receives images' }).fill(String(scpPort));
  await page.getByRole('textbox', { name: 'Cache folder' }).fill(join(host.home.path, 'cache'));
}
