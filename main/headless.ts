import { Broker, type BrokerAddresses } from '../broker/broker.ts';
import type { Config } from '../broker/config/config.ts';
import { loadConfig } from '../broker/config/load-config.ts';
import { toBrokerError } from '../broker/domain/errors.ts';
import { createLogger } from '../broker/observe/logger.ts';
import { parseCommandLine, usage } from './command-line.ts';
import { isUnconfigured, startDemo } from './demo.ts';
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
  const demo = wantsDemo ? stack.use(await startDemo(process.env)) : undefined;
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
  greet(config, addresses, demo !== undefined);

  const reason = await stop;
  logger.info({ reason }, 'The gateway stops.');
}

function greet(config: Config, addresses: BrokerAddresses, isDemo: boolean): void {
  console.log(welcome(config, addresses, isDemo));
}

try {
  await main();
} catch (error) {
  const { message, remedy } = toBrokerError(error);
  console.error(remedy === undefined ? message : `${message}\n${remedy}`);
  process.exitCode = 1;
}
