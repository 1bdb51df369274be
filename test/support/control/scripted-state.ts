import type { GatewayState, RetrievalState } from '../../../broker/control/contract/gateway-state.ts';

/** A time before now, as the control API writes it. */
export function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1_000).toISOString();
}

/** Text that would do something if it were taken for markup. */
export const markup = '<img src=x onerror="window.wasRun = true"><b>DOE</b>^JANE';

/** A gateway that works, with two archives and retrievals under way. */
export function scriptedState(): GatewayState {
  return {
    version: '1.0.0',
    phase: 'running',
    phaseReasons: [],
    health: {
      state: 'working',
      components: [
        { component: 'archive MAIN', state: 'working', since: ago(90_000) },
        { component: 'archive SECOND', state: 'working', since: ago(4_000) },
        { component: 'storage SCP', state: 'working', since: ago(90_000) },
        { component: 'cache', state: 'working', since: ago(90_000) },
      ],
    },
    startedAt: ago(90_000),
    archives: [
      {
        name: 'MAIN',
        aeTitle: 'MAIN-PACS',
        host: '10.1.2.3',
        port: 104,
        state: 'answers',
        roundTripInMs: 12,
        lastAskedAt: ago(8),
      },
      {
        name: 'SECOND',
        aeTitle: 'SECOND-PACS',
        host: 'pacs2.hospital.example',
        port: 11112,
        state: 'answers',
        roundTripInMs: 38,
        lastAskedAt: ago(21),
      },
    ],
    receiver: { aeTitle: 'BROKER', host: '0.0.0.0', port: 11112, listening: true, associations: 2 },
    dicomweb: {
      url: 'http://localhost:4567/dicom-web',
      qidoUrl: 'http://localhost:4567/qido-rs',
      wadoUrl: 'http://localhost:4567/wado-rs',
      stowUrl: 'http://localhost:4567/stow-rs',
      host: '127.0.0.1',
      port: 4567,
      listening: true,
      clients: 3,
    },
    cache: {
      directory: '/var/cache/dcmrs-broker',
      bytes: 41_200_000_000,
      maxBytes: 200_000_000_000,
      diskFreeBytes: 612_000_000_000,
      studies: 1_284,
      instances: 482_113,
      oldestUseAt: ago(58 * 60),
    },
    retrievals: [
      scriptedRetrieval({ id: 'r1' }),
      scriptedRetrieval({
        id: 'r2',
        patientName: markup,
        modality: 'MR',
        description: 'Kopf <b>nativ</b>',
        received: 20,
        expected: undefined,
        secondsLeft: undefined,
        receivedBytes: 10_500_000,
        bytesPerSecond: 12_000_000,
      }),
    ],
    problems: [],
  };
}

/** A retrieval under way; `undefined` leaves a field out. */
export function scriptedRetrieval(
  change: { [Key in keyof RetrievalState]?: RetrievalState[Key] | undefined } = {},
): RetrievalState {
  const whole = {
    id: 'r',
    archive: 'MAIN',
    level: 'study',
    study: '1.2.826.0.1.3680043.8.498.1',
    patientName: 'DOE^JANE',
    description: 'CT chest',
    modality: 'CT',
    state: 'asking',
    startedAt: ago(14),
    attempt: 1,
    received: 312,
    expected: 400,
    receivedBytes: 164_000_000,
    bytesPerSecond: 84_000_000,
    secondsLeft: 4,
    ...change,
  };
  return Object.fromEntries(
    Object.entries(whole).filter(([, value]) => value !== undefined),
  ) as RetrievalState;
}
