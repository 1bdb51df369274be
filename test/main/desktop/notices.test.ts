import { describe, expect, it } from 'vitest';
import type { ArchiveState, GatewayState } from '../../../broker/control/contract/gateway-state.ts';
import { Notices } from '../../../main/desktop/notices.ts';
import { gatewayState } from './gateway-state.ts';

const seconds = 1_000;
const gibibyte = 1024 ** 3;

function withArchive(state: ArchiveState['state']): GatewayState {
  const trouble = { message: 'MAIN refused the connection.', remedy: 'Start it.' };
  return gatewayState({
    archives: [{ name: 'MAIN', aeTitle: 'PACS', host: 'pacs', port: 104, state, trouble }],
  });
}

function withFree(bytes: number): GatewayState {
  return gatewayState({
    cache: {
      directory: '/images',
      bytes: 0,
      maxBytes: 1,
      diskFreeBytes: bytes,
      studies: 0,
      instances: 0,
    },
  });
}

function titles(notices: Notices, state: GatewayState, now: number): string[] {
  return notices.of(state, now).map(({ title }) => title);
}

describe('Notices', () => {
  it('tells once, with reason and remedy, of an archive that stays silent', () => {
    const notices = new Notices();
    expect(notices.of(withArchive('silent'), 0)).toEqual([]);
    expect(notices.of(withArchive('silent'), 29 * seconds)).toEqual([]);
    expect(notices.of(withArchive('silent'), 30 * seconds)).toEqual([
      { title: 'MAIN does not answer', body: 'MAIN refused the connection. Start it.' },
    ]);
    expect(notices.of(withArchive('silent'), 90 * seconds)).toEqual([]);
  });

  it('tells when an archive answers again that was told of', () => {
    const notices = new Notices();
    notices.of(withArchive('silent'), 0);
    notices.of(withArchive('silent'), 30 * seconds);
    expect(titles(notices, withArchive('answers'), 31 * seconds)).toEqual(['MAIN answers again']);
  });

  it('says nothing of a silence that was short', () => {
    const notices = new Notices();
    notices.of(withArchive('silent'), 0);
    expect(notices.of(withArchive('answers'), 20 * seconds)).toEqual([]);
    expect(notices.of(withArchive('silent'), 40 * seconds)).toEqual([]);
  });

  it('tells once of a disk that is nearly full, and again only after there was room', () => {
    const notices = new Notices();
    expect(notices.of(withFree(3 * gibibyte), 0)).toEqual([]);
    expect(titles(notices, withFree(1.5 * gibibyte), 0)).toEqual(['The disk is nearly full']);
    expect(notices.of(withFree(1 * gibibyte), 0)).toEqual([]);
    expect(notices.of(withFree(3 * gibibyte), 0)).toEqual([]);
    expect(notices.of(withFree(1 * gibibyte), 0)).toEqual([]);
    expect(notices.of(withFree(5 * gibibyte), 0)).toEqual([]);
    expect(titles(notices, withFree(1 * gibibyte), 0)).toEqual(['The disk is nearly full']);
  });
});
