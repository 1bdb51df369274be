import type { CommandSet } from './command-set.ts';
import type { Response } from './response-queue.ts';

/** Sub-operation counts of a C-MOVE or C-GET response; some archives omit some or all (PS3.7 section 9.1.4.1). */
export interface RetrieveProgress {
  readonly remaining: number | undefined;
  readonly completed: number | undefined;
  readonly failed: number | undefined;
  readonly warning: number | undefined;
}

/** How a C-MOVE or C-GET ended. */
export interface RetrieveEnd extends RetrieveProgress {
  readonly status: number;
  /** Error Comment (0000,0902) of the archive. */
  readonly comment: string | undefined;
}

export function progressOf(command: CommandSet): RetrieveProgress {
  return {
    remaining: command.remainingSubOperations,
    completed: command.completedSubOperations,
    failed: command.failedSubOperations,
    warning: command.warningSubOperations,
  };
}

export function retrieveEnd(response: Response): RetrieveEnd {
  return { ...progressOf(response.command), status: response.status, comment: response.command.errorComment };
}
