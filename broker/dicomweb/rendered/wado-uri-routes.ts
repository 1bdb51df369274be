import { type Request, type RequestHandler, type Response, Router } from 'express';
import { renderedTypes } from '../../dicom/rendering/rendition.ts';
import { BrokerError, toBrokerError } from '../../domain/errors.ts';
import { type MediaRange, acceptedRanges, qualityOf } from '../http/accept.ts';
import { answerRendered } from './answer-rendered.ts';
import { getOnly } from '../http/method-check.ts';
import { chooseRenderedForm } from './rendered-form.ts';
import { valueOf } from './rendering-parameters.ts';
import { type WadoRouterOptions, answerRetrieve } from '../retrieve/wado-routes.ts';
import { parseWadoUriParameters, type WadoUriRequest } from './wado-uri-parameters.ts';

export interface WadoUriRouterOptions extends WadoRouterOptions {
  /** Path from the router's own to the studies of WADO-RS, for the links in documents. */
  readonly studies: string;
}

const dicom = 'application/dicom';
/** Its own under every root, whatever the bases of the other services are. */
const path = '/wado';

/** The URI service: one object, as it is or rendered, by query parameters (PS3.18 section 9). */
export function wadoUriRouter(options: WadoUriRouterOptions): Router {
  const router = Router({ caseSensitive: true });
  const get: RequestHandler = async (request, response) => {
    const asked = parseWadoUriParameters(request.query);
    const ranges = acceptedRanges(request.headers.accept, valueOf(request.query, 'contentType'));
    const ofDicom = qualityOf({ type: dicom }, ranges);
    const ofRendered = Math.max(...renderedTypes.map((type) => qualityOf({ type }, ranges)));
    const transaction = { options, asked, request, response };
    if (ofDicom > ofRendered) return sendObject(transaction);
    return sendRendered(transaction, ranges, ofDicom > 0);
  };
  getOnly(router, path, get);
  return router;
}

interface Transaction {
  readonly options: WadoUriRouterOptions;
  readonly asked: WadoUriRequest;
  readonly request: Request;
  readonly response: Response;
}

/** The object as application/dicom: in the transfer syntax that is asked for, else Explicit VR Little Endian. */
async function sendObject({ options, asked, request, response }: Transaction): Promise<void> {
  const { resource, transferSyntax, frame } = asked;
  if (frame !== 'first') {
    const message =
      'The frameNumber parameter goes with rendered media types only, not with application/dicom.';
    throw new BrokerError('bad-request', message);
  }
  const parameters = new Map(transferSyntax === undefined ? [] : [['transfer-syntax', transferSyntax]]);
  const ranges = [{ type: dicom, parameters, quality: 1 }];
  await answerRetrieve(options, { request, response, resource, ranges });
}

/** What cannot be rendered is sent as it is, to whom takes that too. */
async function sendRendered(
  transaction: Transaction,
  ranges: readonly MediaRange[],
  takesDicom: boolean,
): Promise<void> {
  const { options, asked, request, response } = transaction;
  const { resource, frame, picture, warnings } = asked;
  const form = { ...chooseRenderedForm(ranges), isMultipart: false };
  const { studies } = options;
  try {
    await answerRendered(options, {
      request,
      response,
      resource,
      frames: [frame],
      form,
      picture,
      warnings,
      studies,
    });
  } catch (error) {
    const canBeSent = takesDicom && frame === 'first' && !response.headersSent;
    if (!canBeSent || toBrokerError(error).code !== 'not-acceptable') throw error;
    for (const name of ['ETag', 'Warning']) response.removeHeader(name);
    await sendObject(transaction);
  }
}
