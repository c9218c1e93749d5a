import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { PacketContexts } from '../../src/capture/packetContexts';
import { PacketLog } from '../../src/capture/packetLog';
import type { SequenceRange } from '../../src/inspector/sequenceSelection';
import { encode } from '../../src/protocol/codec';
import type { Properties } from '../../src/protocol/properties';
import type { ConnectionPicker } from '../../src/ui/connections/connectionPicker';
import type { LiveConnection, OutgoingMessage } from '../../src/ui/connections/liveConnection';
import type { Publisher } from '../../src/ui/connections/publisher';
import { CopyCommands } from '../../src/ui/inspector/commands/copyCommands';
import { dumpText } from '../../src/ui/inspector/commands/dumpText';
import { MessageCommands } from '../../src/ui/inspector/commands/messageCommands';
import { SelectedPackets } from '../../src/ui/inspector/commands/selectedPackets';
import type { InspectorSession } from '../../src/ui/inspector/inspectorSession';
import { selectedRanges } from '../../src/ui/inspector/selectedRows';
import { ShownPackets } from '../../src/ui/inspector/shownPackets';

const { window, env } = fakeVscode;
const payload = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function publish(topicName: string, properties: Properties = {}): Uint8Array {
  const flags = { dup: false, qos: 1, retain: true, packetIdentifier: 7 } as const;
  return encode({ type: 'PUBLISH', ...flags, topicName, properties, payload }, 5);
}

const connect = encode(
  {
    type: 'CONNECT',
    protocolName: 'MQTT',
    protocolVersion: 5,
    cleanStart: true,
    keepAlive: 60,
    properties: {},
    clientIdentifier: 'bench',
    will: undefined,
    userName: 'me',
    password: encodeUtf8('horse!'),
  },
  5,
);

/** A log of a CONNECT, two PUBLISH (the second with an alias alone), and one that is broken; commands over it. */
function setUp(ranges: readonly SequenceRange[] = [], published = true) {
  const log = new PacketLog({ byteBudget: 1e6 });
  const connection = log.openConnection('bench');
  const common = { at: 0, connection, kind: 'packet', version: 5 } as const;
  const sequences = {
    connect: log.append({ ...common, direction: 'out', topic: undefined }, connect),
    named: log.append(
      { ...common, direction: 'in', topic: 'a/b' },
      publish('a/b', { subscriptionIdentifiers: [1] }),
    ),
    aliased: log.append({ ...common, direction: 'in', topic: 'c' }, publish('', { topicAlias: 3 })),
    unknown: log.append({ ...common, direction: 'in', topic: undefined }, publish('', { topicAlias: 4 })),
    broken: log.append({ ...common, direction: 'in', topic: undefined }, Uint8Array.of(0x36, 2, 0, 0)),
  };
  const packets = new ShownPackets(log, new PacketContexts(log));
  const active = { log, shownPackets: packets, selected: selectedRanges(ranges) };
  const selected = new SelectedPackets({
    log,
    packets,
    inspectors: { active: active as unknown as InspectorSession },
  });
  const sent: OutgoingMessage[] = [];
  const asked: unknown[] = [];
  const live = { key: 'user:bench', profile: { name: 'bench' } } as unknown as LiveConnection;
  const messages = new MessageCommands({
    selected,
    picker: {
      pickConnected: (...given: readonly unknown[]) => {
        asked.push(given);
        return Promise.resolve(live);
      },
    } as unknown as ConnectionPicker,
    publisher: {
      publish: (_: LiveConnection, message: OutgoingMessage) => {
        sent.push(message);
        return Promise.resolve(published);
      },
    } as unknown as Publisher,
    snippets: { all: () => Promise.resolve([]) },
    connectionOf: (of) => (of === connection ? live : undefined),
  });
  const copies = new CopyCommands({ selected, serverOf: () => undefined });
  window.messages.length = 0;
  window.press = undefined;
  env.clipboard.text = '';
  return { log, selected, sequences, sent, asked, messages, copies };
}

const told = (): string => window.messages.map(({ text }) => text).join('\n');

describe('A command on packets', () => {
  it('is about the packet of the menu, or about all that is selected where that is among them', () => {
    const { selected } = setUp([{ start: 2, end: 4 }]);
    const sequences = (given?: { sequence: number }): number[] =>
      [...selected.of(given)].map(({ sequence }) => sequence);
    assert.deepEqual(sequences({ sequence: 3 }), [2, 3]);
    assert.deepEqual(sequences({ sequence: 1 }), [1]);
    assert.deepEqual(sequences(), [2, 3]);
    assert.deepEqual(sequences({ sequence: 99 }), []);
  });

  it('says what to do where nothing is selected', async () => {
    const { copies, messages } = setUp();
    await copies.copyPacketHex(undefined);
    await messages.publishPacketAgain(undefined);
    assert.match(told(), /No packet is selected\..*\n.*No packet is selected\./);
    assert.equal(env.clipboard.text, '');
  });
});

describe('Copying packets', () => {
  it('gives every byte, one packet a line', async () => {
    const { copies } = setUp([{ start: 2, end: 4 }]);
    await copies.copyPacketHex(undefined);
    const lines = env.clipboard.text.split('\n');
    assert.deepEqual(lines, [
      toHex(publish('a/b', { subscriptionIdentifiers: [1] }), ' '),
      toHex(publish('', { topicAlias: 3 }), ' '),
    ]);
    await copies.copyPacketBase64(undefined);
    assert.deepEqual(
      env.clipboard.text.split('\n').map((line) => Buffer.from(line, 'base64').length),
      lines.map((line) => (line.length + 1) / 3),
    );
  });

  it('gives no password away, and says so', async () => {
    const { copies, sequences } = setUp();
    const argument = { sequence: sequences.connect };
    await copies.copyPacketHex(argument);
    assert.ok(env.clipboard.text.endsWith(' 00 06 ** ** ** ** ** **'), env.clipboard.text);
    for (const copy of [copies.copyPacketJson, copies.copyPacketCArray, copies.copyPacketBase64]) {
      await copy(argument);
      assert.ok(!env.clipboard.text.includes('horse!'));
      assert.ok(!env.clipboard.text.includes(Buffer.from('horse!').toString('base64')));
      assert.match(told(), /Passwords and authentication data were not copied/);
    }
  });

  it('gives more than one as a JSON array, with the context of their connection', async () => {
    const { copies } = setUp([{ start: 1, end: 3 }]);
    await copies.copyPacketJson(undefined);
    const [first, second] = JSON.parse(env.clipboard.text) as { packet: string; topic?: string }[];
    assert.deepEqual([first?.packet, second?.packet, second?.topic], ['CONNECT', 'PUBLISH', 'a/b']);
  });

  it('as mosquitto_pub names the topic of an alias, and says what is no message', async () => {
    const { copies, sequences } = setUp([{ start: 2, end: 6 }]);
    await copies.copyMosquittoPub(undefined);
    const commands = env.clipboard.text.split('\n');
    assert.equal(commands.length, 2);
    assert.match(commands[1] ?? '', / \| mosquitto_pub -V 5 -t c -q 1 -r -s$/);
    assert.match(told(), new RegExp(`Nobody knows the topic of packet #${sequences.unknown}`));
  });

  it('refuses what a clipboard should not hold', async () => {
    const { copies, log } = setUp([{ start: 1, end: 100_000 }]);
    for (let count = 0; count < 20_100; count++) {
      log.append(
        { at: 0, direction: 'in', connection: 1, kind: 'packet', version: 5, topic: undefined },
        Uint8Array.of(0xc0, 0),
      );
    }
    await copies.copyPacketHex(undefined);
    assert.match(told(), /more than a clipboard should hold/);
    assert.equal(env.clipboard.text, '');
  });
});

describe('Publishing a packet again', () => {
  it('sends every byte to the same server, without what its connection alone knew', async () => {
    const { messages, sequences, sent, asked } = setUp();
    await messages.publishPacketAgain({ sequence: sequences.aliased });
    assert.deepEqual(sent, [{ topicName: 'c', payload, qos: 1, retain: true, properties: {} }]);
    assert.deepEqual((asked[0] as unknown[])[0], { connectionKey: 'user:bench' });
  });

  it('asks before it sends several, and stops where one fails', async () => {
    const several = [{ start: 2, end: 4 }];
    const refused = setUp(several);
    await refused.messages.publishPacketAgain(undefined);
    assert.deepEqual(refused.sent, []);
    const failing = setUp(several, false);
    window.press = 'Publish';
    await failing.messages.publishPacketAgain(undefined);
    assert.equal(failing.sent.length, 1);
    const going = setUp(several);
    window.press = 'Publish';
    await going.messages.publishPacketAgain(undefined);
    assert.deepEqual(
      going.sent.map(({ topicName }) => topicName),
      ['a/b', 'c'],
    );
  });

  for (const [name, sentence] of [
    ['connect', /is a CONNECT, which carries no message/],
    ['broken', /breaks a rule, so it cannot be used: .*\[MQTT-/],
    ['unknown', /Nobody knows the topic/],
  ] as const) {
    it(`says why it cannot be with the ${name} one`, async () => {
      const { messages, sequences, sent } = setUp();
      await messages.publishPacketAgain({ sequence: sequences[name] });
      assert.match(told(), sentence);
      assert.deepEqual(sent, []);
    });
  }
});

describe('A payload that is no text', () => {
  it('is shown as hexdump prints it', () => {
    assert.equal(
      dumpText(encodeUtf8('0123456789abcdefA\n')),
      [
        '00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|',
        '00000010  41 0a                                             |A.|',
        '00000012',
        '',
      ].join('\n'),
    );
  });
});
