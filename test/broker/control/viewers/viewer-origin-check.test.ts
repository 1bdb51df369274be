import { describe, expect, it } from 'vitest';
import type { GatewayParts } from '../../../../broker/control/control-services.ts';
import type { OriginCheck } from '../../../../broker/control/contract/viewers.ts';
import { checkViewerOrigin } from '../../../../broker/control/viewers/viewer-origin-check.ts';

interface Settings {
  readonly allowedOrigins?: string;
  readonly publicUrl?: string;
  readonly host?: string;
}

function check(
  typed: string,
  { allowedOrigins = '', publicUrl = '', host = '127.0.0.1' }: Settings = {},
): OriginCheck {
  const parts = {
    config: { http: { allowedOrigins, publicUrl } },
    addresses: { http: { host, port: 4567 } },
  };
  return checkViewerOrigin(parts as unknown as GatewayParts, typed);
}

describe('an origin', () => {
  it.each([
    ['http://localhost:3000', 'http://localhost:*'],
    ['https://viewer.example.org', 'https://viewer.example.org'],
    ['HTTPS://Viewer.Example.org/', 'https://viewer.example.org'],
    ['https://viewer.example.org:443/worklist?x=1', 'https://viewer.example.org'],
    ['null', 'null'],
    ['file:///C:/viewer/index.html', 'null'],
    ['app://viewer', 'app://viewer'],
  ])('such as %s may read and store where an entry names it', (typed, allowedOrigins) => {
    expect(check(typed, { allowedOrigins })).toMatchObject({ mayRead: true, mayStore: true });
  });

  it.each([
    ['https://viewer.example.org', 'https://viewer.example.org'],
    [' https://VIEWER.example.org/studies ', 'https://viewer.example.org'],
    ['http://viewer.example.org:8080/', 'http://viewer.example.org:8080'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['file:///home/me/viewer.html', 'null'],
  ])('such as %s may not where none does, and the entry that is missing is told', (typed, entryToAdd) => {
    const result = check(typed, {
      allowedOrigins: 'http://localhost:*, https://viewer.example.org.evil.test',
    });
    expect(result).toMatchObject({ origin: entryToAdd, mayRead: false, mayStore: false, entryToAdd });
    expect(result.explanation).toContain('http.allowed_origins');
    expect(check(typed, { allowedOrigins: entryToAdd }).mayRead).toBe(true);
  });

  it.each([
    ['', /Type the address/],
    ['*', /asterisk is no origin/],
    ['viewer.example.org', /begins with http.*https:\/\/viewer\.example\.org/],
    ['localhost:3000', /begins with http.*https:\/\/localhost:3000/],
    ['https://', /not the address of a page/],
    ['http://*.example.org', /not the address of a page/],
    ['javascript:alert(1)', /begins with http/],
    ['https://viewer.example.org" onload="x', /not the address of a page/],
  ])('that is none, %j, is explained', (typed, why) => {
    const result = check(typed);
    expect(result).toMatchObject({ mayRead: false, mayStore: false });
    expect(result.explanation).toMatch(why);
    expect(result.entryToAdd).toBeUndefined();
  });

  it('of a file comes with the warning that its entry lets in much', () => {
    expect(check('file:///x.html').explanation).toMatch(/origin null.*every page in that has no origin/);
  });

  it('is let in by an asterisk, without cookies', () => {
    expect(check('https://any.example', { allowedOrigins: '*' }).explanation).toMatch(/every page.*Cookies/);
  });

  it('of the gateway behind its proxy may always', () => {
    const publicUrl = 'https://pacs.example.org/dicom';
    expect(check('https://pacs.example.org', { publicUrl })).toMatchObject({ mayRead: true });
  });

  it('of a page by HTTPS is told that it cannot load by HTTP from another machine', () => {
    const allowedOrigins = 'https://viewer.example.org';
    const reached = (more: Settings): string =>
      check(allowedOrigins, { allowedOrigins, ...more }).explanation;
    expect(reached({ host: '10.1.2.3' })).toMatch(/will not load from http:\/\/10\.1\.2\.3:4567/);
    expect(reached({ host: '127.0.0.1' })).not.toMatch(/will not load/);
    expect(reached({ publicUrl: 'https://pacs.example.org' })).not.toMatch(/will not load/);
  });
});
