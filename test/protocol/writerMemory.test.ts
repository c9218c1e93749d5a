import assert from 'node:assert/strict';
import { PacketWriter } from '../../src/protocol/codec';
import { violationOf } from '../support/violationOf';
import { a } from '../support/packets';

const large = { ...a.publish('t'), payload: new Uint8Array(3_000_000) };
const most = 1_048_576;

describe('The memory of a writer', () => {
  it('is given back where a large packet breaks a rule, with what was written before it', () => {
    for (const before of [0, 1]) {
      const writer = new PacketWriter();
      if (before) writer.write(a.publish('before'), 4);
      const { length } = writer;
      assert.equal(
        violationOf(() => writer.write({ ...large, topicName: 'a/#' }, 4))?.id,
        'topicNameWildcard',
      );
      assert.equal(violationOf(() => writer.write(large, 4, 1_000))?.id, 'packetTooLarge');
      assert.ok(writer.heldBytes <= most, String(writer.heldBytes));
      assert.equal(writer.length, length);
      writer.write(a.publish('after'), 4);
      const after = new PacketWriter();
      if (before) after.write(a.publish('before'), 4);
      after.write(a.publish('after'), 4);
      assert.deepEqual(writer.take(), after.take());
    }
  });

  it('is given back once a large packet was taken, also where it had grown for another', () => {
    const writer = new PacketWriter();
    writer.write(large, 4);
    assert.ok(writer.take().length > 3_000_000);
    assert.ok(writer.heldBytes <= most, String(writer.heldBytes));
  });

  it('stays where a packet is refused behind many bytes, so that they are not copied for each', () => {
    const writer = new PacketWriter();
    writer.write(large, 4);
    assert.equal(violationOf(() => writer.write(large, 4, 1_000))?.id, 'packetTooLarge');
    const { heldBytes } = writer;
    for (let count = 0; count < 3; count++) {
      assert.equal(violationOf(() => writer.write(a.publish('a/#'), 4))?.id, 'topicNameWildcard');
      assert.equal(writer.heldBytes, heldBytes);
    }
  });
});
