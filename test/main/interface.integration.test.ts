import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { type Dcmqrscp, startDcmqrscp } from '../support/dcmqrscp.ts';
import { freePort } from '../support/free-port.ts';
import { type HeadlessHost, startHeadlessHost } from '../support/headless-host.ts';
import { type Orthanc, startOrthanc } from '../support/orthanc.ts';
import { pydicomTestFiles } from '../support/real-files.ts';

const pictures = fileURLToPath(new URL('../../test-results/interface/', import.meta.url));
const aeTitle = 'BROKER';
const gone = /No connection|nothing listens|(did|does) not answer|was silent/i;

/**
 * One story, from the first start to images in the cache and an archive that goes away: each part stands on
 * those before. The host is the headless one, the archives are dcmqrscp and Orthanc.
 */
describe('the user interface over the headless host', () => {
  const stack = new AsyncDisposableStack();
  let scpPort: number;
  let dcmqrscp: Dcmqrscp;
  let orthanc: Orthanc;
  let host: HeadlessHost;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    scpPort = await freePort();
    const gateway = { aeTitle, host: '127.0.0.1', port: scpPort };
    dcmqrscp = stack.use(await startDcmqrscp({ moveDestinations: [gateway] }));
    orthanc = stack.use(await startOrthanc({ modalities: { broker: gateway } }));
    const files = await pydicomTestFiles();
    const named = (name: string): string => files.find((file) => basename(file) === name) ?? name;
    await dcmqrscp.store([named('CT_small.dcm'), named('MR_small.dcm')]);
    await orthanc.upload(
      [named('rtplan.dcm'), named('examples_palette.dcm')].filter((file) => file.includes('/')),
    );
    host = stack.use(await startHeadlessHost());
    browser = await startBrowser();
    stack.defer(() => browser.close());
    const context = await browser.newContext({
      locale: 'en-GB',
      reducedMotion: 'reduce',
      viewport: { width: 1_440, height: 900 },
    });
    await context.route(
      (url) => url.hostname !== '127.0.0.1' && url.protocol !== 'blob:' && url.protocol !== 'data:',
      (route) => {
        faults.push(`foreign request: ${route.request().url()}`);
        return route.abort();
      },
    );
    page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
  }, 180_000);

  afterAll(() => stack.disposeAsync());

  const show = async (screen: string): Promise<void> => {
    await page.getByRole('link', { name: screen, exact: true }).click();
    await page.getByRole('heading', { name: screen, level: 1 }).waitFor();
  };
  const picture = (name: string) => page.screenshot({ path: join(pictures, `${name}.png`) });

  it('a first start asks for an archive, and says what is wrong with an AE title that it does not know', async () => {
    await page.goto(host.interfaceUrl);
    await page.getByRole('heading', { name: 'Set-up', level: 1 }).waitFor();
    expect(page.url()).not.toContain('token');
    await page.getByRole('textbox', { name: 'AE title of the archive' }).fill('WRONG');
    await page.getByRole('textbox', { name: 'Host' }).fill('127.0.0.1');
    await page.getByRole('textbox', { name: 'Port', exact: true }).fill(String(dcmqrscp.port));
    await page.getByRole('textbox', { name: 'Our AE title' }).fill(aeTitle);
    await page.getByRole('textbox', { name: 'Port that receives images' }).fill(String(scpPort));
    await page.getByRole('textbox', { name: 'Cache folder' }).fill(join(host.home.path, 'cache'));
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByRole('alert').getByText(/WRONG/).first().waitFor();
    await picture('setup-failed');
  });

  it('with the right one, an image arrives by C-MOVE and the set-up is done', async () => {
    await page.getByRole('button', { name: 'Change the address' }).click();
    await page.getByRole('textbox', { name: 'AE title of the archive' }).fill(dcmqrscp.aeTitle);
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByRole('button', { name: 'Save and fetch one image' }).click();
    await page.getByText('Images arrive. The set-up is done.').waitFor();
    await picture('setup-done');
    await page.getByRole('button', { name: 'Finish and open the overview' }).click();
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    await page
      .getByText(/answers in/)
      .first()
      .waitFor();
    const found = await fetch(`http://127.0.0.1:${host.httpPort}/dicom-web/studies`);
    expect(await found.json()).toHaveLength(2);
  });

  it('the probe echoes, finds, and retrieves a study from its row', async () => {
    await show('Probe');
    await page.getByRole('tab', { name: 'Echo (C-ECHO)' }).click();
    await page
      .getByRole('button', { name: /^Send C-ECHO to/ })
      .first()
      .click();
    await page
      .getByRole('row', { name: new RegExp(dcmqrscp.aeTitle) })
      .getByText('Answers')
      .waitFor();
    await page.getByRole('tab', { name: /C-FIND/ }).click();
    await page.getByRole('button', { name: 'Find studies' }).click();
    await page.getByText(/2 answers in/).waitFor();
    const rows = page.getByRole('grid', { name: 'Answers' });
    for (const row of [0, 1]) {
      await rows.getByRole('button', { name: 'Retrieve study into the cache' }).nth(row).click();
      await page
        .getByRole('dialog')
        .getByText(/instance.*(arrived|in the cache|came)/i)
        .first()
        .waitFor();
      await page.keyboard.press('Escape');
    }
    await picture('probe');
  });

  it('the cache has them, down to the attributes of an image, with their pictures', async () => {
    await show('Cache');
    await page.getByText('2 studies').waitFor();
    await picture('cache');
    await page
      .getByRole('grid', { name: 'Studies in the cache' })
      .getByRole('link', { name: 'CompressedSamples^CT1' })
      .click();
    await page.locator('img').first().waitFor();
    const width = (): Promise<number> => page.evaluate<number>("document.querySelector('img').naturalWidth");
    await expect.poll(width).toBeGreaterThan(10);
    await picture('cache-study');
  });

  it('a second archive is tried before it is saved, and is there at once', async () => {
    await show('Archives');
    await page
      .getByRole('link', { name: 'Add archive' })
      .or(page.getByRole('button', { name: 'Add archive' }))
      .first()
      .click();
    await page.getByRole('textbox', { name: 'Name' }).fill('ORTHANC');
    await page.getByLabel('AE title of the archive').fill(orthanc.aeTitle);
    await page.getByRole('textbox', { name: 'Host' }).fill(orthanc.host);
    await page.getByLabel('Port', { exact: true }).fill(String(orthanc.port));
    await page.getByRole('button', { name: 'Test connection' }).click();
    await page.getByText('The archive works with these settings').waitFor();
    await page.getByRole('button', { name: 'Add archive' }).click();
    await page.getByRole('heading', { name: 'What ORTHANC has to register' }).waitFor();
    await page.getByText(String(scpPort)).first().waitFor();
    await picture('counterpart');
    const found = await fetch(`http://127.0.0.1:${host.httpPort}/archives/ORTHANC/dicom-web/studies`);
    expect(found.status).toBe(200);
  });

  it('a viewer’s origin is checked, and may read once it is allowed', async () => {
    await show('Viewers');
    const origin = 'https://viewer.example.org';
    const url = `http://127.0.0.1:${host.httpPort}/dicom-web/studies`;
    const allowed = async (): Promise<string | null> =>
      (await fetch(url, { headers: { Origin: origin } })).headers.get('access-control-allow-origin');
    expect(await allowed()).toBeNull();
    await page.getByLabel('Address of a viewer').fill(origin);
    await page.getByRole('button', { name: 'Check address' }).click();
    await page.getByText('May not read', { exact: true }).waitFor();
    await page.getByRole('button', { name: `Allow ${origin}` }).click();
    await page.getByText('May read', { exact: true }).waitFor();
    expect(await allowed()).toBe(origin);
    await picture('viewers');
  });

  it('a setting is saved and applied: DICOMweb goes to another port', async () => {
    const port = await freePort();
    await show('Settings');
    await page.getByLabel('Search settings').fill('http.port');
    await page.locator('[data-field="http.port"]').fill(String(port));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText(/Saved\. Restarted: .*DICOMweb/).waitFor();
    expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${host.httpPort}/health`)).rejects.toThrow();
    await picture('settings');
  });

  it('the log tells it all, and names no patient', async () => {
    await show('Logs');
    const log = page.getByRole('listbox', { name: 'Log entries' });
    await log.getByRole('option').first().waitFor();
    await picture('logs');
    expect(await log.innerText()).not.toContain('CompressedSamples');
  });

  it.each(['Overview', 'Archives', 'Probe', 'Cache', 'Viewers', 'Logs', 'Settings'])(
    'nothing on %s is serious for axe, in light and dark',
    async (screen) => {
      await show(screen);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await seriousFindings(page), colorScheme).toEqual([]);
        await picture(`${screen.toLowerCase()}-${colorScheme}`);
      }
      await page.emulateMedia({ colorScheme: null });
    },
  );

  it('an archive that goes away is said to be gone, with what to do', async () => {
    await dcmqrscp[Symbol.asyncDispose]();
    await show('Archives');
    await page.getByRole('button', { name: /^Ask now default/ }).click();
    // A child of dcmqrscp that still has an association keeps its port open, and nobody answers there.
    await page.getByText(gone).first().waitFor({ timeout: 90_000 });
    await picture('archives-gone');
    await show('Overview');
    // It is asked once a minute.
    await page.getByText(gone).first().waitFor({ timeout: 90_000 });
    await page.getByText('Not working').first().waitFor();
    await picture('overview-archive-gone');
    await goTo(page, '/overview');
  }, 240_000);

  it('the probe says why nobody answers, to a C-ECHO and to a query', async () => {
    await show('Probe');
    await page.getByRole('tab', { name: 'Echo (C-ECHO)' }).click();
    await page.getByRole('button', { name: 'Send C-ECHO to default' }).click();
    await page.getByRole('alert').getByText(gone).first().waitFor();
    await page.getByRole('tab', { name: 'Query (C-FIND)' }).click();
    await page.getByRole('button', { name: 'Find studies' }).click();
    await page.getByRole('alert').getByText(gone).first().waitFor();
    await picture('probe-gone');
  });

  it('a study is not thrown away to be fetched again from an archive that is gone', async () => {
    await show('Cache');
    const studies = page.getByRole('grid', { name: 'Studies in the cache' });
    await studies.getByRole('link', { name: 'CompressedSamples^CT1' }).click();
    await page.getByRole('button', { name: 'Fetch again' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Fetch again' }).click();
    await page.getByText(gone).first().waitFor();
    await picture('cache-gone');
    await page.getByRole('navigation', { name: 'Place in the cache' }).getByText('All studies').click();
    await studies.getByRole('link', { name: 'CompressedSamples^CT1' }).waitFor();
  });

  it('a setting that is wrong is refused under its field, and what is in force stays', async () => {
    await show('Settings');
    await page.getByLabel('Search settings').fill('http.port');
    const field = page.locator('[data-field="http.port"]');
    const before = await field.inputValue();
    await field.fill('70000');
    await page.getByText('Allowed: a port number from 1 to 65535').waitFor();
    await picture('settings-wrong');
    await field.fill(before);
    expect((await fetch(`http://127.0.0.1:${before}/health`)).status).toBeGreaterThan(0);
  });

  it('a host that is gone is said to be gone', async () => {
    await host.child.stop();
    await page
      .getByText(/connection|reconnect/i)
      .first()
      .waitFor();
    await picture('host-gone');
    expect(faults).toEqual([]);
  });
});
