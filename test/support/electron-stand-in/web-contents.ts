import { EventEmitter } from 'node:events';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { emitPreventable } from './prevented.ts';
import { session } from './session.ts';

type OpenHandler = (details: { url: string }) => { action: 'deny' };

const loadWithinMs = 30_000;

/** A page in Chromium, with what Electron lets an app decide: navigation, windows, requests. */
export class WebContents extends EventEmitter {
  readonly #page: Promise<Page>;
  readonly #partition: string;
  #openHandler: OpenHandler | undefined;
  /** What the app itself has asked for. */
  #asked = 'about:blank';

  constructor(context: () => Promise<BrowserContext>, partition: string) {
    super();
    this.#partition = partition;
    this.#page = this.#open(context);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  /** Of what is shown, or was asked for and is on its way. */
  getURL(): string {
    return this.#asked;
  }

  async load(url: string): Promise<void> {
    this.#asked = url;
    const page = await this.#page;
    try {
      await page.goto(url, { timeout: loadWithinMs, waitUntil: 'load' });
    } finally {
      this.emit('painted');
    }
  }

  async bringToFront(): Promise<void> {
    const page = await this.#page;
    if (!page.isClosed()) await page.bringToFront();
  }

  async close(): Promise<void> {
    const page = await this.#page;
    await page.close();
  }

  async #open(context: () => Promise<BrowserContext>): Promise<Page> {
    const owner = await context();
    const page = await owner.newPage();
    await page.route('**/*', (route) => this.#decide(route, page));
    page.on('popup', (popup) => {
      this.#openHandler?.({ url: popup.url() });
      void popup.close();
    });
    return page;
  }

  async #decide(route: Route, page: Page): Promise<void> {
    const request = route.request();
    const url = request.url();
    const isMainFrame = request.isNavigationRequest() && request.frame() === page.mainFrame();
    const isOfThePage = isMainFrame && url !== this.#asked.replace(/#.*$/s, '');
    const isPrevented = isOfThePage && emitPreventable(this, 'will-navigate', { url });
    if (isPrevented || session.fromPartition(this.#partition).isCancelled(url)) await route.abort('aborted');
    else await route.continue();
  }
}
