import { describe, expect, it } from 'vitest';
import { AuditTrail } from '../../../broker/observe/audit.ts';
import { createLogger } from '../../../broker/observe/logger.ts';

const request = { remoteAddress: '10.1.2.3', userAgent: 'OHIF/3.13', verb: 'GET', archive: 'default' };

function trail() {
  const entries: Record<string, unknown>[] = [];
  const output = {
    write: (line: string) => entries.push(JSON.parse(line) as Record<string, unknown>),
    close: () => undefined,
  };
  const settings = { level: 'error', format: 'json', file: '', fileMaxSizeInMb: 1, fileMaxCount: 1 } as const;
  return { entries, audit: new AuditTrail(createLogger(settings, output)) };
}

describe('AuditTrail', () => {
  it('writes a query with its parameters but without their values, whatever the log level', () => {
    const { entries, audit } = trail();
    audit.query(
      { ...request, url: '/studies?PatientName=DOE&limit=3' },
      { status: 200, durationInMs: 12, matches: 3 },
    );
    expect(entries).toEqual([
      {
        level: 'info',
        time: expect.any(String) as unknown,
        audit: true,
        event: '110112',
        action: 'E',
        outcome: 0,
        msg: 'Query',
        ...request,
        url: '/studies?PatientName=[redacted]&limit=3',
        status: 200,
        durationInMs: 12,
        matches: 3,
      },
    ]);
  });

  it('writes begin and end of a transfer with the UIDs', () => {
    const { entries, audit } = trail();
    const objects = { study: '1.2', series: '1.2.3' };
    audit.beginTransferring({ ...request, ...objects });
    audit.instancesTransferred(
      { ...request, ...objects },
      { status: 200, durationInMs: 900, complete: true, instances: 400, bytes: 2e8 },
    );
    expect(entries).toMatchObject([
      { msg: 'Begin Transferring DICOM Instances', event: '110102', action: 'E', outcome: 0, ...objects },
      {
        msg: 'DICOM Instances Transferred',
        event: '110104',
        action: 'R',
        outcome: 0,
        instances: 400,
        bytes: 2e8,
      },
    ]);
  });

  it.each([
    [200, true, 0],
    [206, false, 8],
    [200, false, 8],
    [404, false, 4],
    [502, false, 8],
  ])('rates status %i, complete %s, as outcome %i', (status, complete, outcome) => {
    const { entries, audit } = trail();
    audit.instancesTransferred(request, { status, complete, durationInMs: 1, instances: 0, bytes: 0 });
    expect(entries[0]).toMatchObject({ outcome });
  });

  it('cuts what a client says it is', () => {
    const { entries, audit } = trail();
    audit.beginTransferring({ ...request, userAgent: 'x'.repeat(5000) });
    expect(entries[0]?.['userAgent']).toHaveLength(256);
  });
});
