import type { BrokerAddresses } from '../broker/broker.ts';
import type { Config } from '../broker/config/config.ts';

/**
 * What the host prints when it has started: where it listens, and two lines to try.
 * @param demoStudy a study of the demo archive, where that is what the gateway stands in front of
 */
export function welcome(config: Config, addresses: BrokerAddresses, demoStudy: string | undefined): string {
  const host = displayHost(addresses.http.host);
  const base = `http://${host}:${addresses.http.port}`;
  const archives = config.archives.map(
    ({ name, qido }) => `  Archive ${name}: ${qido.remoteAe} at ${qido.remoteHost}:${qido.remotePort}`,
  );
  return [
    '',
    demoStudy !== undefined
      ? 'DCMRS Broker is running, with the built-in demo archive: no archive is configured.'
      : 'DCMRS Broker is running.',
    '',
    ...archives,
    `  Storage SCP:     ${config.scp.localAe} at ${addresses.scp.host}:${addresses.scp.port}`,
    `  QIDO-RS:         ${base}${config.qido.urlBase}`,
    `  WADO-RS:         ${base}${config.wado.urlBase}`,
    `  For viewers:     ${base}/dicom-web (all services under one URL)`,
    `  Health, metrics: ${base}/health, ${base}/metrics`,
    '',
    'Try it:',
    '',
    `  curl -H "Accept: application/json" "${base}${config.qido.urlBase}/studies?limit=10"`,
    `  curl -H 'Accept: multipart/related; type="application/dicom"' ${base}${config.wado.urlBase}/studies/${demoStudy ?? '{StudyInstanceUID}'} -o study.multipart`,
    '',
    'Ctrl+C stops it.',
    '',
  ].join('\n');
}

function displayHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
