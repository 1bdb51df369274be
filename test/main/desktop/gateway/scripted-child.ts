import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { GatewayChild } from '../../../../main/desktop/gateway/gateway-process.ts';
import type { FromGateway, ToGateway } from '../../../../main/desktop/gateway/gateway-messages.ts';

/** A gateway's process that a test leads. */
export class ScriptedChild extends EventEmitter implements GatewayChild {
  readonly stderr = new PassThrough();
  readonly received: ToGateway[] = [];
  kills = 0;

  postMessage(message: ToGateway): void {
    this.received.push(message);
  }

  kill(): boolean {
    this.kills += 1;
    this.emit('exit', 1);
    return true;
  }

  tell(message: FromGateway): void {
    this.emit('message', message);
  }

  end(code: number): void {
    this.emit('exit', code);
  }
}
