/** A DICOM file (PS3.10) whose data set is to be read; a StoredInstance of the cache is one. */
export interface InstanceFile {
  readonly path: string;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Byte of the file at which the data set begins. */
  readonly dataSetOffset: number;
  readonly transferSyntaxUid: string;
}
