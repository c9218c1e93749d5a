import assert from 'node:assert/strict';
import { dissect } from '../../src/protocol/dissect';
import type { FieldNode } from '../../src/protocol/dissect';
import { loadVectors } from '../support/vectors';

/** The tree as text: span, bits, label, value and section of each field. */
function render(nodes: readonly FieldNode[], depth = 1): string {
  return nodes
    .map(({ start, end, bits, label, value, section, children }) => {
      const place = bits ? `bits ${bits.high}-${bits.low}` : `${start}-${end}`;
      const shown = value === undefined ? '' : `: ${value}`;
      return `${'  '.repeat(depth)}${place} ${label}${shown} [${section}]\n${render(children, depth + 1)}`;
    })
    .join('');
}

const trees: readonly (readonly [vector: string, tree: string])[] = [
  [
    'PUBLISH of 5.0 with an alias for a topic of two bytes is suspicious',
    `
  0-2 Fixed Header [2.1.1]
    0-1 Type and Flags: 0x30 (binary 00110000) [2.1.1]
      bits 7-4 Control Packet Type: PUBLISH (3) [2.1.2]
      bits 3-3 DUP: not set [3.3.1.1]
      bits 2-1 QoS: At most once (0) [3.3.1.2]
      bits 0-0 RETAIN: not set [3.3.1.3]
    1-2 Remaining Length: 8 [2.1.4]
  2-10 Variable Header [3.3.2]
    2-6 Topic Name: ab [3.3.2.1]
      2-4 Length: 2 [1.5.4]
      4-6 Text: ab [1.5.4]
    6-10 Properties [2.2.2]
      6-7 Property Length: 3 [2.2.2.1]
      7-10 Topic Alias: 1 [3.3.2.3.4]
        7-8 Identifier: Topic Alias [2.2.2.2]
        8-10 Topic Alias: 1 [3.3.2.3.4]
`,
  ],
  [
    'CONNECT of 3.1.1 with a user name and no password',
    `
  0-2 Fixed Header [2.2]
    0-1 Type and Flags: 0x10 (binary 00010000) [2.2]
      bits 7-4 Control Packet Type: CONNECT (1) [2.2.1]
      bits 3-0 Reserved: 0 [2.2.2]
    1-2 Remaining Length: 21 [2.2.3]
  2-12 Variable Header [3.1.2]
    2-8 Protocol Name: MQTT [3.1.2.1]
      2-4 Length: 4 [1.5.3]
      4-8 Text: MQTT [1.5.3]
    8-9 Protocol Level: 4 (MQTT 3.1.1) [3.1.2.2]
    9-10 Connect Flags: 0x82 (binary 10000010) [3.1.2.3]
      bits 7-7 User Name Flag: set [3.1.2.8]
      bits 6-6 Password Flag: not set [3.1.2.9]
      bits 5-5 Will Retain: not set [3.1.2.7]
      bits 4-3 Will QoS: 0 [3.1.2.6]
      bits 2-2 Will Flag: not set [3.1.2.5]
      bits 1-1 Clean Session: set [3.1.2.4]
      bits 0-0 Reserved: 0 [3.1.2.3]
    10-12 Keep Alive: 60 s (1 min) [3.1.2.10]
  12-23 Payload [3.1.3]
    12-18 Client Identifier: dev1 [3.1.3.1]
      12-14 Length: 4 [1.5.3]
      14-18 Text: dev1 [1.5.3]
    18-23 User Name: ann [3.1.3.4]
      18-20 Length: 3 [1.5.3]
      20-23 Text: ann [1.5.3]
`,
  ],
  [
    'SUBSCRIBE of 5.0 with QoS 2, No Local, Retain As Published, Retain Handling 2',
    `
  0-2 Fixed Header [2.1.1]
    0-1 Type and Flags: 0x82 (binary 10000010) [2.1.1]
      bits 7-4 Control Packet Type: SUBSCRIBE (8) [2.1.2]
      bits 3-0 Reserved: 2 [2.1.3]
    1-2 Remaining Length: 9 [2.1.4]
  2-5 Variable Header [3.8.2]
    2-4 Packet Identifier: 10 [3.8.2]
    4-5 Properties [2.2.2]
      4-5 Property Length: 0 [2.2.2.1]
  5-11 Payload [3.8.3]
    5-11 Subscription: a/b [3.8.3]
      5-10 Topic Filter: a/b [3.8.3]
        5-7 Length: 3 [1.5.4]
        7-10 Text: a/b [1.5.4]
      10-11 Subscription Options: 0x2E (binary 00101110) [3.8.3.1]
        bits 7-6 Reserved: 0 [3.8.3.1]
        bits 5-4 Retain Handling: Do not send retained messages at the time of the subscribe (2) [3.8.3.1]
        bits 3-3 Retain As Published: set [3.8.3.1]
        bits 2-2 No Local: set [3.8.3.1]
        bits 1-0 Maximum QoS: 2 [3.8.3.1]
`,
  ],
  [
    'an alias stands for a topic that is known',
    `
  0-2 Fixed Header [2.1.1]
    0-1 Type and Flags: 0x30 (binary 00110000) [2.1.1]
      bits 7-4 Control Packet Type: PUBLISH (3) [2.1.2]
      bits 3-3 DUP: not set [3.3.1.1]
      bits 2-1 QoS: At most once (0) [3.3.1.2]
      bits 0-0 RETAIN: not set [3.3.1.3]
    1-2 Remaining Length: 6 [2.1.4]
  2-8 Variable Header [3.3.2]
    2-4 Topic Name:  [3.3.2.1]
      2-4 Length: 0 [1.5.4]
    4-8 Properties [2.2.2]
      4-5 Property Length: 3 [2.2.2.1]
      5-8 Topic Alias: 7 (a/b) [3.3.2.3.4]
        5-6 Identifier: Topic Alias [2.2.2.2]
        6-8 Topic Alias: 7 [3.3.2.3.4]
`,
  ],
  [
    'PUBLISH of 3.1.1 whose topic length is in little-endian order',
    `
  0-2 Fixed Header [2.2]
    0-1 Type and Flags: 0x30 (binary 00110000) [2.2]
      bits 7-4 Control Packet Type: PUBLISH (3) [2.2.1]
      bits 3-3 DUP: not set [3.3.1.1]
      bits 2-1 QoS: At most once (0) [3.3.1.2]
      bits 0-0 RETAIN: not set [3.3.1.3]
    1-2 Remaining Length: 9 [2.2.3]
  2-11 Variable Header [3.3.2]
    2-11 Topic Name [3.3.2.1]
      2-4 Length: 768 [1.5.3]
      4-11 Unattributed bytes: 74 2f 31 32 31 2e 35 [4.8]
`,
  ],
  [
    'PUBLISH of 5.0 with a property cut off by the Property Length',
    `
  0-2 Fixed Header [2.1.1]
    0-1 Type and Flags: 0x30 (binary 00110000) [2.1.1]
      bits 7-4 Control Packet Type: PUBLISH (3) [2.1.2]
      bits 3-3 DUP: not set [3.3.1.1]
      bits 2-1 QoS: At most once (0) [3.3.1.2]
      bits 0-0 RETAIN: not set [3.3.1.3]
    1-2 Remaining Length: 11 [2.1.4]
  2-11 Variable Header [3.3.2]
    2-7 Topic Name: t/1 [3.3.2.1]
      2-4 Length: 3 [1.5.4]
      4-7 Text: t/1 [1.5.4]
    7-11 Properties [2.2.2]
      7-8 Property Length: 3 [2.2.2.1]
      8-11 Message Expiry Interval: 00 00 [4.13.1]
        8-9 Identifier: Message Expiry Interval [2.2.2.2]
        9-11 Unattributed bytes: 00 00 [4.13.1]
  11-13 Payload: 0e 10 [3.3.3]
`,
  ],
  [
    'CONNACK of 3.1.1: not authorized',
    `
  0-2 Fixed Header [2.2]
    0-1 Type and Flags: 0x20 (binary 00100000) [2.2]
      bits 7-4 Control Packet Type: CONNACK (2) [2.2.1]
      bits 3-0 Reserved: 0 [2.2.2]
    1-2 Remaining Length: 2 [2.2.3]
  2-4 Variable Header [3.2.2]
    2-3 Connect Acknowledge Flags: 0x00 (binary 00000000) [3.2.2.1]
      bits 7-1 Reserved: 0 [3.2.2.1]
      bits 0-0 Session Present: not set [3.2.2.2]
    3-4 Connect Return code: Connection Refused, not authorized (0x05) [3.2.2.3]
`,
  ],
  ['no byte at all', '\n'],
];

/** Values in human form, by the label of the field that has them. */
const values: readonly (readonly [vector: string, label: string, value: string])[] = [
  ['CONNECT of 3.1.1 without Keep Alive is allowed and suspicious', 'Keep Alive', 'off'],
  [
    'CONNECT of 3.1.1 with the longest Keep Alive, 18 h 12 min 15 s',
    'Keep Alive',
    '65535 s (18 h 12 min 15 s)',
  ],
  ['Session Expiry Interval is allowed in CONNECT', 'Session Expiry Interval', '86400 s (1 d)'],
  ['Session Expiry Interval may be 4,294,967,295 in CONNACK', 'Session Expiry Interval', 'never expires'],
  ['Server Keep Alive is allowed in CONNACK', 'Server Keep Alive', '300 s (5 min)'],
  ['Maximum Packet Size is allowed in CONNECT', 'Maximum Packet Size', '86,400 bytes'],
  ['User Property is allowed in PUBLISH', 'User Property', 'n = v'],
  ['PUBREC of 5.0 with a Reason Code and no Property Length', 'Reason Code', 'Quota exceeded (0x97)'],
  ['PUBREC of 5.0 with a Reason Code that nobody defined', 'Reason Code', 'unknown (0x03)'],
  ['CONNECT of 3.1.1 with a user name in Latin-1', 'User Name', 'not UTF-8: 6a fc 72 6e 6a'],
  ['PUBLISH of 3.1.1: QoS 2', 'QoS', 'Exactly once (2)'],
  ['PUBLISH of 3.1.1 with QoS 3', 'QoS', 'Reserved (3)'],
];

const vectors = loadVectors();

function fieldsOf(name: string): readonly FieldNode[] {
  const vector = vectors.find((candidate) => candidate.name === name) ?? assert.fail('no such vector');
  return dissect(vector.bytes, vector.context).fields;
}

function find(nodes: readonly FieldNode[], label: string): FieldNode | undefined {
  for (const node of nodes) {
    const found = node.label === label ? node : find(node.children, label);
    if (found) return found;
  }
  return undefined;
}

describe('The field tree', () => {
  for (const [name, tree] of trees) {
    it(`of ${name}`, () => {
      assert.equal(`\n${render(fieldsOf(name))}`, tree);
    });
  }

  for (const [name, label, value] of values) {
    it(`says ${label}: ${value} of ${name}`, () => {
      assert.equal(find(fieldsOf(name), label)?.value, value);
    });
  }

  it('shows the beginning of long bytes and says how many there are', () => {
    const payload = find(fieldsOf('a PUBLISH of 3.1.1 with a Remaining Length of 16,384'), 'Payload');
    assert.equal(payload?.value, `${Array.from({ length: 32 }, () => '78').join(' ')} … (16379 bytes)`);
  });
});
