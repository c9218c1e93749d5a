import assert from 'node:assert/strict';
import { serverDisconnectViolation } from '../../../src/session/disconnectPacket';
import { disconnectReasons } from '../../../src/ui/broker/disconnectReasons';

describe('The reasons to disconnect a client of the broker', () => {
  it('are those that a server may send, administrative action first (3.14.2.1)', () => {
    const codes = disconnectReasons().map(({ code }) => code);
    assert.equal(codes[0], 0x98);
    assert.ok(codes.includes(0x00) && codes.includes(0x8b) && codes.includes(0x8e));
    // That is for a client to say.
    assert.ok(!codes.includes(0x04));
    for (const code of codes) assert.equal(serverDisconnectViolation(code, undefined), undefined);
  });
});
