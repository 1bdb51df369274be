import { Broker } from '../broker/broker.ts';
import { loadConfig } from '../broker/config/load-config.ts';
import { toBrokerError } from '../broker/domain/errors.ts';
import { createLogger } from '../broker/observe/logger.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { isUnconfigured } from './unconfigured.ts';
import { untilStopSignal } from './stop-signal.ts';
import { welcome } from './welcome.ts';

/** The headless host: configuration in, one gateway, until a signal ends it. */
async function main(): Promise<void> {
  const commandLine = parseCommandLine(process.argv.slice(2), process.env);
  if (commandLine.help) {
    console.log(usage);
    return;
  }
  await using stack = new AsyncDisposableStack();
  const wantsDemo = commandLine.demoIfUnconfigured && isUnconfigured(process.env, commandLine.home);
  // Loaded only where it is wanted: it brings a DICOM library of its own.
  const demo = wantsDemo ? stack.use(await (await import('./demo.ts')).startDemo(process.env)) : undefined;
  const { config, warnings } = loadConfig({ env: demo?.env ?? process.env, home: commandLine.home });

  const logger = createLogger(config.log);
  stack.defer(() => {
    logger.close();
  });
  for (const warning of warnings) logger.warn(warning);

  const stop = untilStopSignal();
  const broker = new Broker(config, logger);
  const addresses = await broker.start();
  stack.defer(() => broker.stop());
  console.log(welcome(config, addresses, demo?.study));

  const reason = await stop;
  logger.info({ reason }, 'The gateway stops.');
}

try {
  await main();
} catch (error) {
  const { message, remedy } = toBrokerError(error);
  console.error(remedy === undefined ? message : `${message}\n${remedy}`);
  process.exitCode = 1;
}
