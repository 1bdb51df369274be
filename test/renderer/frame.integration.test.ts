import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { goTo, openControlPage, seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { scriptedToken } from '../support/control/scripted-control.ts';
import { ago } from '../support/control/scripted-state.ts';

describe('the frame of the window', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await startBrowser();
  });

  afterAll(() => browser.close());

  it('says in one word how the gateway is, and the reason one click away', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      const trouble = { message: 'MAIN does not answer.', remedy: 'See whether it runs.' };
      world.changed({
        health: {
          state: 'limited',
          components: [{ component: 'archive MAIN', state: 'limited', since: ago(5), trouble }],
        },
      });
    });
    const { page } = open;
    const button = page.getByRole('button', { name: /Limited/ });
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('See whether it runs.').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await expect.poll(() => page.evaluate('document.activeElement.textContent')).toContain('Limited');
    expect(open.faults).toEqual([]);
  });

  it('takes the token out of the address, and keeps it for a reload', async () => {
    await using open = await openControlPage(browser);
    expect(open.page.url()).not.toContain('token');
    await open.page.reload();
    await open.page.getByRole('navigation', { name: 'Screens' }).waitFor();
  });

  it('asks for the token where there is none, and says where it is wrong', async () => {
    await using open = await openControlPage(browser);
    const { page, control } = open;
    await page.evaluate('sessionStorage.clear()');
    await page.goto(control.origin);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Sign in' }).press('Enter');
    await page.getByText('Enter the token.').waitFor();
    await page.keyboard.type('a wrong one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('The gateway does not take this token.').waitFor();
    await page.getByLabel('Token').fill(scriptedToken);
    await page.keyboard.press('Enter');
    await page.getByText('answers in 12 ms').waitFor();
  });

  it('takes the token of a link that is opened in the same tab', async () => {
    await using open = await openControlPage(browser);
    const { page, control } = open;
    await page.evaluate('sessionStorage.clear()');
    await page.goto(control.origin);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.goto(control.url);
    await page.getByText('answers in 12 ms').waitFor();
    expect(page.url()).not.toContain('token');
  });

  it('says that the connection is lost and what is shown is old, and connects again by itself', async () => {
    await using open = await openControlPage(browser);
    const { page, control } = open;
    await page.getByText('answers in 12 ms').waitFor();
    await control.cut();
    await page.getByText('The connection to the gateway is lost.').waitFor();
    await page.getByText('What is shown is as of').waitFor();
    await page.getByText('last known').waitFor();
    await page.getByText('answers in 12 ms').waitFor();
    await control.listen();
    await page.getByRole('button', { name: 'Connect now' }).click();
    await page.getByText('The connection to the gateway is lost.').waitFor({ state: 'detached' });
  });

  it('says so where the gateway answers but cannot tell its state', async () => {
    await using open = await openControlPage(browser, '/overview', ({ world }) => {
      world.failures.set('state.events', { message: 'The gateway failed. Its log says more.' });
    });
    const { page, control } = open;
    await page.getByText('The gateway failed. Its log says more.').waitFor();
    await page.getByRole('button', { name: /Not connected/ }).waitFor();
    control.world.failures.clear();
    await page.getByRole('button', { name: 'Connect now' }).click();
    await page.getByText('answers in 12 ms').waitFor();
  });

  it('is used by keyboard: a link to the content, and keys for the screens', async () => {
    await using open = await openControlPage(browser);
    const { page } = open;
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('screen-title');
    await page.keyboard.press('Alt+6');
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('screen-title');
    expect(await page.getByRole('link', { name: 'Logs' }).getAttribute('aria-current')).toBe('page');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('keeps the colours that were chosen', async () => {
    await using open = await openControlPage(browser, '/overview', undefined, { colorScheme: 'light' });
    const { page } = open;
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    await page.getByRole('button', { name: 'Colours: as the system. Change to light' }).click();
    await page.getByRole('button', { name: 'Colours: light. Change to dark' }).click();
    await expect.poll(scheme).toBe('dark');
    await page.reload();
    await page.getByRole('button', { name: 'Colours: dark' }).waitFor();
    expect(await scheme()).toBe('dark');
    await page.getByRole('button', { name: 'Change to as the system' }).click();
    await expect.poll(scheme).toBe('light dark');
  });

  it('says so where an address leads nowhere', async () => {
    await using open = await openControlPage(browser, '/nowhere');
    await open.page.getByRole('link', { name: 'Go to the overview' }).click();
    await open.page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
  });

  it('has the title of its screen', async () => {
    await using open = await openControlPage(browser);
    expect(await open.page.title()).toBe('Overview · DCMRS Broker');
    await goTo(open.page, '/logs');
    await expect.poll(() => open.page.title()).toBe('Logs · DCMRS Broker');
  });
});
