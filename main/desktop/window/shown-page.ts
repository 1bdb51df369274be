import type { GatewayCondition } from '../gateway/gateway-process.ts';
import { ownPageUrl } from './own-page.ts';

/**
 * Where the button of the fault page leads. No such host can exist (RFC 2606), and the window follows no
 * link: the desktop sees the attempt and starts the gateway.
 */
export const restartUrl = 'https://restart.invalid/';

/**
 * The address of what the window shows.
 * @param token of the control API; it is in the fragment, which no server is ever sent
 */
export function shownPage(condition: GatewayCondition, token: string): string {
  switch (condition.is) {
    case 'running':
      return `${condition.url}#token=${token}`;
    case 'starting':
    case 'stopped':
      return ownPageUrl({
        title: condition.is === 'starting' ? 'The gateway is starting' : 'The gateway is stopping',
        paragraphs: ['This window follows.'],
      });
    case 'failed': {
      const { fault, restartAt } = condition;
      const at = restartAt.toLocaleTimeString(undefined, { timeStyle: 'medium' });
      return ownPageUrl({
        title: 'The gateway has stopped unexpectedly',
        paragraphs: [
          fault.message,
          ...(fault.remedy === undefined ? [] : [fault.remedy]),
          `Viewers get no images until it runs again. It is started again by itself at ${at}.`,
        ],
        details: fault.lastLines,
        action: { label: 'Start it now', url: restartUrl },
      });
    }
  }
}
