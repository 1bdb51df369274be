import type { Region, Viewport } from '../../dicom/rendering/rendering-options.ts';
import { BrokerError } from '../../domain/errors.ts';
import type { InstanceResource } from '../../domain/resource.ts';
import { parseUid } from '../../domain/uid.ts';
import {
  annotationWarnings,
  bad,
  decimal,
  greatestViewport,
  parseQuality,
  type Query,
  type RenderingParameters,
  valueOf,
  wholeNumber,
} from './rendering-parameters.ts';

/** A request of the URI service (PS3.18 section 9.4). */
export interface WadoUriRequest extends RenderingParameters {
  readonly resource: InstanceResource;
  /** Undefined where the request does not say. */
  readonly contentType: string | undefined;
  readonly transferSyntax: string | undefined;
  readonly frame: number | 'first';
}

/**
 * Reads the parameters of a request of the URI service.
 * @throws BrokerError `bad-request` naming the parameter and what is allowed, also for what is not offered
 *   and must not be passed over: anonymization and presentation states
 */
export function parseWadoUriParameters(query: Query): WadoUriRequest {
  const value = (name: string): string | undefined => valueOf(query, name);
  const requestType = value('requestType');
  if (requestType !== 'WADO') throw bad('requestType', requestType ?? '', 'WADO');
  refuseUnsupported(query);
  const uid = (name: string): ReturnType<typeof parseUid> =>
    parseUid(value(name) ?? '', `The ${name} parameter`);
  const resource = {
    level: 'instance',
    study: uid('studyUID'),
    series: uid('seriesUID'),
    instance: uid('objectUID'),
  } as const;
  const transferSyntax = value('transferSyntax');
  const quality = parseQuality(value('imageQuality'), 'imageQuality');
  const window = parseWindow(value('windowCenter'), value('windowWidth'));
  const viewport = parseViewport(query);
  return {
    resource,
    contentType: value('contentType'),
    transferSyntax:
      transferSyntax === undefined ? undefined : parseUid(transferSyntax, 'The transferSyntax parameter'),
    frame: parseFrame(value('frameNumber')),
    picture: {
      ...(window === undefined ? {} : { window }),
      ...(viewport === undefined ? {} : { viewport }),
      ...(quality === undefined ? {} : { quality }),
    },
    warnings: annotationWarnings(query),
  };
}

/** A picture of the patient's name that was meant to be without it, or without its presentation, does harm. */
function refuseUnsupported(query: Query): void {
  if (valueOf(query, 'anonymize') !== undefined) {
    throw new BrokerError(
      'bad-request',
      'The anonymize parameter is not supported: nothing is anonymized here.',
    );
  }
  if (
    valueOf(query, 'presentationUID') !== undefined ||
    valueOf(query, 'presentationSeriesUID') !== undefined
  ) {
    throw new BrokerError(
      'bad-request',
      'The presentationUID parameter is not supported: presentation states are not applied here.',
    );
  }
}

function parseFrame(value: string | undefined): number | 'first' {
  if (value === undefined) return 'first';
  const frame = wholeNumber(value);
  if (frame === undefined || frame < 1) throw bad('frameNumber', value, 'a whole number from 1 on');
  return frame;
}

function parseWindow(
  center: string | undefined,
  width: string | undefined,
): RenderingParameters['picture']['window'] {
  if (center === undefined && width === undefined) return undefined;
  const [middle, extent] = [decimal(center), decimal(width)];
  if (middle === undefined) throw bad('windowCenter', center ?? '', 'a number, together with windowWidth');
  if (extent === undefined || !(extent >= 1)) {
    throw bad('windowWidth', width ?? '', 'a number of 1 or more, together with windowCenter');
  }
  return { center: middle, width: extent, function: 'LINEAR' };
}

function parseViewport(query: Query): Viewport | undefined {
  const width = parseSide('columns', valueOf(query, 'columns'));
  const height = parseSide('rows', valueOf(query, 'rows'));
  const region = parseRegion(valueOf(query, 'region'));
  if (width === undefined && height === undefined && region === undefined) return undefined;
  return { width, height, ...(region === undefined ? {} : { region }) };
}

function parseSide(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const side = wholeNumber(value);
  if (side !== undefined && side >= 1 && side <= greatestViewport) return side;
  throw bad(name, value, `a whole number, 1 to ${greatestViewport}`);
}

/** Left, top, right and bottom edge in parts of the image (PS3.18 section 9.4.1.2). */
function parseRegion(value: string | undefined): Region | undefined {
  if (value === undefined) return undefined;
  const edges = value.split(',').map((part) => decimal(part.trim()));
  const [left, top, right, bottom] = edges;
  const isRead = edges.length === 4 && edges.every((edge) => edge !== undefined && edge >= 0 && edge <= 1);
  if (!isRead || left! >= right! || top! >= bottom!) {
    throw bad(
      'region',
      value,
      'left,top,right,bottom: parts of the image from 0.0 to 1.0, left before right and top before bottom',
    );
  }
  return { isRelative: true, x: left!, y: top!, width: right! - left!, height: bottom! - top! };
}
