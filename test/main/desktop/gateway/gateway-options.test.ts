import { expect, it } from 'vitest';
import { hostOptions } from '../../../../build/host-options.mjs';
import { gatewayForkOptions } from '../../../../main/desktop/gateway/gateway-options.ts';

it('starts the gateway with the options of the headless host', () => {
  expect(gatewayForkOptions.execArgv).toEqual([`--js-flags=${hostOptions.join(' ')}`]);
});
