import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import type { ScriptedWorld } from '../support/control/scripted-world.ts';

const origins = 'http.allowed_origins';
const saved = (world: ScriptedWorld) =>
  world.calls.filter(({ path }) => path === 'settings.save').map(({ input }) => input);

describe('the viewers’ screen', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('gives the addresses and the ready settings of each viewer to copy', async () => {
    await using open = await openControlPage(browser, '/viewers');
    const { page } = open;
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy the address of Search (QIDO-RS)' }).click();
    await page.getByRole('status').getByText('Copied.').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe('http://localhost:4567/qido-rs');
    await page.getByRole('tab', { name: 'OHIF 3' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('region', { name: 'Settings of Cornerstone3D' }).waitFor();
    await page.getByRole('button', { name: 'Copy the settings' }).click();
    await expect
      .poll(() => page.evaluate('navigator.clipboard.readText()'))
      .toContain("const root = 'http://localhost:4567/dicom-web';");
    expect(open.faults).toEqual([]);
  });

  it('checks the address of a viewer, and allows its origin', async () => {
    await using open = await openControlPage(browser, '/viewers');
    const { page, control } = open;
    await page.getByLabel('Address of a viewer').fill('https://viewer.example:8443/worklist?x=1');
    await page.keyboard.press('Enter');
    await page.getByText('May not read', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Allow https://viewer.example:8443' }).click();
    await page.getByText('May read', { exact: true }).waitFor();
    await page.getByText('Restarted: the storage SCP.').waitFor();
    await page.getByRole('list', { name: 'Allowed origins' }).getByText('https://viewer.example').waitFor();
    expect(saved(control.world)).toEqual([
      {
        changes: {
          [origins]: 'http://localhost:*, http://127.0.0.1:*, http://[::1]:*, https://viewer.example:8443',
        },
      },
    ]);
  });

  it('removes an origin once it has asked, naming it', async () => {
    await using open = await openControlPage(browser, '/viewers');
    const { page, control } = open;
    await page.getByRole('button', { name: 'Remove http://127.0.0.1:*' }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('http://127.0.0.1:* · Viewers on this machine').waitFor();
    await dialog.getByRole('button', { name: 'Remove origin' }).click();
    await page.getByRole('button', { name: 'Remove http://127.0.0.1:*' }).waitFor({ state: 'detached' });
    expect(saved(control.world)).toEqual([{ changes: { [origins]: 'http://localhost:*, http://[::1]:*' } }]);
  });

  it('says why an origin could not be allowed', async () => {
    await using open = await openControlPage(browser, '/viewers', ({ world }) => {
      world.failures.set('settings.save', {
        message: 'The settings could not be written: the disk is full.',
        remedy: 'Make room, then save again.',
      });
    });
    const { page } = open;
    await page.getByLabel('Address of a viewer').fill('https://viewer.example');
    await page.getByRole('button', { name: 'Check address' }).click();
    await page.getByRole('button', { name: 'Allow https://viewer.example' }).click();
    await page.getByRole('alert').getByText('Make room, then save again.').waitFor();
    await page.getByText('May not read', { exact: true }).waitFor();
  });

  it('shows where a locked list is set, and changes nothing of it', async () => {
    await using open = await openControlPage(browser, '/viewers', ({ world }) => {
      world.describeSetting(origins, {
        source: 'environment',
        where: 'HTTP_ALLOWED_ORIGINS',
        isLocked: true,
      });
    });
    const { page } = open;
    await page.getByText('HTTP_ALLOWED_ORIGINS').waitFor();
    expect(await page.getByRole('button', { name: /^Remove http/ }).count()).toBe(0);
    await page.getByLabel('Address of a viewer').fill('https://viewer.example');
    await page.getByRole('button', { name: 'Check address' }).click();
    await page.getByText('Add https://viewer.example where it is set').waitFor();
    expect(await page.getByRole('button', { name: /^Allow/ }).count()).toBe(0);
  });

  it('takes the address of a viewer with a preview, and says what is wrong with one', async () => {
    await using open = await openControlPage(browser, '/viewers', ({ world }) => {
      world.describeSetting('control.viewer_url', { value: '' });
    });
    const { page, control } = open;
    const field = page.getByLabel('Address of a study in the viewer');
    await field.fill('javascript:alert("{study}")');
    await page.getByText('It begins with http:// or https://').waitFor();
    await field.fill('https://viewer.example/v');
    await page.getByText('The address does not name the study.').waitFor();
    expect(await page.getByRole('button', { name: 'Save address' }).isDisabled()).toBe(true);
    for (const name of ['{studyInstanceUIDs}', '{study}']) {
      await field.fill(`https://viewer.example/v?s=${name}`);
      await page.getByText('A study opens as').waitFor();
    }
    const preview = page.getByRole('link', { name: 'https://viewer.example/v?s=1.2.826' });
    expect(await preview.getAttribute('href')).toContain('https://viewer.example/v?s=1.2.826.0.1');
    await page.getByRole('button', { name: 'Save address' }).click();
    await page.getByText('The cache offers “Open in viewer”.').waitFor();
    expect(saved(control.world)).toEqual([
      { changes: { 'control.viewer_url': 'https://viewer.example/v?s={study}' } },
    ]);
  });

  it('says that there are no addresses while the gateway does not run', async () => {
    await using open = await openControlPage(browser, '/viewers', ({ world }) => {
      world.state = { ...world.state, phase: 'unconfigured', dicomweb: undefined };
    });
    await open.page.getByText('The addresses appear here once the gateway runs.').waitFor();
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that axe finds serious, %s',
    async (colorScheme) => {
      const prepare = ({ world }: { world: ScriptedWorld }) => {
        world.describeSetting('control.viewer_url', { value: 'https://viewer.example/v?s={study}' });
      };
      await using open = await openControlPage(browser, '/viewers', prepare, { colorScheme });
      const { page } = open;
      await page.getByLabel('Address of a viewer').fill('https://viewer.example');
      await page.getByRole('button', { name: 'Check address' }).click();
      await page.getByText('May not store').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      expect(open.faults).toEqual([]);
    },
    60_000,
  );
});
