import { expect, it } from 'vitest';
import { loadConfig } from '../../broker/config/load-config.ts';
import type { GatewayParts } from '../../broker/control/control-services.ts';
import { welcome, type Welcomed } from '../../main/welcome.ts';

const { config } = loadConfig({
  env: {
    QIDO_REMOTE_AE: 'PACS',
    QIDO_REMOTE_HOST: 'pacs.example.org',
    QIDO_LOCAL_AE: 'BROKER',
    WADO_REMOTE_AE: 'PACS',
    WADO_REMOTE_HOST: 'pacs.example.org',
    WADO_LOCAL_AE: 'BROKER',
    SCP_LOCAL_AE: 'BROKER',
    SCP_CACHE_DIR_PATH: '/cache',
  },
});
const parts = {
  config,
  addresses: { http: { host: '0.0.0.0', port: 4567 }, scp: { host: '0.0.0.0', port: 11112 } },
} as GatewayParts;
const running: Welcomed = {
  lifecycle: { phase: 'running', phaseReasons: [], parts },
  interface: { url: 'http://127.0.0.1:4568/', token: 'made-by-this-process' },
  isTerminal: true,
  demoStudy: undefined,
};
const unconfigured: Welcomed['lifecycle'] = {
  phase: 'unconfigured',
  phaseReasons: [{ message: 'a is missing.' }, { message: 'b is missing.' }],
  parts: undefined,
};

it('says where everything is, and gives a terminal the link that signs in', () => {
  const text = welcome(running);
  expect(text).toContain('http://localhost:4567/dicom-web');
  expect(text).toContain('http://127.0.0.1:4568/#token=made-by-this-process');
});

it('puts no token where it would be kept', () => {
  const text = welcome({ ...running, isTerminal: false });
  expect(text).not.toContain('made-by-this-process');
  expect(text).toContain('CONTROL_TOKEN');
});

it('says how to sign in where the token is configured', () => {
  const text = welcome({ ...running, interface: { url: 'http://127.0.0.1:4568/', token: undefined } });
  expect(text).toContain('sign in with control.token');
});

it('leads to the set-up where the gateway is not set up', () => {
  const text = welcome({ ...running, lifecycle: unconfigured });
  expect(text).toContain('its settings have 2 problems');
  expect(text).toContain('Set it up at:    http://127.0.0.1:4568/#token=');
  expect(text).not.toContain('curl');
});

it('says why it does not run, and what to do', () => {
  const lifecycle: Welcomed['lifecycle'] = {
    phase: 'failed',
    phaseReasons: [{ message: 'The port is taken.', remedy: 'Choose another one.' }],
    parts: undefined,
  };
  const text = welcome({ ...running, lifecycle, interface: undefined });
  expect(text).toContain('The port is taken.\n  Choose another one.');
  expect(text).toContain('User interface:  none');
});
