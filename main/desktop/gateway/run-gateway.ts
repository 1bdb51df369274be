import type { HostCapabilities } from '../../../broker/control/control-services.ts';
import { toBrokerError } from '../../../broker/domain/errors.ts';
import { ForwardedHost } from './forwarded-host.ts';
import type { FromGateway, GatewayStart, ToGateway } from './gateway-messages.ts';

/** As much of Electron's ParentPort as is used. */
export interface ParentPort {
  postMessage(message: FromGateway): void;
  on(event: 'message', listener: (event: { data: ToGateway }) => void): unknown;
}

/** A started gateway with its control API. */
export interface StartedGateway {
  /** Of the user interface; it ends with a slash. The control API is below it. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param onMove is called when the user interface has gone to another URL */
export type StartGateway = (
  start: GatewayStart,
  host: HostCapabilities,
  onMove: (url: string) => void,
) => Promise<StartedGateway>;

export interface GatewayRunParts {
  readonly port: ParentPort;
  readonly startGateway: StartGateway;
  /** Ends this process. */
  readonly exit: (code: number) => void;
}

/** One gateway, from the `start` message of the desktop's process to its `stop`. */
export function runGateway({ port, startGateway, exit }: GatewayRunParts): void {
  let host: ForwardedHost | undefined;
  let started: Promise<StartedGateway> | undefined;
  port.on('message', ({ data }) => {
    switch (data.type) {
      case 'start':
        host = new ForwardedHost(data.start.abilities, (id, question) =>
          port.postMessage({ type: 'question', id, question }),
        );
        started = startGateway(data.start, host, (url) => port.postMessage({ type: 'ready', url }));
        void report(started);
        return;
      case 'abilities':
      case 'answer':
      case 'refusal':
        host?.receive(data);
        return;
      case 'stop':
        void stop(started);
        return;
    }
  });

  async function report(starting: Promise<StartedGateway>): Promise<void> {
    try {
      port.postMessage({ type: 'ready', url: (await starting).url });
    } catch (error) {
      const { message, remedy } = toBrokerError(error);
      port.postMessage({ type: 'failed', message, remedy });
      exit(1);
    }
  }

  async function stop(starting: Promise<StartedGateway> | undefined): Promise<void> {
    try {
      await (await starting)?.stop();
      exit(0);
    } catch {
      // It did not come up, or did not end in good order: the process ends in any case.
      exit(1);
    }
  }
}
