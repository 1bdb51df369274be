/** A data set in DICOM JSON. */
export type DicomJson = Readonly<
  Record<string, { readonly vr: string; readonly Value?: readonly unknown[]; readonly BulkDataURI?: string }>
>;

/** What a viewport shows of one image; bytes in base 64, as they pass from the page to the test. */
export interface ShownInPage {
  readonly columns: number;
  readonly rows: number;
  /** The transfer syntax that the answer named. */
  readonly transferSyntax: string;
  /** 64-bit numbers: pixel values as the loader has them, after the modality's rescale where it applies one. */
  readonly values: string;
  /** The window in force, as values at its ends. */
  readonly window: { readonly lower: number; readonly upper: number };
  /** Red, green, blue and alpha of the canvas, row by row; it has as many pixels as the image. */
  readonly canvas: string;
}

/** A picture that the browser has read. */
export interface PictureInPage {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and alpha, row by row, in base 64. */
  readonly pixels: string;
}

/** A call of a method of npm's dicomweb-client. */
export interface ClientCall {
  readonly root: string;
  readonly method: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Has it ask for bulk data without naming a media type, and take a single part. Default false. */
  readonly singlepart?: boolean;
  /** Part 10 files to store, in base 64. */
  readonly files?: readonly string[];
}

/** A part of an answer, or the only one. */
export interface ClientPart {
  readonly contentType: string;
  readonly transferSyntax: string;
  readonly base64: string;
}

/** What the page does, in the order in which a viewer does it. `root` is the URL of a DICOMweb service. */
export interface ViewerApi {
  /** The first page of the work list: Study Instance UIDs. */
  workList(root: string): Promise<string[]>;
  /**
   * Finds the study, its series and the metadata of all series at once.
   * @returns image ids of all frames, series by series
   */
  open(root: string, study: string): Promise<string[]>;
  /** Shows one image of a stack. */
  show(imageIds: readonly string[], index: number): Promise<ShownInPage>;
  thumbnail(url: string): Promise<PictureInPage>;
  /** JSON, or parts. */
  callClient(call: ClientCall): Promise<unknown>;
}

declare global {
  /** Of the page. */
  var viewer: ViewerApi | undefined;
}
