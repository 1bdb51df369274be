import { formatStatus, statusClass } from '../domain/dimse-status.ts';
import {
  studyRootFindSopClass,
  studyRootGetSopClass,
  studyRootMoveSopClass,
  verificationSopClass,
} from '../domain/sop-class.ts';
import { CommandField, type CommandSet } from './command-set.ts';

/** Names of messages as PS3.7 writes them. */
const names: ReadonlyMap<number, string> = new Map([
  [CommandField.cStoreRq, 'C-STORE-RQ'],
  [CommandField.cStoreRsp, 'C-STORE-RSP'],
  [CommandField.cGetRq, 'C-GET-RQ'],
  [CommandField.cGetRsp, 'C-GET-RSP'],
  [CommandField.cFindRq, 'C-FIND-RQ'],
  [CommandField.cFindRsp, 'C-FIND-RSP'],
  [CommandField.cMoveRq, 'C-MOVE-RQ'],
  [CommandField.cMoveRsp, 'C-MOVE-RSP'],
  [CommandField.cEchoRq, 'C-ECHO-RQ'],
  [CommandField.cEchoRsp, 'C-ECHO-RSP'],
  [CommandField.cCancelRq, 'C-CANCEL-RQ'],
]);

const services: ReadonlyMap<string, string> = new Map([
  [verificationSopClass, 'Verification'],
  [studyRootFindSopClass, 'Study Root C-FIND'],
  [studyRootMoveSopClass, 'Study Root C-MOVE'],
  [studyRootGetSopClass, 'Study Root C-GET'],
]);

/** A message's name: C-FIND-RSP; its number where nobody knows it. */
export function commandName({ commandField }: CommandSet): string {
  return names.get(commandField) ?? `command ${formatStatus(commandField)}`;
}

/** A SOP class as people know it; its UID where it is none of the services that the gateway asks for. */
export function serviceName(sopClass: string): string {
  return services.get(sopClass) ?? sopClass;
}

/** A command's fields in one line: no attribute of a data set is in it. */
export function commandDetail(command: CommandSet): string {
  const { status, messageId, messageIdBeingRespondedTo, affectedSopClassUid, moveDestination } = command;
  const parts = [
    status === undefined ? undefined : `${statusClass(status)} ${formatStatus(status)}`,
    labelled('message', messageId ?? messageIdBeingRespondedTo),
    affectedSopClassUid === undefined ? undefined : serviceName(affectedSopClassUid),
    labelled('to', moveDestination),
    labelled('instance', command.affectedSopInstanceUid),
    labelled('remaining', command.remainingSubOperations),
    labelled('completed', command.completedSubOperations),
    labelled('failed', command.failedSubOperations),
    labelled('warning', command.warningSubOperations),
    command.errorComment === undefined ? undefined : `«${command.errorComment.slice(0, 128)}»`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function labelled(label: string, value: string | number | undefined): string | undefined {
  return value === undefined ? undefined : `${label} ${value}`;
}
