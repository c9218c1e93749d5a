import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PacketWriter } from '../../src/protocol/codec';
import type { Publish, Pubrel, QoS } from '../../src/protocol/controlPacket';
import { noProperties } from '../../src/protocol/properties';
import { InboundFlow } from '../../src/session/inboundFlow';
import { a } from '../support/packets';
import { violationOf } from '../support/violationOf';

type Step = Publish | Pubrel;

function flow() {
  const out = new PacketWriter();
  const received = new Set<number>();
  return { out, received, flow: new InboundFlow(received, out, { version: 5, receiveMaximum: 2 }) };
}

describe('The receiver of messages that are accepted at once', () => {
  const identifier = fc.integer({ min: 1, max: 3 });
  const publish = fc
    .record({ qos: fc.constantFrom<QoS>(0, 1, 2), identifier })
    .map(({ qos, identifier }): Step => ({
      ...a.publish('t'),
      qos,
      packetIdentifier: qos === 0 ? 0 : identifier,
    }));
  const pubrel = identifier.map((packetIdentifier): Step => ({
    type: 'PUBREL',
    packetIdentifier,
    reasonCode: 0,
    properties: noProperties,
  }));

  it('answers, remembers and refuses as one that takes and acknowledges them in two steps [MQTT-4.3.2-4] [MQTT-3.3.4-9]', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(publish, pubrel), { maxLength: 30 }), (steps) => {
        const one = flow();
        const two = flow();
        for (const step of steps) {
          if (step.type === 'PUBREL') {
            one.flow.pubrel(step);
            two.flow.pubrel(step);
            continue;
          }
          const results: unknown[] = [];
          const violations = [
            violationOf(() => results.push(one.flow.accept(step))),
            violationOf(() => {
              results.push(two.flow.publish(step));
              two.flow.acknowledge();
            }),
          ];
          assert.equal(results[0], results[1]);
          assert.deepEqual(violations[0], violations[1]);
          assert.deepEqual(one.received, two.received);
        }
        assert.deepEqual(one.out.take(), two.out.take());
      }),
    );
  });
});
