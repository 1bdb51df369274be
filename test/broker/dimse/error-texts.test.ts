import { describe, expect, it } from 'vitest';
import { abortedByPeer, lostConnection, namingPeer } from '../../../broker/dimse/broken-association.ts';
import { rejectionError } from '../../../broker/dimse/rejection.ts';
import { statusError } from '../../../broker/dimse/status-error.ts';
import { BrokerError } from '../../../broker/domain/errors.ts';

const endpoint = { host: '10.1.2.3', port: 104, calledAeTitle: 'MAIN-PACS', callingAeTitle: 'BROKER' };

describe('the text of a rejection', () => {
  it.each([
    {
      source: 1,
      reason: 3,
      says: /does not know our AE title BROKER \(calling AE/,
      remedy: /register the AE title BROKER with the address/,
    },
    {
      source: 1,
      reason: 7,
      says: /does not answer to the AE title MAIN-PACS/,
      remedy: /Compare the AE title MAIN-PACS/,
    },
    { source: 1, reason: 2, says: /application context/, remedy: /DICOM port/ },
    { source: 2, reason: 2, says: /another version/, remedy: /DICOM port/ },
    { source: 3, reason: 1, says: /congested/, remedy: /few minutes/ },
    { source: 3, reason: 2, says: /limit of associations/, remedy: /dimse\.max_associations/ },
    { source: 1, reason: 1, says: /no reason \(source 1, reason 1\)/, remedy: /archive's log.*BROKER/ },
    { source: 2, reason: 1, says: /no reason \(source 2, reason 1\)/, remedy: /archive's log/ },
    { source: 9, reason: 200, says: /source 9, reason 200/, remedy: /archive's log/ },
  ])('says why and what to do: source $source, reason $reason', ({ source, reason, says, remedy }) => {
    const error = rejectionError(endpoint, { result: 1, source, reason });
    expect(error.code).toBe('association-rejected');
    expect(error.message).toMatch(/^MAIN-PACS at 10\.1\.2\.3:104 refused the association: /);
    expect(error.message).toMatch(says);
    expect(error.remedy).toMatch(remedy);
  });
});

describe('the text of a failure status', () => {
  it('names the move destination that is to be registered', () => {
    const error = statusError(endpoint, 'C-MOVE', 0xa801, 'Unknown AE', 'BROKERSCP');
    expect(error).toMatchObject({ code: 'archive-refused', dimseStatus: 0xa801 });
    expect(error.message).toBe(
      'MAIN-PACS at 10.1.2.3:104 answered C-MOVE with 0xA801: it does not know the move destination BROKERSCP. It says: "Unknown AE".',
    );
    expect(error.remedy).toMatch(
      /register our AE title BROKERSCP as a move destination.*port.*scp\.local_port/,
    );
  });

  it.each([
    { status: 0xa700, says: /out of resources/ },
    { status: 0xa7ff, says: /out of resources/ },
    { status: 0xa701, says: /count the matches/ },
    { status: 0xa702, says: /could not send the instances/ },
    { status: 0xa900, says: /keys of the request/ },
    { status: 0x0124, says: /does not allow this/ },
    { status: 0x0122, says: /does not offer this service/ },
    { status: 0x0211, says: /did not understand/ },
    { status: 0xc123, says: /unable to process/ },
    { status: 0xfe00, says: /ended the operation before it was done/ },
    { status: 0x0110, says: /it failed/ },
  ])('says what $status means', ({ status, says }) => {
    const { message, dimseStatus } = statusError(endpoint, 'C-FIND', status, '');
    expect(message).toMatch(says);
    expect(message).not.toMatch(/It says/);
    expect(dimseStatus).toBe(status);
  });
});

describe('the text of a broken association', () => {
  it('names the peer', () => {
    const abort = abortedByPeer(Buffer.from([0, 0, 2, 6]));
    const named = namingPeer(abort, 'CT1 at 10.0.0.9');
    expect(named.message).toBe(
      'CT1 at 10.0.0.9 aborted the association (its DICOM service provider, reason 6).',
    );
    expect(named.code).toBe('association-aborted');
    expect(lostConnection('CT1 at 10.0.0.9').message).toBe('CT1 at 10.0.0.9 closed the connection.');
    expect(lostConnection('CT1 at 10.0.0.9', new Error('read ECONNRESET')).message).toMatch(
      /CT1 at 10\.0\.0\.9 broke: read/,
    );
  });

  it('is left alone where it names somebody', () => {
    const error = new BrokerError('cancelled', 'The gateway is shutting down.');
    expect(namingPeer(error, 'CT1')).toBe(error);
  });

  it('copes with an A-ABORT that has no body', () => {
    expect(abortedByPeer(Buffer.alloc(0)).message).toMatch(/its application, reason 0/);
  });
});
