import type { Archive } from '../../archive/archive.ts';
import type { HealthSummary } from '../../observe/health.ts';
import type { ArchiveState, GatewayState, Trouble } from '../contract/gateway-state.ts';
import { troubleOf } from '../control-problem.ts';
import type { GatewayParts } from '../control-services.ts';
import { endpointUrl } from '../viewers/service-urls.ts';

/** The component's health as the window shows it. */
export function healthOf({ state, components }: HealthSummary): GatewayState['health'] {
  return {
    state,
    components: components.map(({ component, state: ofComponent, since, ...health }) => {
      const trouble = troubleIn(health);
      return { component, state: ofComponent, since, ...(trouble === undefined ? {} : { trouble }) };
    }),
  };
}

function troubleIn(health: {
  readonly reason?: string;
  readonly remedy?: string;
  readonly code?: string;
  readonly dimseStatus?: string;
}): Trouble | undefined {
  const { reason, ...rest } = health;
  return reason === undefined ? undefined : { message: reason, ...rest };
}

/** Each archive and how it answered when it was last asked. */
export function archiveStates({
  config,
  archives,
}: Pick<GatewayParts, 'config' | 'archives'>): ArchiveState[] {
  return archives.map((archive) => {
    const remote = config.archives.find(({ name }) => name === archive.name)?.qido;
    return {
      name: archive.name,
      aeTitle: remote?.remoteAe ?? archive.aeTitle,
      host: remote?.remoteHost ?? '',
      port: remote?.remotePort ?? 0,
      ...answerOf(archive),
    };
  });
}

function answerOf({
  lastEcho,
}: Archive): Pick<ArchiveState, 'state' | 'roundTripInMs' | 'lastAskedAt' | 'trouble'> {
  if (lastEcho === undefined) return { state: 'unknown' };
  const { at, error, roundTripInMs } = lastEcho;
  // It took the association, and lacks no more than the service to verify it by.
  const answers = error === undefined || error.code === 'context-not-accepted';
  return {
    state: answers ? 'answers' : 'silent',
    lastAskedAt: new Date(at).toISOString(),
    ...(roundTripInMs === undefined ? {} : { roundTripInMs }),
    ...(answers ? {} : { trouble: troubleOf(error) }),
  };
}

/** Where images are received. */
export function receiverState({
  config,
  addresses,
  health,
  incomingAssociations,
}: GatewayParts): NonNullable<GatewayState['receiver']> {
  return {
    aeTitle: config.scp.localAe,
    ...addresses.scp,
    listening: isListening(health.summary(), 'storage SCP'),
    associations: incomingAssociations(),
  };
}

/** Where viewers ask. */
export function dicomwebState({
  config,
  addresses,
  health,
  httpConnections,
}: GatewayParts): NonNullable<GatewayState['dicomweb']> {
  const { host, port } = addresses.http;
  const base = endpointUrl({ config, addresses });
  return {
    url: `${base}/dicom-web`,
    qidoUrl: `${base}${config.qido.urlBase}`,
    wadoUrl: `${base}${config.wado.urlBase}`,
    stowUrl: `${base}${config.stow.urlBase}`,
    host,
    port,
    listening: isListening(health.summary(), 'DICOMweb'),
    clients: httpConnections(),
  };
}

function isListening({ components }: HealthSummary, name: string): boolean {
  return components.some(({ component, state }) => component === name && state !== 'not-working');
}
