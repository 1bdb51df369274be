import type { HostAbilities } from '../../../broker/control/contract/host.ts';
import type { HostCapabilities } from '../../../broker/control/control-services.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';
import type { HostQuestion, ToGateway } from './gateway-messages.ts';

interface Waiting {
  readonly resolve: (path: string | undefined) => void;
  readonly reject: (error: BrokerError) => void;
}

/** A person may take their time in a dialog, but not for ever. */
const answerWithinMs = 10 * 60_000;

/** What the desktop can do, as the gateway's process sees it: each wish goes to the desktop's process. */
export class ForwardedHost implements HostCapabilities {
  readonly #ask: (id: number, question: HostQuestion) => void;
  readonly #waiting = new Map<number, Waiting>();
  #abilities: HostAbilities;
  #lastId = 0;

  /** @param ask sends a question to the desktop's process; its answer comes to `receive` */
  constructor(abilities: HostAbilities, ask: (id: number, question: HostQuestion) => void) {
    this.#abilities = abilities;
    this.#ask = ask;
  }

  abilities(): HostAbilities {
    return this.#abilities;
  }

  chooseFolder(startAt: string | undefined): Promise<string | undefined> {
    return this.#answerTo({ what: 'choose-folder', startAt });
  }

  async openFolder(path: string): Promise<void> {
    await this.#answerTo({ what: 'open-folder', path });
  }

  async startAtLogin(enabled: boolean): Promise<void> {
    await this.#answerTo({ what: 'start-at-login', enabled });
  }

  /** Takes an answer, a refusal, or the abilities as they have become. */
  receive(message: Extract<ToGateway, { type: 'answer' | 'refusal' | 'abilities' }>): void {
    if (message.type === 'abilities') {
      this.#abilities = message.abilities;
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (message.type === 'answer') waiting?.resolve(message.path);
    else waiting?.reject(new BrokerError('not-supported', message.message));
  }

  async #answerTo(question: HostQuestion): Promise<string | undefined> {
    const id = (this.#lastId += 1);
    const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
    this.#waiting.set(id, { resolve, reject });
    const limit = setTimeout(() => {
      reject(new BrokerError('cancelled', 'Nothing was chosen within ten minutes.'));
    }, answerWithinMs);
    try {
      this.#ask(id, question);
      return await promise;
    } finally {
      clearTimeout(limit);
      this.#waiting.delete(id);
    }
  }
}
