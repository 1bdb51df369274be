/** Something wrong, why, and what to do about it, in plain words; code and status stand behind it. */
export interface CheckTrouble {
  readonly message: string;
  readonly remedy?: string;
  readonly code?: string;
  /** As the standard writes it: 0xA801. */
  readonly dimseStatus?: string;
}

/** One thing that the archive's administrator has to enter, ready to copy. */
export interface RegisterRow {
  readonly label: string;
  readonly value: string;
}

export type CheckStepName =
  'connect' | 'associate' | 'echo' | 'find' | 'capabilities' | 'retrieve' | 'receive';

/** One step of a check, as it goes on. */
export interface CheckStep {
  readonly step: CheckStepName;
  readonly state: 'running' | 'passed' | 'failed' | 'skipped';
  /** What was found, or what goes on, in plain words. */
  readonly detail: string;
  readonly tookInMs?: number;
  readonly trouble?: CheckTrouble;
  /** Where the other side must enter something. */
  readonly toRegister?: RegisterRow[];
}

/** What an archive was found to support. */
export interface ArchiveAbilities {
  readonly canMove: boolean;
  readonly canGet: boolean;
  /** Unknown where it has nothing to try it with. */
  readonly relationalQueries: 'yes' | 'no' | 'unknown';
  readonly canMatchFuzzy: boolean;
  readonly characterSet?: string;
  readonly implementation?: string;
}

export type CheckEvent =
  | { readonly type: 'step'; readonly step: CheckStep }
  | {
      readonly type: 'abilities';
      readonly abilities: ArchiveAbilities;
      /** Settings that fit what was found, by property. */
      readonly suggestedChanges: Record<string, string | number>;
    }
  | { readonly type: 'end'; readonly passed: boolean };

/** The archive as it is typed in, not saved yet. */
export interface CheckAddress {
  /** Its name in the settings. */
  readonly name: string;
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
  readonly callingAeTitle: string;
  readonly retrieveMethod: 'auto' | 'move' | 'get';
}
