import type { Auth } from '../controlPacket';
import { noProperties } from '../properties';
import { field } from '../wire';
import type { Layout } from '../wire';

const F = {
  variableHeader: field('Variable Header', '3.15.2'),
  reasonCode: field('Authenticate Reason Code', '3.15.2.1'),
};

export function newAuth(): Auth {
  return { type: 'AUTH', reasonCode: 0, properties: noProperties };
}

/** AUTH (3.15): both fields may be left out when the Reason Code is Success and there are no Properties. */
export const auth: Layout<Auth> = (io, p) => {
  const hasProperties = Object.keys(p.properties).length > 0;
  io.enter(F.variableHeader);
  if (io.more(p.reasonCode !== 0 || hasProperties)) {
    p.reasonCode = io.reasonCode(F.reasonCode, 'AUTH', p.reasonCode);
    // The Reason Code is one byte: they come right after it.
    const propertiesStart = io.fieldStart + 1;
    p.properties = io.properties('AUTH', p.properties);
    if (p.properties.authenticationMethod === undefined) {
      io.violate('authenticationMethodMissing', undefined, propertiesStart);
    }
  }
  io.leave();
};
