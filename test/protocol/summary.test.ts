import assert from 'node:assert/strict';
import { summarize } from '../../src/protocol/summary';
import { loadVectors } from '../support/vectors';

const vectors = loadVectors();

/** Vectors by name, and the line that a list shows of them. */
const lines: readonly (readonly [vector: string, line: string])[] = [
  ['CONNECT of 3.1.1 with a Client Identifier and nothing else', 'dev1 · keep alive 60 s'],
  [
    'CONNECT of 3.1.1 with an empty Client Identifier and a clean session',
    '(no client identifier) · keep alive 60 s',
  ],
  [
    'CONNECT of 5.0 with everything: will at QoS 2 and retained, user name, password',
    'dev1 · user ann · keep alive 60 s · will st/dev1',
  ],
  ['CONNACK of 3.1.1 that resumes a session', 'Connection Accepted · session present'],
  ['CONNACK of 3.1.1: not authorized', 'Connection Refused, not authorized (0x05)'],
  ['CONNACK of 5.0: Banned', 'Banned (0x8A)'],
  ['CONNACK of 5.0 that accepts', 'Success'],
  ['PUBLISH of 3.1.1: QoS 0', 't/1 · QoS 0 · 4 B'],
  ['PUBLISH of 3.1.1: QoS 1, sent again, retained', 't/1 · QoS 1 · id 10 · retain · dup · 4 B'],
  ['PUBLISH of 5.0 with an alias instead of a topic', '(alias 1) · QoS 0 · 1 B'],
  ['PUBACK of 3.1', 'id 4660'],
  ['PUBREC of 5.0 with a Reason Code and no Property Length', 'id 1 · Quota exceeded (0x97)'],
  ['PUBREL of 5.0 that succeeds and has a Reason String', 'id 1'],
  ['PUBCOMP of 5.0 with a Reason Code and no Property Length', 'id 1 · Packet Identifier not found (0x92)'],
  ['SUBSCRIBE of 3.1.1 with the two filters of the specification’s example', 'id 10 · a/b QoS 1 · c/d QoS 2'],
  [
    'SUBACK of 3.1.1 with a failure between two grants',
    'id 10 · Success - Maximum QoS 0 · Failure (0x80) · Success - Maximum QoS 2 (0x02)',
  ],
  [
    'SUBACK of 5.0 that grants QoS 0, 1 and 2',
    'id 10 · Granted QoS 0 · Granted QoS 1 (0x01) · Granted QoS 2 (0x02)',
  ],
  ['UNSUBSCRIBE of 3.1.1 from filters with wildcards', 'id 10 · +/b/# · #'],
  ['UNSUBACK of 3.1.1', 'id 10'],
  ['UNSUBACK of 5.0 with a Reason String and a User Property', 'id 10 · Success'],
  ['PINGREQ of 3.1.1', ''],
  ['PINGRESP of 5.0', ''],
  ['DISCONNECT of 3.1.1', ''],
  ['DISCONNECT of 5.0', 'Normal disconnection'],
  ['DISCONNECT of 5.0: Session taken over', 'Session taken over (0x8E)'],
  ['AUTH of 5.0: Continue authentication', 'Continue authentication (0x18)'],
];

describe('A packet in one line', () => {
  for (const [name, line] of lines) {
    it(`${name}: ${line || 'nothing'}`, () => {
      const vector = vectors.find((candidate) => candidate.name === name);
      assert.ok(vector?.packet, 'there is such a packet');
      assert.equal(summarize(vector.packet, vector.version), line);
    });
  }

  it('names the topic that an alias stands for, and no other than that', () => {
    const named = (name: string, topicName: string) => {
      const vector = vectors.find((candidate) => candidate.name === name);
      return vector?.packet && summarize(vector.packet, vector.version, topicName);
    };
    assert.equal(named('PUBLISH of 5.0 with an alias instead of a topic', 'a/b'), 'a/b · QoS 0 · 1 B');
    assert.equal(named('PUBLISH of 3.1.1: QoS 0', 'a/b'), 't/1 · QoS 0 · 4 B');
  });

  it('exists for every packet of the vectors', () => {
    for (const { name, packet, version } of vectors) {
      if (packet) assert.doesNotMatch(summarize(packet, version), /undefined|unknown/, name);
    }
  });
});
