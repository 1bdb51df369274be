import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { confineContents, confineSession } from '../../../main/desktop/hardening.ts';

const own = 'http://127.0.0.1:5000';

function confinedContents() {
  const app = new EventEmitter();
  const onNavigation = vi.fn();
  const onExternalLink = vi.fn();
  confineContents(app as unknown as Electron.App, { ownOrigin: () => own, onNavigation, onExternalLink });
  const setWindowOpenHandler = vi.fn<(handler: (details: { url: string }) => unknown) => void>();
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler,
    getURL: () => `${own}/#token=x`,
  });
  app.emit('web-contents-created', {}, contents);
  const emit = (name: string, details: object = {}): boolean => {
    const preventDefault = vi.fn();
    contents.emit(name, { ...details, preventDefault });
    return preventDefault.mock.calls.length > 0;
  };
  const openWindow = (url: string) => setWindowOpenHandler.mock.calls[0]?.[0]({ url });
  return { emit, openWindow, onNavigation, onExternalLink };
}

describe('confineContents', () => {
  it('lets a page go nowhere, and tells where it wanted to', () => {
    const { emit, onNavigation } = confinedContents();
    expect(emit('will-navigate', { url: 'https://elsewhere.example/' })).toBe(true);
    expect(onNavigation).toHaveBeenCalledWith('https://elsewhere.example/');
  });

  it('lets a page load itself again', () => {
    const { emit } = confinedContents();
    expect(emit('will-navigate', { url: `${own}/#logs` })).toBe(false);
  });

  it('denies frames, redirects and webviews', () => {
    const { emit } = confinedContents();
    expect(emit('will-frame-navigate', { isMainFrame: false })).toBe(true);
    expect(emit('will-redirect')).toBe(true);
    expect(emit('will-attach-webview')).toBe(true);
  });

  it('opens no window, and tells which one was wanted', () => {
    const { openWindow, onExternalLink } = confinedContents();
    expect(openWindow('https://viewer.example/')).toEqual({ action: 'deny' });
    expect(onExternalLink).toHaveBeenCalledWith('https://viewer.example/');
  });
});

function confinedSession(ownOrigin: string | undefined) {
  const session = {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
  };
  confineSession(session as unknown as Session, { ownOrigin: () => ownOrigin });
  const request = (permission: string, requestingUrl: string): unknown => {
    const decide = vi.fn();
    const handler = session.setPermissionRequestHandler.mock.calls[0]![0] as (...args: unknown[]) => void;
    handler({}, permission, decide, { requestingUrl });
    return decide.mock.calls[0]![0];
  };
  const isCancelled = (url: string): unknown => {
    const decide = vi.fn();
    const handler = session.webRequest.onBeforeRequest.mock.calls[0]![0] as (...args: unknown[]) => void;
    handler({ url }, decide);
    return (decide.mock.calls[0]![0] as { cancel: boolean }).cancel;
  };
  return { request, isCancelled };
}

describe('confineSession', () => {
  it('grants copying to the user interface, and nothing else to anybody', () => {
    const { request } = confinedSession(own);
    expect(request('clipboard-sanitized-write', `${own}/`)).toBe(true);
    expect(request('clipboard-sanitized-write', 'https://elsewhere.example/')).toBe(false);
    for (const permission of ['clipboard-read', 'media', 'geolocation', 'notifications', 'openExternal']) {
      expect(request(permission, `${own}/`)).toBe(false);
    }
  });

  it('lets requests go to the user interface only', () => {
    const { isCancelled } = confinedSession(own);
    expect(isCancelled(`${own}/rpc/state/get`)).toBe(false);
    expect(isCancelled('data:text/html,x')).toBe(false);
    expect(isCancelled('http://127.0.0.1:4567/dicom-web/studies')).toBe(true);
    expect(isCancelled('https://elsewhere.example/')).toBe(true);
    expect(isCancelled('file:///etc/passwd')).toBe(true);
  });

  it('lets nothing go anywhere while there is no user interface', () => {
    expect(confinedSession(undefined).isCancelled(`${own}/`)).toBe(true);
  });
});
