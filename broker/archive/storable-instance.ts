/** A data set in Explicit VR Little Endian. Dispose of it when it has been sent. */
export interface TranscodedDataSet extends AsyncDisposable {
  dataSet(): AsyncIterable<Buffer>;
}

/** An instance that is to be sent to an archive. */
export interface StorableInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The bytes of its data set; asked for again where a try failed. */
  dataSet(): AsyncIterable<Buffer>;
  /** Decodes it to Explicit VR Little Endian, for archives that refuse its syntax; done before it is sent. */
  readonly transcode: () => Promise<TranscodedDataSet>;
}
