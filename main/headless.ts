import { fileURLToPath } from 'node:url';
import { readSettings } from '../broker/config/read-settings.ts';
import { toBrokerError } from '../broker/domain/errors.ts';
import { Appliance } from './appliance.ts';
import { type CommandLine, parseCommandLine, usage } from './command-line.ts';
import type { Demo } from './demo.ts';
import { headlessHost } from './headless-host.ts';
import { untilStopSignal } from './stop-signal.ts';
import { programVersion } from './version.ts';
import { welcome } from './welcome.ts';

/** Where the build puts the user interface. */
const rendererDirectory = fileURLToPath(new URL('../dist/renderer', import.meta.url));

/** The headless host: one appliance, until a signal ends it. */
async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  if (commandLine.help) {
    console.log(usage);
    return;
  }
  const stop = untilStopSignal();
  await using stack = new AsyncDisposableStack();
  const demo = await demoFor(commandLine);
  if (demo !== undefined) stack.use(demo);
  const appliance = new Appliance({
    version: programVersion(),
    place: { env: process.env, home: commandLine.home, standIn: demo?.standIn },
    host: headlessHost,
    rendererDirectory,
  });
  stack.defer(() => appliance.stop());
  await appliance.start();
  console.log(
    welcome({
      lifecycle: appliance.lifecycle,
      interface: appliance.interface,
      isTerminal: process.stdout.isTTY,
      demoStudy: demo?.study,
    }),
  );

  const reason = await stop;
  appliance.logger.info({ reason }, 'The gateway stops.');
}

/** Where it is wanted and nobody has set the gateway up. Loaded only then: it brings a DICOM library of its own. */
async function demoFor({ demoIfUnconfigured, home }: CommandLine): Promise<Demo | undefined> {
  if (!demoIfUnconfigured) return undefined;
  const { isUntouched, values } = readSettings({ env: process.env, home });
  if (!isUntouched) return undefined;
  const { startDemo } = await import('./demo.ts');
  return await startDemo(values['scp.local_port'] ?? 11112);
}

try {
  await main();
} catch (error) {
  const { message, remedy } = toBrokerError(error);
  console.error(remedy === undefined ? message : `${message}\n${remedy}`);
  process.exitCode = 1;
}
