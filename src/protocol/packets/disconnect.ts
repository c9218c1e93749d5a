import type { Disconnect } from '../controlPacket';
import { noProperties } from '../properties';
import { field } from '../wire';
import type { Layout } from '../wire';

const F = {
  variableHeader: field('Variable Header', '3.14.2'),
  reasonCode: field('Disconnect Reason Code', '3.14.2.1'),
};

export function newDisconnect(): Disconnect {
  return { type: 'DISCONNECT', reasonCode: 0, properties: noProperties };
}

/** DISCONNECT (3.14): empty before 5.0; there Reason Code and Properties may be left out when they say nothing. */
export const disconnect: Layout<Disconnect> = (io, p) => {
  if (io.version !== 5) return;
  const hasProperties = Object.keys(p.properties).length > 0;
  io.enter(F.variableHeader);
  if (io.more(p.reasonCode !== 0 || hasProperties)) {
    p.reasonCode = io.reasonCode(F.reasonCode, 'DISCONNECT', p.reasonCode);
    if (io.more(hasProperties)) p.properties = io.properties('DISCONNECT', p.properties);
  }
  io.leave();
};
