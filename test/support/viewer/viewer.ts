import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import type { Page } from 'playwright-core';
import { temporaryDirectory } from '../temporary-directory.ts';
import { buildPage } from './build-page.ts';
import { startPageServer } from './page-server.ts';
import type { ClientCall, PictureInPage, ShownInPage } from './viewer-api.ts';

/** What a viewport shows of one image. */
export interface ShownImage extends Omit<ShownInPage, 'values' | 'canvas'> {
  readonly values: Float64Array;
  readonly canvas: Uint8Array;
}

/** A picture that the browser has read. */
export interface Picture extends Omit<PictureInPage, 'pixels'> {
  readonly pixels: Uint8Array;
}

/** A request that the browser made. */
export interface ViewerRequest {
  readonly method: string;
  readonly url: string;
  readonly accept: string | undefined;
}

/** A browser viewer: cornerstone in Debian's Chromium, on a page that asks what OHIF asks. */
export interface Viewer extends AsyncDisposable {
  /** Of the page; another one than any gateway's. */
  readonly origin: string;
  /** Everything that was requested since the start, whoever asked. */
  readonly requests: readonly ViewerRequest[];
  /** What the page wrote to its console, errors included. */
  readonly messages: readonly string[];
  workList(root: string): Promise<string[]>;
  open(root: string, study: string): Promise<string[]>;
  show(imageIds: readonly string[], index: number): Promise<ShownImage>;
  thumbnail(url: string): Promise<Picture>;
  /** Has npm's dicomweb-client ask: JSON, or parts. */
  callClient(call: ClientCall): Promise<unknown>;
  /** Keeps what is seen as a PNG file. */
  screenshot(path: string): Promise<void>;
}

const launchOptions = {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-dev-shm-usage',
    // Whatever is asked for by name is not found: nothing leaves the machine.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
  ],
};
const timeoutMs = 60_000;
const answerWithinMs = 20_000;

/** Bundles the page, serves it on loopback and opens it in a browser of its own. */
export async function startViewer(): Promise<Viewer> {
  await using stack = new AsyncDisposableStack();
  const directory = stack.use(await temporaryDirectory('viewer'));
  await buildPage(directory.path);
  const server = stack.use(await startPageServer(directory.path));
  const browser = await chromium.launch({ ...launchOptions, timeout: timeoutMs });
  stack.defer(() => browser.close());
  const page = await browser.newPage();
  page.setDefaultTimeout(timeoutMs);
  const { requests, messages } = watch(page);
  await page.goto(server.origin);
  await page.waitForFunction(() => globalThis.viewer !== undefined);
  const owned = stack.move();
  return {
    origin: server.origin,
    requests,
    messages,
    workList: (root) => limited(page.evaluate((url) => globalThis.viewer!.workList(url), root)),
    open: (root, study) =>
      limited(page.evaluate(([url, uid]) => globalThis.viewer!.open(url, uid), [root, study] as const)),
    async show(imageIds, index) {
      const argument = [imageIds, index] as const;
      const { values, canvas, ...rest } = await limited(
        page.evaluate(([ids, at]) => globalThis.viewer!.show(ids, at), argument),
      );
      const numbers = Uint8Array.from(Buffer.from(values, 'base64'));
      return { ...rest, values: new Float64Array(numbers.buffer), canvas: Buffer.from(canvas, 'base64') };
    },
    async thumbnail(url) {
      const { pixels, ...rest } = await limited(page.evaluate((of) => globalThis.viewer!.thumbnail(of), url));
      return { ...rest, pixels: Buffer.from(pixels, 'base64') };
    },
    callClient: (call) => limited(page.evaluate((one) => globalThis.viewer!.callClient(one), call)),
    screenshot: async (path) => {
      await page.screenshot({ path });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Cornerstone does not always say that it failed. */
async function limited<Result>(work: Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  const limit = sleep(answerWithinMs, undefined, { signal: controller.signal }).then(() => {
    throw new Error(`The page did not answer within ${answerWithinMs} ms.`);
  });
  limit.catch(() => undefined);
  try {
    return await Promise.race([work, limit]);
  } finally {
    controller.abort();
  }
}

function watch(page: Page): { requests: ViewerRequest[]; messages: string[] } {
  const requests: ViewerRequest[] = [];
  const messages: string[] = [];
  page.on('request', (request) => {
    requests.push({ method: request.method(), url: request.url(), accept: request.headers()['accept'] });
  });
  page.on('console', (message) => messages.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => messages.push(`error: ${error.message}`));
  return { requests, messages };
}
