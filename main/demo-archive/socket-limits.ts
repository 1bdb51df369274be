/**
 * Milliseconds: without traffic on the socket, until the A-ASSOCIATE-RQ, and between PDUs of the peer,
 * which sends none while a C-MOVE goes on.
 */
export const socketLimits = { connectTimeout: 600_000, associationTimeout: 30_000, pduTimeout: 600_000 };
