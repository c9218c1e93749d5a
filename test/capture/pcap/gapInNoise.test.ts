import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { encode } from '../../../src/protocol/codec';
import { pcapFile } from '../../support/captureFiles';
import { a } from '../../support/packets';
import { randomFrom } from '../../support/random';
import { linesOf, packets, readCapture, talk } from '../../support/tcpTalk';

const { connect, connack, ping } = packets;
/** Bytes of a segment of Ethernet. */
const segment = 1448;

/** A capture that lacks the beginning of a PUBLISH with a firmware image, of which any bytes may be. */
function rowsWithoutBeginning(seed: number): readonly string[] {
  const random = randomFrom(seed);
  const image = Uint8Array.from({ length: 300_000 }, () => random() * 256);
  const whole = encode(a.publish('firmware', 1, 3, { payload: image }), 4);
  const conversation = talk().handshake().packet('client', connect).packet('server', connack);
  conversation.lose('client', whole.subarray(0, segment));
  for (let at = segment; at + segment < whole.length; at += segment)
    conversation.send('client', whole.subarray(at, at + segment));
  const rest = whole.subarray(Math.floor(whole.length / segment) * segment);
  conversation.send('client', concatBytes([rest, encode(ping, 4), encode(a.publish('after', 0), 4)]));
  return linesOf(readCapture(pcapFile(conversation.frames)).log);
}

describe('A gap that has the beginning of a firmware image in it', () => {
  it('is followed by the rest of it, in which no packets are seen that nobody sent', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const packetsOfRows = rowsWithoutBeginning(seed)
        .slice(3)
        .filter((line) => !line.includes('unframed'));
      assert.deepEqual(packetsOfRows, ['out PINGREQ', 'out PUBLISH after'], `seed ${seed}`);
    }
  });
});
