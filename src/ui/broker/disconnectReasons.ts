import { reasonCodeTable } from '../../protocol/reasonCodes';
import { serverDisconnectViolation } from '../../session/disconnectPacket';

export interface DisconnectReason {
  readonly code: number;
  readonly name: string;
}

/** The usual one. */
export const administrativeAction = 0x98;

/** The Reason Codes that a server may send a client away with, the usual one first (3.14.2.1). */
export function disconnectReasons(): readonly DisconnectReason[] {
  return reasonCodeTable
    .filter(
      ({ code, packets }) => packets.includes('DISCONNECT') && !serverDisconnectViolation(code, undefined),
    )
    .map(({ code, name }) => ({ code, name }))
    .sort(
      (one, other) => Number(other.code === administrativeAction) - Number(one.code === administrativeAction),
    );
}
