import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { ago, markup, scriptedRetrieval } from '../support/control/scripted-state.ts';

const refused = {
  message: 'SECOND-PACS refused the connection: it does not know our AE title BROKER.',
  remedy: 'Ask its admin to register BROKER at 10.1.2.9, port 11112.',
  code: 'association-rejected',
};

describe('the overview', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('shows what works, and each text of the network as text', async () => {
    await using open = await openControlPage(browser);
    const { page } = open;
    await page.getByText('answers in 12 ms').waitFor();
    await page.getByText('http://localhost:4567/dicom-web').waitFor();
    await page.getByText('41 of 200 GB').waitFor();
    await page.getByText('none in the last 24 h').waitFor();
    await page.getByText(markup, { exact: true }).waitFor();
    expect(await page.evaluate('window.wasRun')).toBeUndefined();
    expect(await page.locator('main img').count()).toBe(0);
    expect(open.faults).toEqual([]);
  });

  it('copies the address of DICOMweb', async () => {
    await using open = await openControlPage(browser);
    await open.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open.page.getByRole('button', { name: 'Copy the DICOMweb address' }).click();
    await open.page.getByRole('status').getByText('Copied.').waitFor();
    expect(await open.page.evaluate('navigator.clipboard.readText()')).toBe(
      'http://localhost:4567/dicom-web',
    );
  });

  it('follows a retrieval as it goes on', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({ retrievals: [scriptedRetrieval({ id: 'only' })] });
    });
    const { page, control } = open;
    const bar = page.getByRole('progressbar', { name: 'Retrieval of DOE^JANE' });
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toBe('312 of 400');
    control.world.changed({ retrievals: [scriptedRetrieval({ id: 'only', received: 399, secondsLeft: 1 })] });
    await expect.poll(() => bar.getAttribute('aria-valuetext')).toBe('399 of 400');
    control.world.changed({ retrievals: [] });
    await page.getByText('No retrievals at the moment.').waitFor();
  });

  it('cancels a retrieval by keyboard after it has asked, naming it', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({ retrievals: [scriptedRetrieval({ id: 'only' })] });
    });
    const { page, control } = open;
    await page.getByRole('button', { name: 'Cancel the retrieval of DOE^JANE' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('alertdialog').getByText('DOE^JANE, CT chest from MAIN').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'hidden' });
    expect(control.world.calls.map(({ path }) => path)).not.toContain('retrievals.cancel');
    await page.getByRole('button', { name: 'Cancel the retrieval of DOE^JANE' }).press('Enter');
    await page.getByRole('button', { name: 'Cancel retrieval', exact: true }).press('Enter');
    await page.getByText('No retrievals at the moment.').waitFor();
  });

  it('says why something could not be cancelled', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({ retrievals: [scriptedRetrieval({ id: 'only' })] });
      world.failures.set('retrievals.cancel', { message: 'This retrieval has ended meanwhile.' });
    });
    await open.page.getByRole('button', { name: 'Cancel the retrieval of DOE^JANE' }).click();
    await open.page.getByRole('button', { name: 'Cancel retrieval', exact: true }).click();
    await open.page.getByText('This retrieval has ended meanwhile.').waitFor();
  });

  it('keeps a retrieval that ends in its place while the pointer is there', async () => {
    const two = ['a', 'b'].map((id) => scriptedRetrieval({ id, patientName: `NAME^${id}` }));
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({ retrievals: two });
    });
    const { page, control } = open;
    await page.getByText('NAME^b').hover();
    control.world.changed({ retrievals: two.slice(1) });
    await page.getByText('ended').waitFor();
    await page.mouse.move(5, 5);
    await page.getByText('NAME^a').waitFor({ state: 'detached' });
  });

  it('says in plain words what is wrong with an archive, and leads to where it is mended', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      const [main, second] = world.state.archives;
      world.changed({
        archives: [main!, { ...second!, state: 'silent', trouble: refused }],
        problems: [{ id: 'p', component: 'archive SECOND', at: ago(300), count: 3, ...refused }],
      });
    });
    const { page } = open;
    await page.getByRole('link', { name: 'Test archive SECOND' }).waitFor();
    await page.getByText('3 times').waitFor();
    await page.getByRole('link', { name: 'Test the archive' }).press('Enter');
    await expect.poll(() => page.url()).toContain('#/archives/SECOND');
  });

  it('offers the set-up where nothing is configured', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      const { receiver: _, dicomweb: __, cache: ___, ...rest } = world.state;
      world.state = {
        ...rest,
        phase: 'unconfigured',
        phaseReasons: [{ message: 'The AE title of the archive is missing.' }],
        archives: [],
        retrievals: [],
      };
    });
    // The first time it opens by itself.
    await expect.poll(() => open.page.url()).toContain('#/setup');
    await goTo(open.page, '/overview');
    await open.page.getByText('The AE title of the archive is missing.').waitFor();
    await open.page.getByRole('button', { name: 'Start the set-up' }).press('Enter');
    await expect.poll(() => open.page.url()).toContain('#/setup');
  });

  it('starts a gateway again that has failed, and says where that fails too', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({
        phase: 'failed',
        phaseReasons: [{ message: 'Port 11112 is taken by another program.' }],
      });
      world.failures.set('state.restart', { message: 'Port 11112 is still taken.' });
    });
    const { page, control } = open;
    await page.getByText('Port 11112 is taken by another program.').waitFor();
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByRole('alert').getByText('Port 11112 is still taken.').waitFor();
    control.world.changed({ phase: 'running', phaseReasons: [] });
    await page.getByRole('button', { name: 'Start again' }).waitFor({ state: 'detached' });
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe calls serious when %s',
    { timeout: 120_000 },
    async (colorScheme) => {
      await using open = await openControlPage(
        browser,
        '/overview',
        ({ world }) => {
          world.changed({
            problems: [{ id: 'p', component: 'archive SECOND', at: ago(300), count: 3, ...refused }],
          });
        },
        { colorScheme },
      );
      await open.page.getByText('3 times').waitFor();
      expect(await seriousFindings(open.page)).toEqual([]);
    },
  );
});
