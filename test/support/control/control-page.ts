import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContextOptions, type Page, chromium } from 'playwright-core';
import { builtRenderer } from './built-renderer.ts';
import { type ScriptedControl, startScriptedControl } from './scripted-control.ts';

/** The user interface in a browser, over a scripted control server. */
export interface ControlPage extends AsyncDisposable {
  readonly page: Page;
  readonly control: ScriptedControl;
  /** Errors of the page and of its Content-Security-Policy, and requests that would have left the machine. */
  readonly faults: readonly string[];
}

const waitMs = 10_000;
const launchOptions = {
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
};

/** A browser for the tests of one file; builds the user interface too, where its sources have changed. */
export async function startBrowser(): Promise<Browser> {
  await builtRenderer();
  return chromium.launch({ ...launchOptions, timeout: 60_000 });
}

/**
 * Opens the user interface at a place such as `/logs`, signed in.
 * @param prepare changes the world before the page asks
 */
export async function openControlPage(
  browser: Browser,
  place = '/overview',
  prepare: (control: ScriptedControl) => void | Promise<void> = () => undefined,
  options: BrowserContextOptions = {},
): Promise<ControlPage> {
  await using stack = new AsyncDisposableStack();
  const control = stack.use(await startScriptedControl());
  await prepare(control);
  const context = await browser.newContext({
    locale: 'en-GB',
    reducedMotion: 'reduce',
    viewport: { width: 1024, height: 700 },
    ...options,
  });
  stack.defer(() => context.close());
  const faults: string[] = [];
  await context.route(
    (url) => url.origin !== control.origin && url.protocol !== 'blob:' && url.protocol !== 'data:',
    (route) => {
      faults.push(`foreign request: ${route.request().url()}`);
      return route.abort();
    },
  );
  const page = await context.newPage();
  page.setDefaultTimeout(waitMs);
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) faults.push(message.text());
  });
  await page.goto(control.url);
  await page.getByRole('navigation', { name: 'Screens' }).waitFor();
  if (place !== '/overview') await goTo(page, place);
  await page.locator('h1').waitFor();
  const owned = stack.move();
  return { page, control, faults, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** Shows another place of the page that is open. */
export async function goTo(page: Page, place: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#${place}`);
}

/** What axe finds serious or critical, in one line each. */
export async function seriousFindings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`);
}
