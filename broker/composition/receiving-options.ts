import type { Config } from '../config/config.ts';
import type { ReceivingOptions } from '../receiving/protocol.ts';

/** The settings of the receiving thread, in the units that it counts in. */
export function receivingOptions({ scp, dimse, archives }: Config): ReceivingOptions {
  return {
    aeTitle: scp.localAe,
    host: scp.localHost,
    port: scp.localPort,
    cacheDirectory: scp.cacheDirPath,
    maxAssociations: scp.maxAssociations,
    maxPduLength: dimse.maxPduLength,
    associationTimeoutMs: dimse.associationTimeoutInSecs * 1000,
    transferTimeoutMs: dimse.transferTimeoutInSecs * 1000,
    idleTimeoutMs: scp.idleTimeoutInSecs * 1000,
    quickAck: dimse.quickAck,
    unsolicitedArchive: scp.acceptUnsolicited ? archives[0]?.name : undefined,
  };
}
