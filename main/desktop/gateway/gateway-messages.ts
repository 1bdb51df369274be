import type { HostAbilities } from '../../../broker/control/contract/host.ts';

/** What the gateway's process asks of the desktop's. */
export type HostQuestion =
  | { readonly what: 'choose-folder'; readonly startAt: string | undefined }
  | { readonly what: 'open-folder'; readonly path: string }
  | { readonly what: 'start-at-login'; readonly enabled: boolean };

/** What the gateway is started with. Nothing of it is on a command line, where others could read it. */
export interface GatewayStart {
  readonly home: string;
  /** Which the control API asks for. */
  readonly token: string;
  /** Seals the secrets of the settings store, in base64; undefined where the platform keeps none. */
  readonly secretKey: string | undefined;
  /** The built user interface. */
  readonly interfaceDirectory: string;
  /** What counts where nobody has set anything else, by property. */
  readonly defaults: Readonly<Record<string, string | number>>;
  readonly abilities: HostAbilities;
}

/** From the desktop's process to the gateway's. */
export type ToGateway =
  | { readonly type: 'start'; readonly start: GatewayStart }
  | { readonly type: 'abilities'; readonly abilities: HostAbilities }
  | { readonly type: 'answer'; readonly id: number; readonly path: string | undefined }
  | { readonly type: 'refusal'; readonly id: number; readonly message: string }
  | { readonly type: 'stop' };

/** From the gateway's process to the desktop's. */
export type FromGateway =
  /** The control API and the user interface are at `url`; sent again where they have moved. */
  | { readonly type: 'ready'; readonly url: string }
  /** It cannot start; the process ends after it. */
  | { readonly type: 'failed'; readonly message: string; readonly remedy: string | undefined }
  | { readonly type: 'question'; readonly id: number; readonly question: HostQuestion };
