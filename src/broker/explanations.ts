import type { Properties } from '../protocol/properties';

/** What 5.0 clients are told in a Reason String where a code alone leaves open what happened. */
const explanations: Readonly<Record<number, string>> = {
  0x83: 'The broker failed at this packet; its log has more.',
  0x86: 'User name, password or certificate are not those of a client of this broker.',
  0x87: 'The rules of the broker do not allow this client to do that.',
  0x88: 'Whether the client may connect could not be found out in time.',
  0x8b: 'The broker is shutting down.',
  0x8c: 'The broker does not know this Authentication Method.',
  0x8d: 'Nothing was heard for one and a half times the Keep Alive.',
  0x8e: 'Another connection uses this Client Identifier now.',
  0x8f: 'The Topic Filter has more levels than the broker takes.',
  0x90: 'The Topic Name has more levels than the broker takes.',
  0x97: 'A limit of the broker is reached.',
};

/** What is said with 0x90 of topics that are the server's own. */
export const ofServer: Properties = {
  reasonString: 'Topics below $SYS belong to the broker itself: choose another first level.',
};

/** @param reasonCode of 0x80 and above */
export function explain(reasonCode: number): string | undefined {
  return explanations[reasonCode];
}
