/** Why a field cannot be changed here. */
export interface Lock {
  readonly source: 'environment' | 'properties';
  /** The variable's name, or path and line of the file. */
  readonly where: string;
}

/** What the control inside of a FieldRow needs, so that label, help and error are said with it. */
export interface FieldParts {
  readonly id: string;
  readonly describedBy: string | undefined;
  readonly invalid: boolean;
  readonly disabled: boolean;
}
