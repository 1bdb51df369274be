import { fileURLToPath } from 'node:url';
import { prepareInterface } from '../../build/app-parts.ts';
import { hostOptions } from '../../build/host-options.mjs';
import { writeStore } from '../../broker/config/settings-store.ts';
import { type RunningChild, startChild } from './child.ts';
import { freePort } from './free-port.ts';
import { type TemporaryDirectory, temporaryDirectory } from './temporary-directory.ts';

/** The headless host as a process of its own, with its user interface and a home that goes with it. */
export interface HeadlessHost extends AsyncDisposable {
  readonly child: RunningChild;
  readonly home: TemporaryDirectory;
  /** Address of the user interface with its token. */
  readonly interfaceUrl: string;
  readonly httpPort: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const token = 'token-of-the-tests-of-the-whole';

/** Starts it with nothing configured but ports that are free. The user interface is built where it is not. */
export async function startHeadlessHost(env: Readonly<Record<string, string>> = {}): Promise<HeadlessHost> {
  await using stack = new AsyncDisposableStack();
  await prepareInterface();
  const home = stack.use(await temporaryDirectory('headless-home'));
  const [controlPort, httpPort] = [await freePort(), await freePort()];
  writeStore(home.path, { 'http.port': httpPort });
  const child = stack.use(
    await startChild({
      command: process.execPath,
      args: [...hostOptions, `${root}main/headless.ts`, '--home', home.path],
      env: { CONTROL_PORT: String(controlPort), CONTROL_TOKEN: token, ...env },
      ready: { output: /Ctrl\+C stops it/ },
    }),
  );
  const owned = stack.move();
  return {
    child,
    home,
    httpPort,
    interfaceUrl: `http://127.0.0.1:${controlPort}/#token=${token}`,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
