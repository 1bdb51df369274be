import * as cornerstone from '@cornerstonejs/core';
import * as imageLoader from '@cornerstonejs/dicom-image-loader';
import { callClient } from './client-call.ts';
import type { DicomJson, PictureInPage, ShownInPage, ViewerApi } from '../viewer-api.ts';

// This page asks what OHIF 3.13 asks, in its order and with its parameters and headers; cornerstone
// fetches, decodes and shows the frames.

type LoaderMetadata = Parameters<typeof imageLoader.wadors.metaDataManager.add>[1];

const engineId = 'engine';
const viewportId = 'viewport';
const workListFields = '00081030%2C00080060%2C00080090%2C00100030';
const seriesFields = '00080021%2C00080031%2C0008103E%2C00200011';
const frameAccept = 'multipart/related; type="application/octet-stream"; transfer-syntax="*"';

cornerstone.init();
cornerstone.setUseCPURendering(true);
imageLoader.init({ maxWebWorkers: 1, beforeSend: () => ({ Accept: frameAccept }) });

async function search(url: string): Promise<DicomJson[]> {
  const response = await fetch(url, { headers: { Accept: 'application/dicom+json' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? [] : ((await response.json()) as DicomJson[]);
}

function first(dataSet: DicomJson, tag: string): unknown {
  return dataSet[tag]?.Value?.[0];
}

async function workList(root: string): Promise<string[]> {
  const query = `limit=101&offset=0&fuzzymatching=false&includefield=${workListFields}`;
  const studies = await search(`${root}/studies?${query}`);
  return studies.map((study) => String(first(study, '0020000D')));
}

async function open(root: string, study: string): Promise<string[]> {
  const query = `limit=101&offset=0&fuzzymatching=false&includefield=${workListFields}`;
  const studies = await search(`${root}/studies?${query}&StudyInstanceUID=${study}`);
  if (studies.length === 0) throw new Error('Study not found');
  const found = await search(`${root}/studies/${study}/series?includefield=${seriesFields}`);
  const urls = found.map((series) => `${root}/studies/${study}/series/${String(first(series, '0020000E'))}`);
  const metadata = await Promise.all(urls.map((url) => search(`${url}/metadata`)));
  return metadata.flatMap((instances, index) =>
    instances.flatMap((instance) => imageIdsOf(urls[index] ?? '', instance)),
  );
}

function imageIdsOf(seriesUrl: string, instance: DicomJson): string[] {
  const url = `${seriesUrl}/instances/${String(first(instance, '00080018'))}`;
  const frames = Number(first(instance, '00280008') ?? 1);
  return Array.from({ length: frames }, (_, index) => {
    const imageId = `wadors:${url}/frames/${index + 1}`;
    imageLoader.wadors.metaDataManager.add(imageId, instance as unknown as LoaderMetadata);
    return imageId;
  });
}

/** Waits for the event that says it, whatever the size of the stack. */
function rendered(viewport: HTMLElement): Promise<void> {
  return new Promise((resolve) => {
    viewport.addEventListener(cornerstone.Enums.Events.IMAGE_RENDERED, () => resolve(), { once: true });
  });
}

async function show(imageIds: readonly string[], index: number): Promise<ShownInPage> {
  const place = document.querySelector<HTMLDivElement>('#viewport')!;
  const imageId = imageIds[index] ?? '';
  const image = await cornerstone.imageLoader.loadAndCacheImage(imageId);
  // As many pixels as the image has: what is on the canvas is then no interpolation.
  place.style.width = `${image.columns}px`;
  place.style.height = `${image.rows}px`;
  const engine = cornerstone.getRenderingEngine(engineId) ?? new cornerstone.RenderingEngine(engineId);
  engine.enableElement({ viewportId, type: cornerstone.Enums.ViewportType.STACK, element: place });
  const viewport = engine.getViewport<cornerstone.StackViewport>(viewportId);
  await viewport.setStack([...imageIds], index);
  const isRendered = rendered(place);
  viewport.render();
  await isRendered;
  const shown = viewport.getCornerstoneImage();
  const { lower, upper } = viewport.getProperties().voiRange ?? { lower: NaN, upper: NaN };
  const canvas = place.querySelector('canvas');
  if (shown.imageId !== imageId || canvas === null) throw new Error(`${imageId} is not shown.`);
  return {
    columns: shown.columns,
    rows: shown.rows,
    transferSyntax: String((shown as { transferSyntaxUID?: string }).transferSyntaxUID),
    values: base64(Float64Array.from(shown.voxelManager?.getScalarData() ?? [])),
    window: { lower, upper },
    canvas: pixelsOf(canvas).pixels,
  };
}

function base64({ buffer, byteOffset, byteLength }: Float64Array | Uint8ClampedArray): string {
  return new Uint8Array(buffer, byteOffset, byteLength).toBase64();
}

function pixelsOf(canvas: HTMLCanvasElement): PictureInPage {
  const { width, height } = canvas;
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
  return { width, height, pixels: base64(data) };
}

async function thumbnail(url: string): Promise<PictureInPage> {
  const response = await fetch(url, { headers: { Accept: 'image/jpeg' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  const image = document.querySelector<HTMLImageElement>('#thumbnail')!;
  image.src = URL.createObjectURL(await response.blob());
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  canvas.getContext('2d')!.drawImage(image, 0, 0);
  return pixelsOf(canvas);
}

globalThis.viewer = { workList, open, show, thumbnail, callClient } satisfies ViewerApi;
