/** One fragment of encapsulated pixel data (PS3.5 annex A.4), without its item header. */
export interface Fragment {
  /** Byte of the file (of the inflated data set where the syntax is deflated) at which it begins. */
  readonly offset: number;
  readonly length: number;
}

/** A value that may be left out of the JSON and fetched by a URI instead. */
export interface BulkValue {
  /** Tags and one-based item numbers from the data set's root: `7FE00010`, `52009229/1/00480302`. */
  readonly path: string;
  readonly vr: string;
  /** Where the value field begins in what is read (in the inflated data set), and its bytes. */
  readonly offset: number;
  readonly length: number;
  readonly bigEndian: boolean;
  /** The items of encapsulated pixel data, of which the first is the Basic Offset Table; else undefined. */
  readonly items?: readonly Fragment[];
}
