import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import type { DissectionContext, Sender } from '../../src/protocol/dissectionContext';
import { dissect } from '../../src/protocol/dissect';
import type { ViolationId } from '../../src/protocol/violations';
import { clauseOf } from '../../src/protocol/violations';
import { loadStatements } from '../conventions/clauses/statements';
import { loadVectors } from '../support/vectors';

/** Headings of 3.1.1 that a rule without a number of its own may name. */
const sections311 = new Set([
  ...['1.5.2', '1.5.3', '2.2.1', '2.2.2', '2.2.3', '2.3.1', '3.1', '3.1.2.1', '3.1.2.2', '3.1.2.10'],
  ...[
    '3.1.3.1',
    '3.2',
    '3.2.2.1',
    '3.2.2.2',
    '3.2.2.3',
    '3.3.1.2',
    '3.3.2.1',
    '3.8.3',
    '3.9.3',
    '4.3',
    '4.7.2',
  ],
]);
const statements311 = new Set(
  loadStatements()
    .filter(({ version }) => version === '3.1.1')
    .map(({ id }) => id),
);

/** Everything an earlier packet may have decided, such as only 5.0 knows it too. */
function contexts(version: ProtocolVersion): readonly DissectionContext[] {
  const connect = { cleanStart: true, clientIdentifier: '', properties: { authenticationMethod: 'm' } };
  const announced = { maximumQoS: 0, retainAvailable: 0, topicAliasMaximum: 0, receiveMaximum: 1 };
  const bothSides = (['client', 'server'] as const).map((sender: Sender) => ({ version, sender }));
  return [
    { version },
    ...bothSides,
    ...bothSides.map((context) => ({ ...context, connect, earlierPackets: 0 })),
    ...bothSides.map((context) => ({ ...context, connect, earlierPackets: 3, connackReasonCode: 0 })),
    ...bothSides.map((context) => ({ ...context, announcement: { in: 'CONNACK' as const, ...announced } })),
  ];
}

/** What can be wrong in the content of AUTH. */
const readBy5: ReadonlySet<ViolationId> = new Set<ViolationId>([
  'authenticationMethodMissing',
  'duplicateProperty',
  'propertyNotAllowed',
]);

describe('Below 5.0', () => {
  for (const version of [3, 4] as const) {
    it(`no rule that only 5.0 has is found broken at protocol level ${version}`, () => {
      const foreign = new Set<string>();
      for (const { bytes, version: own, context } of loadVectors()) {
        // CONNECT brings its version along.
        if (own === 5 && (bytes[0] ?? 0) >> 4 === 1) continue;
        for (const held of [{ ...context, version }, ...contexts(version)]) {
          const { packetType, violations } = dissect(bytes, held);
          for (const violation of violations) {
            // AUTH is read by the only description there is.
            if (packetType === 'AUTH' && readBy5.has(violation.id)) continue;
            const clause = clauseOf(violation, version);
            const exists = clause.startsWith('MQTT-') ? statements311.has(clause) : sections311.has(clause);
            if (!exists) foreign.add(`${violation.id} [${clause}]`);
          }
        }
      }
      assert.deepEqual([...foreign].sort(), []);
    });
  }

  it('QoS 3 breaks the one rule that it breaks [MQTT-3.3.1-4]', () => {
    for (const version of [3, 4, 5] as const) {
      const { violations } = dissect(Uint8Array.of(0x36, 3, 0, 1, 0x61), { version, sender: 'client' });
      assert.deepEqual(
        violations.map(({ id }) => id).filter((id) => id !== 'truncated'),
        ['publishQosThree'],
      );
    }
  });
});
