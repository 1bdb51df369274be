import type { App, Session, WebContents } from 'electron';

/** The one table of permissions: what a page of ours may do. Everything else is denied. */
const grantedPermissions: ReadonlySet<string> = new Set([
  // Copy buttons.
  'clipboard-sanitized-write',
]);

export interface Boundaries {
  /** Origin of the user interface; undefined while there is none. */
  readonly ownOrigin: () => string | undefined;
  /** A link that wants a window of its own. */
  readonly onExternalLink: (url: string) => void;
  /** A link to another page within the window; nothing follows it. */
  readonly onNavigation: (url: string) => void;
}

/** Whatever a page tries, it stays the page that it is: for each web contents that the app ever has. */
export function confineContents(app: Pick<App, 'on'>, boundaries: Boundaries): void {
  app.on('web-contents-created', (_event, contents) => {
    confine(contents, boundaries);
  });
}

function confine(contents: WebContents, { onExternalLink, onNavigation }: Boundaries): void {
  contents.on('will-navigate', (details) => {
    // The page may load itself again.
    if (withoutFragment(details.url) === withoutFragment(contents.getURL())) return;
    details.preventDefault();
    onNavigation(details.url);
  });
  contents.on('will-frame-navigate', (details) => {
    if (!details.isMainFrame) details.preventDefault();
  });
  contents.on('will-redirect', (details) => {
    details.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    onExternalLink(url);
    return { action: 'deny' };
  });
}

/** No permission but those of the table, and no request but to the user interface's own origin. */
export function confineSession(session: Session, { ownOrigin }: Pick<Boundaries, 'ownOrigin'>): void {
  const isGranted = (permission: string, origin: string): boolean =>
    grantedPermissions.has(permission) && ownOrigin() !== undefined && originOf(origin) === ownOrigin();
  session.setPermissionRequestHandler((_contents, permission, decide, details) => {
    decide(isGranted(permission, details.requestingUrl));
  });
  session.setPermissionCheckHandler((_contents, permission, origin) => isGranted(permission, origin));
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest((details, decide) => {
    decide({ cancel: !isOwnRequest(details.url, ownOrigin()) });
  });
}

/** True for what the window may load: pages that this process made itself, and the user interface. */
export function isOwnRequest(text: string, ownOrigin: string | undefined): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  if (['data:', 'blob:', 'devtools:'].includes(url.protocol)) return true;
  return ownOrigin !== undefined && originOf(text) === ownOrigin;
}

function withoutFragment(url: string): string {
  return url.replace(/#.*$/s, '');
}

function originOf(text: string): string | undefined {
  return URL.parse(text.replace(/^ws/, 'http'))?.origin;
}
