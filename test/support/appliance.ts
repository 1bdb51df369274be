import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import { Appliance, type ApplianceOptions } from '../../main/appliance.ts';
import { headlessHost } from '../../main/headless-host.ts';
import { RestartDelay } from '../../main/restart-delay.ts';
import type { ControlClient } from './control-server.ts';
import type { Peer } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { gatewayAeTitle } from './gateway.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface TestAppliance extends AsyncDisposable {
  readonly appliance: Appliance;
  readonly home: string;
  readonly client: ControlClient;
  /** Everything it has logged, in lines. */
  log(): string;
  /** Of DICOMweb, without a slash at its end. */
  dicomweb(): string;
  /** Status of the health report of the control listener. */
  health(): Promise<number>;
}

export interface TestApplianceOptions extends Omit<Partial<ApplianceOptions>, 'place'> {
  /** What the settings store holds at the start. */
  readonly stored?: Readonly<Record<string, string | number | boolean>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly standIn?: ApplianceOptions['place']['standIn'];
}

/** The settings that put a gateway in front of an archive, on free ports of this machine. */
export async function archiveSettings(
  archive: Peer,
  scpPort?: number,
): Promise<Record<string, string | number>> {
  const remote = (use: string): Record<string, string | number> => ({
    [`${use}.remote_ae`]: archive.aeTitle,
    [`${use}.remote_host`]: archive.host,
    [`${use}.remote_port`]: archive.port,
    [`${use}.local_ae`]: gatewayAeTitle,
  });
  return {
    ...remote('qido'),
    ...remote('wado'),
    'scp.local_ae': gatewayAeTitle,
    'scp.local_host': '127.0.0.1',
    'scp.local_port': scpPort ?? (await freePort()),
    'http.port': await freePort(),
  };
}

/** An appliance with a home of its own, in this process; `start` is still to be called. */
export async function makeAppliance(options: TestApplianceOptions = {}): Promise<TestAppliance> {
  const { stored, env = {}, standIn, ...others } = options;
  await using stack = new AsyncDisposableStack();
  const { path: home } = stack.use(await temporaryDirectory('appliance'));
  await mkdir(join(home, 'conf'));
  if (stored !== undefined) await writeFile(join(home, 'conf', 'settings.json'), JSON.stringify(stored));
  const lines: string[] = [];
  const appliance = new Appliance({
    version: '1.2.3',
    place: {
      home,
      env,
      standIn,
      defaults: { 'control.port': 0, 'scp.cache_dir_path': join(home, 'cache') },
    },
    host: headlessHost,
    console: { write: (line) => void lines.push(line), close: () => undefined },
    restartDelay: new RestartDelay(100),
    ...others,
  });
  stack.defer(() => appliance.stop());
  const owned = stack.move();
  const headers = (): Record<string, string> => ({
    authorization: `Bearer ${appliance.interface?.token ?? env['CONTROL_TOKEN']}`,
  });
  const url = (): string => appliance.interface?.url ?? '';
  return {
    appliance,
    home,
    client: createORPCClient(new RPCLink({ url: () => `${url()}rpc`, headers })),
    log: () => lines.join(''),
    dicomweb: () => `http://127.0.0.1:${appliance.lifecycle.parts?.addresses.http.port}`,
    health: async () => (await fetch(`${url()}health`)).status,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

export async function startAppliance(options: TestApplianceOptions = {}): Promise<TestAppliance> {
  const made = await makeAppliance(options);
  await made.appliance.start();
  return made;
}
