import { checkReceiver } from '../../broker/broker.ts';
import type { ControlServices } from '../../broker/control/control-services.ts';
import { type ScriptedServices, scriptedServices } from './control-services.ts';
import { type StartedControlServer, startControlServer } from './control-server.ts';
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts';

export interface ControlGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly control: StartedControlServer;
  readonly client: StartedControlServer['client'];
}

/** A gateway and the control API in front of it. */
export async function startControlGateway(options: GatewayOptions): Promise<ControlGateway> {
  await using stack = new AsyncDisposableStack();
  const gateway = stack.use(await startGateway(options));
  const scripted: ScriptedServices = scriptedServices();
  scripted.lifecycle.set({ parts: gateway.broker.parts });
  const services: ControlServices = { ...scripted, checkReceiver: checkReceiver(() => gateway.broker) };
  const control = stack.use(await startControlServer(services));
  const owned = stack.move();
  return {
    gateway,
    control,
    client: control.client,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
