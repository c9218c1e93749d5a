import assert from 'node:assert/strict';
import { fromHex } from '../../src/base/bytes';
import { withBrokenField } from '../../src/protocol/brokenField';
import { decode } from '../../src/protocol/codec';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { describeViolation, ProtocolViolation } from '../../src/protocol/violations';

/** What is said of a packet that cannot be read. */
function said(hex: string, version: ProtocolVersion): string {
  const bytes = fromHex(hex) ?? assert.fail();
  try {
    decode(bytes, version);
  } catch (error) {
    const named = withBrokenField(error, bytes, 0, bytes.length, version);
    assert.ok(named instanceof ProtocolViolation);
    return describeViolation(named.violation, version).message;
  }
  return assert.fail('it can be read');
}

describe('The field in which a packet is broken', () => {
  const connect = '00 04 4d515454';
  for (const [what, hex, version, text] of [
    [
      'a CONNECT without the user name that it announces',
      `10 0f ${connect} 04 82 003c 0003 646576`,
      4,
      'The packet ends 2 bytes before the end of the User Name.',
    ],
    [
      'a Client Identifier that is no UTF-8',
      `10 0d ${connect} 04 02 003c 0001 c3`,
      4,
      'The Client Identifier is not well-formed UTF-8 at byte 0 of the string.',
    ],
    [
      'a will whose length is in the wrong order',
      `10 13 ${connect} 04 06 003c 0000 0001 77 0200 6f6e`,
      4,
      'The length prefix of the Will Message announces 512 bytes, more than are left here.',
    ],
    [
      'the same in the words of 5.0',
      `10 15 ${connect} 05 06 003c 00 0000 00 0001 77 0200 6f6e`,
      5,
      'The length prefix of the Will Payload announces 512 bytes, more than are left here.',
    ],
    [
      'a PUBLISH that ends in its Packet Identifier',
      '32 04 0001 61 00',
      4,
      'The packet ends 1 byte before the end of the Packet Identifier.',
    ],
    [
      'a null character in a topic',
      '30 05 0002 6100 78',
      4,
      'The Topic Name contains the null character U+0000 at byte 1 of the string.',
    ],
  ] as const) {
    it(`is told of ${what}`, () => assert.equal(said(hex.replaceAll(' ', ''), version), text));
  }

  it('changes nothing of a rule that names what it is about, nor of another error', () => {
    assert.match(said('3100', 4), /^(?!.*undefined)/);
    const other = new TypeError('x');
    assert.equal(withBrokenField(other, Uint8Array.of(0x10, 0), 0, 2, 4), other);
  });
});
