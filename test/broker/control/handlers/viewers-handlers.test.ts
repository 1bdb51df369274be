import { call } from '@orpc/server';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../broker/config/load-config.ts';
import type { GatewayParts } from '../../../../broker/control/control-services.ts';
import type { ViewerSettings } from '../../../../broker/control/contract/viewers.ts';
import { viewersHandlers } from '../../../../broker/control/handlers/viewers-handlers.ts';
import { scriptedServices } from '../../../support/control-services.ts';

const required = {
  QIDO_REMOTE_AE: 'PACS',
  QIDO_REMOTE_HOST: 'pacs.example',
  QIDO_LOCAL_AE: 'BROKER',
  WADO_REMOTE_AE: 'PACS',
  WADO_REMOTE_HOST: 'pacs.example',
  WADO_LOCAL_AE: 'BROKER',
  SCP_LOCAL_AE: 'BROKER',
  SCP_CACHE_DIR_PATH: 'cache',
};

function handlersOf(settings: Record<string, string> = {}, host = '127.0.0.1') {
  const { config } = loadConfig({ env: { ...required, ...settings } });
  const services = scriptedServices();
  const cache = { catalogue: { study: () => ({ patientId: 'P 1&x' }) } };
  const addresses = { http: { host, port: 4567 }, scp: { host, port: 11112 } };
  services.lifecycle.parts = { config, addresses, cache } as unknown as GatewayParts;
  return viewersHandlers(services);
}

const asked = async (settings?: Record<string, string>, host?: string): Promise<ViewerSettings[]> =>
  call(handlersOf(settings, host).settings, undefined);

function textOf(viewers: readonly ViewerSettings[], name: string): string {
  return viewers.find((one) => one.name === name)?.text ?? '';
}

describe('ready settings', () => {
  it('name the endpoint, and have a name each', async () => {
    const viewers = await asked();
    expect(viewers.map(({ name }) => name)).toEqual([
      ...['OHIF 3', 'Cornerstone3D', 'dicomweb-client', 'Python', 'Weasis', '3D Slicer', 'curl'],
    ]);
    for (const { text } of viewers) expect(text).toContain('http://localhost:4567/dicom-web');
  });

  it('of OHIF are what its configuration takes', async () => {
    const archives = {
      ARCHIVES_OTHER_QIDO_REMOTE_AE: 'OTHER',
      ARCHIVES_OTHER_QIDO_REMOTE_HOST: 'other.example',
    };
    const viewers = await asked({ ...archives, HTTP_PUBLIC_URL: 'https://pacs.example.org/dicom/' });
    const config = runInNewContext(`({ ${textOf(viewers, 'OHIF 3')} })`) as {
      dataSources: { sourceName: string; configuration: Record<string, unknown> }[];
      defaultDataSourceName: string;
    };
    expect(config.defaultDataSourceName).toBe('dcmrs-default');
    const root = 'https://pacs.example.org/dicom/dicom-web';
    expect(config.dataSources[0]).toMatchObject({
      namespace: '@ohif/extension-default.dataSourcesModule.dicomweb',
      sourceName: 'dcmrs-default',
      configuration: {
        qidoRoot: root,
        wadoRoot: root,
        wadoUriRoot: `${root}/wado`,
        imageRendering: 'wadors',
        thumbnailRendering: 'wadors',
        bulkDataURI: { enabled: true },
      },
    });
    expect(config.dataSources[1]?.configuration['qidoRoot']).toBe(
      'https://pacs.example.org/dicom/archives/other/dicom-web',
    );
  });

  it('of Weasis hold a link that says what the command says', async () => {
    const [, command, link] = textOf(await asked(), 'Weasis').split('\n');
    expect(decodeURIComponent(link?.replace('weasis://', '') ?? '')).toBe(command);
  });

  it('say how others call a gateway that is served to the network', async () => {
    for (const { explanation } of await asked({}, '0.0.0.0'))
      expect(explanation).toContain('On other machines');
    for (const { explanation } of await asked({}, '10.1.2.3')) {
      expect(explanation).not.toContain('On other machines');
    }
    expect(textOf(await asked({}, '::1'), 'curl')).toContain('http://[::1]:4567/dicom-web/studies');
  });
});

describe('the address of a study in a viewer', () => {
  const template = 'https://viewer.example/open?s={studyInstanceUIDs}&p={patientId}&a={archive}';
  const name = { archive: 'default', study: '1.2.3' };

  it('is made from the setting, with the patient of the cache unless one is named', async () => {
    const { address } = handlersOf({ CONTROL_VIEWER_URL: template });
    expect(await call(address, name)).toEqual({
      url: 'https://viewer.example/open?s=1.2.3&p=P%201%26x&a=default',
    });
    expect(await call(address, { ...name, patientId: 'Z' })).toEqual({
      url: 'https://viewer.example/open?s=1.2.3&p=Z&a=default',
    });
  });

  it('is none where there is no setting, and refuses what is no name', async () => {
    expect(await call(handlersOf().address, name)).toEqual({});
    const { address } = handlersOf({ CONTROL_VIEWER_URL: template });
    await expect(call(address, { ...name, study: '../x' })).rejects.toMatchObject({ code: 'bad-request' });
    await expect(call(address, { ...name, archive: 'a/b' })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it.each(['javascript:alert(1)', 'viewer.example/{study}', 'https://{archive}.example/', 'ftp://x/{study}'])(
    'cannot be set to %s',
    (value) => {
      expect(() => loadConfig({ env: { ...required, CONTROL_VIEWER_URL: value } })).toThrow(
        /control\.viewer_url|CONTROL_VIEWER_URL/,
      );
    },
  );
});

it('without a gateway there is a reason and what to do', async () => {
  const handlers = viewersHandlers(scriptedServices());
  await expect(call(handlers.settings, undefined)).rejects.toMatchObject({ code: 'busy' });
  await expect(call(handlers.checkOrigin, { origin: 'null' })).rejects.toMatchObject({ code: 'busy' });
});
