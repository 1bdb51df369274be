import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildComponentPage } from '../support/component-page/build-component-page.ts';
import { seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { type PageServer, startPageServer } from '../support/viewer/page-server.ts';

describe('fields', () => {
  let directory: TemporaryDirectory;
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    directory = await temporaryDirectory('fields');
    await buildComponentPage(directory.path);
    server = await startPageServer(directory.path);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  beforeEach(async () => {
    const context = await browser.newContext();
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${server.origin}/#fields`);
    await page.getByRole('heading', { name: 'Fields' }).waitFor();
  });

  afterEach(() => page.context().close());

  /** What screen readers say with a field. */
  async function descriptionOf(label: string): Promise<string> {
    const ids = (await page.getByLabel(label).getAttribute('aria-describedby')) ?? '';
    const texts = ids.split(' ').map((id) => page.locator(`[id="${id}"]`).textContent());
    return (await Promise.all(texts)).map((text) => text?.trim().replaceAll(/\s+/g, ' ')).join(' | ');
  }

  it('say what is wrong with their value, and their help', async () => {
    expect(await descriptionOf('AE title')).toBe('Of the archive.');
    await page.getByLabel('AE title').fill('');
    expect(await page.getByLabel('AE title').getAttribute('aria-invalid')).toBe('true');
    expect(await descriptionOf('AE title')).toBe('Enter the AE title. | Of the archive.');
  });

  it('that are locked cannot be changed, and say who gives their value', async () => {
    expect(await page.getByLabel('Locked').isDisabled()).toBe(true);
    expect(await descriptionOf('Locked')).toBe('Set by the environment variable HTTP_PORT: change it there.');
  });

  it('for numbers count up and down with the arrow keys, within their limits', async () => {
    const port = page.getByLabel('Port');
    await port.press('ArrowUp');
    expect(await port.inputValue()).toBe('105');
    await port.fill('65535');
    await port.press('ArrowUp');
    expect(await port.inputValue()).toBe('65535');
    await port.fill('no number');
    await port.press('ArrowDown');
    expect(await port.inputValue()).toBe('no number');
  });

  it('that are switches and boxes are set by keyboard', async () => {
    await page.getByRole('switch', { name: 'Switch' }).press('Space');
    expect(await page.getByRole('switch', { name: 'Switch' }).getAttribute('aria-checked')).toBe('true');
    await page.getByLabel('Check').press('Space');
    expect(await page.getByLabel('Check').isChecked()).toBe(true);
  });

  it('stand in tabs that the arrow keys change', async () => {
    await page.getByRole('tab', { name: 'First' }).press('ArrowRight');
    await page.getByText('Panel second').waitFor();
    expect(await page.getByRole('tab', { name: 'Second' }).getAttribute('aria-selected')).toBe('true');
  });

  it('have nothing that axe calls serious', { timeout: 120_000 }, async () => {
    await page.getByLabel('AE title').fill('');
    expect(await seriousFindings(page)).toEqual([]);
  });
});
