import { SecretSeal } from '../../../broker/config/secret-seal.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import { Appliance } from '../../appliance.ts';
import { programVersion } from '../../version.ts';
import { runGateway, type StartGateway } from './run-gateway.ts';

/** How often it is looked whether a setting has moved the user interface to another address. */
const lookEveryMs = 500;

// The process of the gateway, started by GatewayProcess.

// Electron only warns of these here. What failed without anybody knowing is better started again.
process.on('unhandledRejection', (reason) => {
  throw reason;
});
// From a terminal they come to all processes; the desktop's own ends this one in good order.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

const startGateway: StartGateway = async (start, host, onMove) => {
  const { home, defaults, interfaceDirectory: rendererDirectory, token, secretKey } = start;
  const seal = secretKey === undefined ? undefined : new SecretSeal(Buffer.from(secretKey, 'base64'));
  const place = { env: process.env, home, defaults, seal };
  const appliance = new Appliance({ version: programVersion(), place, host, rendererDirectory, token });
  await appliance.start();
  const url = appliance.interface?.url;
  if (url === undefined) {
    await appliance.stop();
    throw new BrokerError('configuration', 'The user interface cannot be served; the log says why.');
  }
  let known = url;
  const looking = setInterval(() => {
    const now = appliance.interface?.url ?? known;
    if (now !== known) onMove(now);
    known = now;
  }, lookEveryMs);
  return {
    url,
    async stop() {
      clearInterval(looking);
      await appliance.stop();
    },
  };
};

runGateway({ port: process.parentPort, startGateway, exit: (code) => process.exit(code) });
