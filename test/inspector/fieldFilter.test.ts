import assert from 'node:assert/strict';
import { fieldFilter } from '../../media/inspector/filter/fieldFilter';
import { payloadFilter } from '../../media/inspector/filter/payloadFilter';
import { packetContents } from '../../media/inspector/packetContents';
import { encodeUtf8 } from '../../src/base/utf8';
import { readDisplayFilter } from '../../src/capture/filter/displayFilter';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import { JsonTree } from '../../src/payload/jsonTree';
import { encode } from '../../src/protocol/codec';
import type { ControlPacket, ProtocolVersion } from '../../src/protocol/controlPacket';
import { fieldsNamed } from '../../src/protocol/fieldNodes';
import { whereVocabulary } from '../../src/protocol/whereVocabulary';
import type { Direction } from '../../src/session/effects';
import { parseWhere } from '../../src/where/parser';
import { ShownPackets } from '../../src/ui/inspector/shownPackets';
import { a } from '../support/packets';

const publish: ControlPacket = {
  ...{ type: 'PUBLISH', dup: true, qos: 1, retain: true, topicName: 'a "b"/ü', packetIdentifier: 258 },
  properties: {
    ...{ contentType: 'application/json', messageExpiryInterval: 70_000, subscriptionIdentifiers: [300] },
    ...{ correlationData: Uint8Array.of(0xde, 0xad), userProperties: [['my key', 'x "y"']] },
  },
  payload: encodeUtf8('{"on":true}'),
};

/** The filter of the first field of that name, which has to match the packet itself. */
function filterOf(
  packet: ControlPacket,
  label: string,
  version: ProtocolVersion = 5,
  name = 'bench',
  direction: Direction = 'in',
): string {
  const log = new PacketLog({ byteBudget: 1024 * 1024 });
  const connection = log.openConnection(name);
  const topic = packet.type === 'PUBLISH' ? packet.topicName : undefined;
  log.append({ at: 1, direction, connection, kind: 'packet', version, topic }, encode(packet, version));
  const shown = new ShownPackets(log, new PacketContexts(log)).of(1);
  assert.ok(shown);
  const { tree } = packetContents(shown.row, shown.bytes);
  const [field] = fieldsNamed(tree.fields, label);
  assert.ok(field, label);
  tree.open(field);
  const row = tree.rows.find((each) => each.kind === 'field' && each.field === field);
  assert.ok(row);
  const text = fieldFilter(
    row,
    { row: shown.row, head: shown.bytes },
    (of) => tree.parentOf(of),
    packet.type,
  );
  const read = readDisplayFilter(text, log);
  const segment = log.segmentOf(1);
  assert.ok('filter' in read && segment, text);
  assert.equal(read.filter.test(segment, 0), true, text);
  return text;
}

describe('The filter of a field', () => {
  const cases: Readonly<Record<string, string>> = {
    'Control Packet Type': 'packet == PUBLISH',
    DUP: 'dup == true',
    QoS: 'qos == 1',
    RETAIN: 'retain == true',
    'Topic Name': 'topic == "a \\"b\\"/ü"',
    'Packet Identifier': 'id == 258',
    'Content Type': 'property.contentType == "application/json"',
    'Message Expiry Interval': 'property.messageExpiryInterval == 70000',
    'Subscription Identifier': 'property.subscriptionIdentifiers == 300',
    'Correlation Data': 'property.correlationData == "dead"',
    'User Property': 'property.user["my key"] == "x \\"y\\""',
    Payload: 'text == "{\\"on\\":true}"',
    'Variable Header': 'packet == PUBLISH',
  };
  for (const [label, text] of Object.entries(cases)) {
    it(`is ${text} for ${label}`, () => assert.equal(filterOf(publish, label), text));
  }

  it('is that of all connections of a device for its Client Identifier', () => {
    const connect = a.connect({ clientIdentifier: 'esp' });
    const names = { 'esp (10.0.0.7:5)': 'esp', 'esp · 10.0.0.7:5 → 10.0.0.1:1883': 'esp', bench: 'bench' };
    for (const [name, client] of Object.entries(names))
      assert.equal(filterOf(connect, 'Client Identifier', 5, name), `client == "${client}"`);
  });

  it('is that of a connection of our own alone, though its name reads like one of a device', () => {
    const connect = a.connect({ clientIdentifier: 'esp' });
    const name = 'lab (10.0.0.5:1883)';
    assert.equal(filterOf(connect, 'Client Identifier', 5, name, 'out'), `client == "${name}"`);
  });

  it('is the code for the reasons of all packets that have one', () => {
    const properties = {};
    const puback = { type: 'PUBACK', packetIdentifier: 1, reasonCode: 0x87, properties } as const;
    assert.equal(filterOf(puback, 'Reason Code'), 'reason == 0x87');
    const connack = { type: 'CONNACK', sessionPresent: false, reasonCode: 5, properties } as const;
    assert.equal(filterOf(connack, 'Connect Return code', 4), 'reason == 0x05');
    assert.equal(
      filterOf({ type: 'DISCONNECT', reasonCode: 0x8e, properties }, 'Disconnect Reason Code'),
      'reason == 0x8e',
    );
  });

  it('is the size for a payload that nobody would read in a filter, and its digits where it is no text', () => {
    const of = (payload: Uint8Array): string => filterOf({ ...publish, payload }, 'Payload');
    assert.equal(of(new Uint8Array(600)), 'size == 600');
    assert.equal(of(Uint8Array.of(0xff, 0)), 'hex == "ff 00"');
  });
});

describe('The filter for a value of a payload', () => {
  const text =
    '{"s":"a\\"b","n":-1.50e3,"big":12345678901234567890,"t":true,"z":null,"o":{"é":[7]},"long":"LONG"}';
  const parsed = JsonTree.parse(text.replace('LONG', 'x'.repeat(5_000)));
  assert.ok(parsed instanceof JsonTree);
  const tree = parsed;
  const cases = [
    [['s'], 'payload.s == "a\\"b"'],
    [['n'], 'payload.n == -1.50e3'],
    [['big'], 'payload.big == 12345678901234567890'],
    [['t'], 'payload.t == true'],
    [['z'], 'payload.z == null'],
    [['o'], 'payload.o exists'],
    [['o', 'é', 0], 'payload.o["é"][0] == 7'],
    [['long'], 'payload.long exists'],
  ] as const;
  for (const [steps, expected] of cases) {
    it(`is ${expected}`, () => {
      const filter = payloadFilter(tree, tree.find(steps) ?? assert.fail());
      assert.equal(filter, expected);
      assert.ok('expression' in parseWhere(filter, whereVocabulary));
    });
  }
});
