/** An instance that is to be sent to an archive. */
export interface StorableInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntaxUid: string;
  /** The bytes of its data set; asked for again where a try failed. */
  dataSet(): AsyncIterable<Buffer>;
  /** The data set decoded to Explicit VR Little Endian, for archives that refuse its syntax. */
  readonly transcoded?: (() => AsyncIterable<Buffer>) | undefined;
}
