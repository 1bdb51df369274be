import { Broker } from '../../broker/broker.ts';
import type { Config } from '../../broker/config/config.ts';
import { loadConfig } from '../../broker/config/load-config.ts';
import type { LogOutput } from '../../broker/observe/logger.ts';
import { createLogger } from '../../broker/observe/logger.ts';
import type { Peer } from './dcmtk-tools.ts';
import { freePort } from './free-port.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface GatewayOptions {
  /** The archive that is queried and retrieved from. */
  readonly archive: Peer;
  /** Port of the storage SCP, where the archive had to be told it beforehand. */
  readonly scpPort?: number;
  /** Kept where given, else a temporary one. */
  readonly cacheDirectory?: string;
  /** More settings by their variables: `WADO_RETRY_DELAY_IN_SECS`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** A gateway in this process, listening on loopback. */
export interface Gateway extends AsyncDisposable {
  readonly broker: Broker;
  /** `http://127.0.0.1:…/qido-rs`, `/wado-rs` and `/stow-rs`. */
  readonly qido: string;
  readonly wado: string;
  readonly stow: string;
  readonly origin: string;
  readonly scp: Peer;
  readonly cacheDirectory: string;
  /** Its configuration with other settings, by their variables. */
  configuration(settings: Readonly<Record<string, string>>): Config;
  /** Everything it has logged, in lines. */
  log(): string;
  stop(): Promise<void>;
}

/** AE title under which the gateway calls and receives in tests. */
export const gatewayAeTitle = 'BROKER';

/** Starts a gateway in front of an archive, with short waits unless the settings say otherwise. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  await using stack = new AsyncDisposableStack();
  const cacheDirectory = options.cacheDirectory ?? stack.use(await temporaryDirectory('gateway-cache')).path;
  const scpPort = options.scpPort ?? (await freePort());
  const env = environment(options, cacheDirectory, scpPort);
  const { config } = loadConfig({ env });
  const lines: string[] = [];
  const output: LogOutput = { write: (line) => void lines.push(line), close: () => undefined };
  const logger = createLogger(config.log, output);
  const broker = new Broker(config, logger);
  const { http } = await broker.start();
  stack.defer(() => broker.stop());
  const origin = `http://127.0.0.1:${http.port}`;
  const owned = stack.move();
  return {
    broker,
    origin,
    qido: `${origin}${config.qido.urlBase}`,
    wado: `${origin}${config.wado.urlBase}`,
    stow: `${origin}${config.stow.urlBase}`,
    scp: { host: '127.0.0.1', port: scpPort, aeTitle: gatewayAeTitle },
    cacheDirectory,
    configuration: (settings) => loadConfig({ env: { ...env, ...settings } }).config,
    log: () => lines.join(''),
    stop: () => owned.disposeAsync(),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function environment(
  options: GatewayOptions,
  cacheDirectory: string,
  scpPort: number,
): Record<string, string> {
  const { aeTitle, host, port } = options.archive;
  const remote = (use: string): Record<string, string> => ({
    [`${use}_REMOTE_AE`]: aeTitle,
    [`${use}_REMOTE_HOST`]: host,
    [`${use}_REMOTE_PORT`]: String(port),
    [`${use}_LOCAL_AE`]: gatewayAeTitle,
  });
  return {
    ...remote('QIDO'),
    ...remote('WADO'),
    SCP_LOCAL_AE: gatewayAeTitle,
    SCP_LOCAL_HOST: '127.0.0.1',
    SCP_LOCAL_PORT: String(scpPort),
    SCP_CACHE_DIR_PATH: cacheDirectory,
    HTTP_PORT: '0',
    LOG_LEVEL: 'debug',
    WADO_RETRIEVE_TIMEOUT_IN_SECS: '2',
    WADO_CANCEL_GRACE_IN_SECS: '1',
    WADO_FIRST_INSTANCE_TIMEOUT_IN_SECS: '10',
    ...options.settings,
  };
}
