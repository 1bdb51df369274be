/** Something that is wrong with the settings. */
export interface SettingFault {
  /** The setting whose value would have to change; absent where it is no single one. */
  readonly property?: string;
  /** What is wrong, with the setting's names and where its value comes from: a sentence for a log or a list. */
  readonly message: string;
  /** What is wrong, for a reader who sees the setting. */
  readonly brief?: string;
  /** What to do, or what is allowed. */
  readonly remedy?: string;
}

/** All of it on one line. */
export function faultText({ message, remedy }: SettingFault): string {
  return remedy === undefined ? message : `${message} ${remedy}`;
}
