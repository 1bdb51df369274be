import type { GatewayLifecycle, GatewayParts } from '../broker/control/control-services.ts';
import type { InterfaceAddress } from './appliance.ts';

export interface Welcomed {
  readonly lifecycle: Pick<GatewayLifecycle, 'phase' | 'phaseReasons' | 'parts'>;
  readonly interface: InterfaceAddress | undefined;
  /** False where what is printed is kept by somebody: no token goes there. */
  readonly isTerminal: boolean;
  /** A study of the demo archive, where that is what the gateway stands in front of. */
  readonly demoStudy: string | undefined;
}

/** What the host prints when it has started: how it is, where it listens, and what to do next. */
export function welcome(welcomed: Welcomed): string {
  const { lifecycle, demoStudy } = welcomed;
  const { parts } = lifecycle;
  return [
    '',
    ...(parts === undefined ? notRunning(lifecycle) : running(parts, demoStudy)),
    '',
    ...userInterface(welcomed),
    ...(parts === undefined ? [] : tryIt(parts, demoStudy)),
    '',
    'Ctrl+C stops it.',
    '',
  ].join('\n');
}

function running({ config, addresses }: GatewayParts, demoStudy: string | undefined): string[] {
  const base = baseUrl(addresses);
  const archives = config.archives.map(
    ({ name, qido }) => `  Archive ${name}: ${qido.remoteAe} at ${qido.remoteHost}:${qido.remotePort}`,
  );
  return [
    demoStudy !== undefined
      ? 'DCMRS Broker is running, with the built-in demo archive: no archive is configured.'
      : 'DCMRS Broker is running.',
    '',
    ...archives,
    `  Storage SCP:     ${config.scp.localAe} at ${addresses.scp.host}:${addresses.scp.port}`,
    `  QIDO-RS:         ${base}${config.qido.urlBase}`,
    `  WADO-RS:         ${base}${config.wado.urlBase}`,
    `  For viewers:     ${base}/dicom-web (all services under one URL)`,
    `  Health, metrics: ${base}/health, ${base}/metrics`,
  ];
}

function notRunning({ phase, phaseReasons }: Welcomed['lifecycle']): string[] {
  if (phase === 'unconfigured') {
    const count = phaseReasons.length === 1 ? '1 problem' : `${phaseReasons.length} problems`;
    return [
      `DCMRS Broker is not set up and serves nothing yet: its settings have ${count}; the log names each.`,
    ];
  }
  const reasons = phaseReasons.flatMap(({ message, remedy }) => [
    `  ${message}`,
    ...(remedy === undefined ? [] : [`  ${remedy}`]),
  ]);
  return ['DCMRS Broker is not running; it is tried again where that may help.', '', ...reasons];
}

function userInterface({ interface: address, isTerminal, lifecycle }: Welcomed): string[] {
  if (address === undefined) return ['  User interface:  none (see the log)'];
  const { url, token } = address;
  const does = lifecycle.phase === 'unconfigured' ? 'Set it up at:' : 'User interface:';
  const name = `  ${does.padEnd(16)}`;
  if (token === undefined) return [`${name} ${url} (sign in with control.token)`];
  if (isTerminal) return [`${name} ${url}#token=${token}`];
  return [`${name} ${url} (to sign in, set control.token, the variable CONTROL_TOKEN, and start again)`];
}

function tryIt({ config, addresses }: GatewayParts, demoStudy: string | undefined): string[] {
  const base = baseUrl(addresses);
  return [
    '',
    'Try it:',
    '',
    `  curl -H "Accept: application/json" "${base}${config.qido.urlBase}/studies?limit=10"`,
    `  curl -H 'Accept: multipart/related; type="application/dicom"' ${base}${config.wado.urlBase}/studies/${demoStudy ?? '{StudyInstanceUID}'} -o study.multipart`,
  ];
}

function baseUrl({ http }: GatewayParts['addresses']): string {
  return `http://${displayHost(http.host)}:${http.port}`;
}

function displayHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
