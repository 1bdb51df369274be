import type { Archive } from '../archive/archive.ts';
import type { CheckReceiver } from '../archive/check/check-receiver.ts';
import type { Cache } from '../cache/cache.ts';
import type { Metadata } from '../cache/metadata.ts';
import type { ThumbnailStore } from '../cache/thumbnail-store.ts';
import type { Config } from '../config/config.ts';
import type { ImagingPool } from '../dicom/imaging/imaging-pool.ts';
import type { HealthBoard } from '../observe/health.ts';
import type { LogBook } from '../observe/log-book.ts';
import type { Logger } from '../observe/logger.ts';
import type { Metrics } from '../observe/metrics.ts';
import type { Retrieval } from '../retrieval/retrieval.ts';
import type { ControlEvent } from './contract/events.ts';
import type { GatewayState, Throughput } from './contract/gateway-state.ts';
import type { HostAbilities } from './contract/host.ts';
import type {
  AppliedSettings,
  DescribedSettings,
  SettingChanges,
  SettingProblem,
  SettingsFile,
} from './contract/settings.ts';

/** The parts of a running gateway that the control API looks into. */
export interface GatewayParts {
  readonly config: Config;
  readonly addresses: {
    readonly http: { readonly host: string; readonly port: number };
    readonly scp: { readonly host: string; readonly port: number };
  };
  /** In the order in which they are shown. */
  readonly archives: readonly Archive[];
  readonly retrieval: Retrieval;
  readonly cache: Cache;
  readonly metadata: Metadata;
  readonly thumbnails: ThumbnailStore;
  readonly imaging: ImagingPool;
  readonly health: HealthBoard;
  readonly metrics: Metrics;
  /** Associations that are open with the storage SCP. */
  readonly incomingAssociations: () => number;
  /** HTTP connections that are open with DICOMweb. */
  readonly httpConnections: () => number;
  /** Bytes that archives have sent, and clients were sent, since some moment. */
  readonly traffic: () => { readonly received: number; readonly sent: number };
}

/** Whether there is a running gateway, and starting it again. */
export interface GatewayLifecycle {
  readonly phase: GatewayState['phase'];
  readonly phaseReasons: GatewayState['phaseReasons'];
  /** Undefined while it does not run. */
  readonly parts: GatewayParts | undefined;
  readonly startedAt: Date;
  restart(): Promise<void>;
  /** Calls `listener` after each change of phase or parts; the result takes it off again. */
  onChange(listener: () => void): () => void;
}

/** The gateway as the overview shows it. */
export interface GatewayView {
  state(): GatewayState;
  /** The last five minutes, the oldest second first. */
  throughput(): readonly Throughput[];
  /** The state, and then what changes, until the signal fires. */
  events(signal: AbortSignal): AsyncGenerator<ControlEvent, void, undefined>;
}

/** The settings as the window reads and changes them. */
export interface SettingsAccess {
  describe(): DescribedSettings;
  /** What would be wrong with the changes; nothing is saved. */
  validate(changes: SettingChanges): SettingProblem[];
  /** @throws BrokerError `configuration` naming each wrong change; nothing is saved then */
  save(changes: SettingChanges): Promise<AppliedSettings>;
  addArchive(name: string, changes: SettingChanges): Promise<AppliedSettings>;
  removeArchive(name: string): Promise<AppliedSettings>;
  orderArchives(names: readonly string[]): Promise<AppliedSettings>;
  export(): SettingsFile;
  import(file: SettingsFile): Promise<AppliedSettings>;
  /** Takes settings out of the settings store, all of them where none is named. */
  reset(properties?: readonly string[]): Promise<AppliedSettings>;
  onChange(listener: () => void): () => void;
}

/** What only a desktop can do; where the host cannot, calling throws BrokerError `not-supported`. */
export interface HostCapabilities {
  abilities(): HostAbilities;
  chooseFolder(startAt: string | undefined): Promise<string | undefined>;
  openFolder(path: string): Promise<void>;
  startAtLogin(enabled: boolean): Promise<void>;
}

/** All that the handlers of the control API are given. */
export interface ControlServices {
  readonly version: string;
  readonly lifecycle: GatewayLifecycle;
  readonly settings: SettingsAccess;
  readonly host: HostCapabilities;
  /** Receives what an archive sends that is being checked, also while no gateway runs. */
  readonly checkReceiver: CheckReceiver;
  readonly logger: Logger;
  /** What the logger writes into, besides its outputs: `createLogger(settings, undefined, logBook)`. */
  readonly logBook: LogBook;
  /** A GatewayWatch, made once for the process from lifecycle and settings; stopped after the control server. */
  readonly watch: GatewayView;
}
