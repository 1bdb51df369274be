/** Where a person mends what a part reported, and the words of the link there. */
export interface PlaceToMend {
  readonly href: string;
  readonly label: string;
}

/** @param component as the gateway names its parts: `archive MAIN`, `storage SCP`, `DICOMweb`, `cache` */
export function placeToMend(component: string): PlaceToMend {
  const [, archive] = /^archive (.+)$/.exec(component) ?? [];
  if (archive !== undefined) {
    return { href: `#/archives/${encodeURIComponent(archive)}`, label: `Test archive ${archive}` };
  }
  switch (component) {
    case 'storage SCP':
      return { href: '#/settings/scp', label: 'Open the settings of the receiver' };
    case 'DICOMweb':
      return { href: '#/settings/http', label: 'Open the settings of the HTTP server' };
    case 'cache':
      return { href: '#/cache', label: 'Open the cache' };
    default:
      return { href: '#/logs', label: 'Open the log' };
  }
}
