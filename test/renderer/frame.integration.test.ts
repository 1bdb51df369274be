import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControlPage, startBrowser } from '../support/control/control-page.ts';

describe('the frame of the window', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('says in one word how the gateway is, and the reason one click away', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.changed({
        health: {
          state: 'limited',
          components: [
            {
              component: 'archive MAIN',
              state: 'limited',
              since: new Date().toISOString(),
              trouble: { message: 'MAIN does not answer.', remedy: 'See whether it runs.' },
            },
          ],
        },
      });
    });
    const { page } = open;
    await page.getByRole('button', { name: /Limited/ }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('See whether it runs.').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(open.faults).toEqual([]);
  });

  it('takes the token out of the address', async () => {
    await using open = await openControlPage(browser);
    expect(open.page.url()).not.toContain('token');
  });
});
