import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildComponentPage } from '../support/component-page/build-component-page.ts';
import { seriousFindings, startBrowser } from '../support/control/control-page.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';
import { type PageServer, startPageServer } from '../support/viewer/page-server.ts';

describe('a table', () => {
  let directory: TemporaryDirectory;
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    directory = await temporaryDirectory('table');
    await buildComponentPage(directory.path);
    server = await startPageServer(directory.path);
    browser = await startBrowser();
  });

  afterAll(async () => {
    await browser.close();
    await server[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  afterEach(() => page.context().close());

  async function open(count: number, width = 1_024): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 700 } });
    page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${server.origin}/#${count}`);
    await page.getByRole('grid').waitFor();
  }

  const firstCells = (): Promise<string[]> =>
    page.locator('[role=row] [role=gridcell]:nth-child(2)').allTextContents();

  it('holds only the rows that are seen of 10,000, and finds the last', async () => {
    await open(10_000);
    const shown = await page.getByRole('row').count();
    expect(shown).toBeGreaterThan(15);
    expect(shown).toBeLessThan(60);
    await page.getByRole('columnheader', { name: 'Name' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Control+End');
    await expect.poll(() => page.locator(':focus').getAttribute('aria-colindex')).not.toBeNull();
    expect(await page.locator('[role=row]:has(:focus)').getAttribute('aria-rowindex')).toBe('10001');
  });

  it('sorts by the column whose head is pressed, and the other way the second time', async () => {
    await open(20);
    await page.getByRole('columnheader', { name: 'Size' }).focus();
    await page.keyboard.press('Enter');
    expect(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe(
      'ascending',
    );
    expect((await firstCells())[0]).toBe('Name 0');
    await page.keyboard.press('Enter');
    expect(await page.getByRole('columnheader', { name: 'Size' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
  });

  it('shows the rows that contain what is typed, and says where none does', async () => {
    await open(300);
    await page.getByRole('searchbox').fill('id-299');
    await expect.poll(firstCells).toHaveLength(1);
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByText('Nothing contains “nowhere”.').waitFor();
  });

  it('offers the actions of a row on Enter, and gives the focus back', async () => {
    await open(20);
    await page.getByRole('columnheader', { name: 'Name' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Open row' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('[data-done]').textContent()).toBe('opened id-1');
    await expect.poll(() => page.locator('[role=row]:has(:focus)').getAttribute('aria-rowindex')).toBe('3');
  });

  it('keeps the focus where the last row is removed', async () => {
    await open(3);
    await page.getByRole('columnheader', { name: 'Name' }).focus();
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await page.getByRole('menuitem', { name: 'Remove row' }).press('Enter');
    await expect.poll(() => page.locator('[data-done]').textContent()).toBe('removed id-2');
    await expect.poll(() => page.locator('[role=row]:has(:focus)').getAttribute('aria-rowindex')).toBe('3');
  });

  it('chooses rows with the space bar, and a range with Shift', async () => {
    await open(20);
    await page.getByRole('columnheader', { name: 'Name' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+Space');
    expect(await page.locator('[data-chosen]').textContent()).toBe('id-0 id-1 id-2');
  });

  it('copies the cell that has the focus', async () => {
    await open(20);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('columnheader', { name: 'Name' }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Control+c');
    await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe('id-0');
  });

  it('leaves out the columns of least importance where it is narrow', async () => {
    await open(20, 800);
    expect(await page.getByRole('columnheader', { name: 'More 0' }).count()).toBe(0);
    await open(20, 1_200);
    expect(await page.getByRole('columnheader', { name: 'More 0' }).count()).toBe(1);
  });

  it('does not move rows under the pointer when others come', async () => {
    await open(20);
    await page.getByRole('columnheader', { name: 'Name' }).click();
    await page.getByRole('row').nth(3).hover();
    const before = await firstCells();
    await page
      .getByRole('button', { name: 'Add' })
      .evaluate((button) => (button as unknown as { click(): void }).click());
    await expect.poll(firstCells).toEqual([...before, 'A new one']);
    await page.mouse.move(5, 5);
    await expect.poll(async () => (await firstCells())[1]).toBe('A new one');
  });

  it('shows markup as text', async () => {
    await open(20);
    await page.getByText('<b>bold</b>').waitFor();
  });

  it('has nothing that axe calls serious', { timeout: 120_000 }, async () => {
    await open(300, 800);
    expect(await seriousFindings(page)).toEqual([]);
  });
});
