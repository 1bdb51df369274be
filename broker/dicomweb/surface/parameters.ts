/** A query parameter that is not an attribute to match. */
export interface Parameter {
  readonly description: string;
  /** In JSON Schema's words. */
  readonly type: 'string' | 'integer' | 'boolean';
}

/** The query parameters of all resources. */
export const parameters = {
  accept: { type: 'string', description: 'Acceptable media types, in place of the Accept header.' },
  charset: { type: 'string', description: 'Taken and passed over: text is UTF-8 always.' },
  '{attributeID}': {
    type: 'string',
    description:
      'An attribute to match, by keyword or tag (PatientID, 00100020), also within sequences (dotted). Wildcards * and ?, ranges a-b, lists of UIDs.',
  },
  includefield: {
    type: 'string',
    description: 'Attributes to return besides, by keyword or tag with commas between them, or "all".',
  },
  fuzzymatching: { type: 'boolean', description: 'Fuzzy matching of names, where the archive offers it.' },
  emptyvaluematching: { type: 'boolean', description: 'Not offered: the answer says so in a Warning.' },
  multiplevaluematching: { type: 'boolean', description: 'Not offered: the answer says so in a Warning.' },
  limit: { type: 'integer', description: 'Results at most.' },
  window: {
    type: 'string',
    description: 'center,width,function: function is linear, linear-exact or sigmoid.',
  },
  viewport: {
    type: 'string',
    description:
      'width,height of the picture at most, and for rendered x,y,width,height of a region of the image.',
  },
  quality: { type: 'integer', description: 'Of a lossy picture, 1 to 100.' },
  annotation: { type: 'string', description: 'Not offered: the answer says so in a Warning.' },
  iccprofile: { type: 'string', description: 'no; others are not offered, the answer says so in a Warning.' },
  offset: { type: 'integer', description: 'Results to pass over.' },
  requestType: { type: 'string', description: 'WADO.' },
  studyUID: { type: 'string', description: 'Study Instance UID.' },
  seriesUID: { type: 'string', description: 'Series Instance UID.' },
  objectUID: { type: 'string', description: 'SOP Instance UID.' },
  contentType: { type: 'string', description: 'Acceptable media types, in place of the Accept header.' },
  transferSyntax: { type: 'string', description: 'UID of the transfer syntax, with application/dicom.' },
  frameNumber: { type: 'integer', description: 'The frame to render, from 1.' },
  rows: { type: 'integer', description: 'Rows of the picture at most.' },
  columns: { type: 'integer', description: 'Columns of the picture at most.' },
  region: {
    type: 'string',
    description: 'left,top,right,bottom of a region of the image, each from 0.0 to 1.0.',
  },
  windowCenter: { type: 'string', description: 'Center of a linear window, with windowWidth.' },
  windowWidth: { type: 'string', description: 'Width of a linear window, with windowCenter.' },
  imageQuality: { type: 'integer', description: 'Of a lossy picture, 1 to 100.' },
  anonymize: { type: 'string', description: 'Not offered: the request is refused.' },
  presentationUID: { type: 'string', description: 'Not offered: the request is refused.' },
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof parameters;
