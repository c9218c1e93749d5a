import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import { encodeUtf8 } from '../../../src/base/utf8';
import { PacketContexts } from '../../../src/capture/packetContexts';
import { PacketLog } from '../../../src/capture/packetLog';
import { rowRemarks } from '../../../src/capture/rowRemarks';
import { rowVerdicts } from '../../../src/capture/rowVerdicts';
import { rowViolations } from '../../../src/capture/rowViolations';
import { encode } from '../../../src/protocol/codec';
import { clientRow } from '../../../src/ui/broker/clientRow';
import { turn } from '../../support/fakeClock';
import { a } from '../../support/packets';
import { bringBack } from '../../support/snapshots';
import { BrokerWindow, listed, running } from './brokerWindow';

/** What is marked in the inspector, each with its row. */
function marked({ log }: BrokerWindow): readonly string[] {
  const verdicts = rowVerdicts(log);
  const contexts = new PacketContexts(log);
  const lines: string[] = [];
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const [row, segment, bytes] = [log.row(sequence), log.segmentOf(sequence), log.bytesAt(sequence)];
    assert.ok(row && segment && bytes);
    const found = rowViolations(row, bytes, contexts).filter(({ id }) => id !== 'keepAliveZero');
    assert.equal(verdicts.breaksRule(segment, sequence - segment.first), found.length > 0);
    for (const { id, value, offset } of found)
      lines.push(`${sequence} ${row.packetType} ${row.topic ?? ''} ${id} ${value} at ${offset}`);
  }
  return lines;
}

describe('What the local broker does not end a connection for', () => {
  it('is counted with the client, once for each kind, with the packet [MQTT-2.2.1-3]', async () => {
    const window = await running();
    const device = window.device();
    await device.connect('dev');
    await device.sendPacket(a.publish('a/b', 2, 1));
    await device.sendPacket(a.publish('a/c', 2, 1));
    await device.sendPacket(a.acknowledgement('PUBACK', 7));
    await device.sendPacket(a.acknowledgement('PUBACK', 8));
    assert.deepEqual(listed(window), [
      'dev (192.168.1.31): Nothing with Packet Identifier 8 waits for this packet x2',
      'dev (192.168.1.31): Packet Identifier 1 is in use: its packet is not acknowledged yet x1',
    ]);
    const [unmatched, inUse] = window.problems.of('dev');
    assert.match(inUse?.text ?? '', /\[MQTT-2\.3\.1-2\].* it is lost\.$/);
    assert.deepEqual([unmatched?.isTold, inUse?.isTold], [true, true]);
    const topicOf = (sequence = -1) => Buffer.from(window.log.bytesAt(sequence) ?? []).toString('latin1');
    assert.match(topicOf(inUse?.packet()), /a\/c/);
    assert.equal(window.log.bytesAt(unmatched?.packet() ?? -1)?.[3], 8);
    const client = window.local.broker?.client('dev');
    assert.ok(client);
    const row = clientRow(client, window.problems.of('dev'), 0);
    assert.match(row.description ?? '', /^3 problems · /);
  });

  it('is shown at its packet also where that came with CONNECT and others in one piece', async () => {
    const window = await running();
    const publish = (topic: string) => encode(a.publish(topic, 2, 1), 4);
    const connect = encode(a.connect({ protocolVersion: 4, clientIdentifier: 'dev' }), 4);
    const disconnect = [0xe0, 0];
    await window.device().send([...connect, ...publish('a/b'), ...publish('a/c'), ...disconnect]);
    const sequence = window.problems.of('dev')[0]?.packet() ?? -1;
    assert.match(Buffer.from(window.log.bytesAt(sequence) ?? []).toString('latin1'), /a\/c/);
  });

  it('is marked at its packet in the inspector, at its Packet Identifier, which does not show it by itself', async () => {
    const window = await running();
    const device = window.device(5);
    await device.connect('dev');
    await device.sendPacket(a.publish('a/b', 2, 1));
    await device.sendPacket(a.publish('a/c', 2, 1));
    await device.sendPacket(a.acknowledgement('PUBREL', 9));
    assert.deepEqual(marked(window), [
      '5 PUBLISH a/c packetIdentifierInUse 1 at 7',
      '7 PUBREL  acknowledgementUnmatched 9 at 2',
    ]);
  });

  it('is found when its client is let in where it came before that, together with CONNACK', async () => {
    const window = new BrokerWindow();
    await window.users.add('ada', 'secret');
    await window.local.start();
    const device = window.device(5);
    const credentials = { userName: 'ada', password: encodeUtf8('secret') };
    await device.sendPacket(a.connect({ clientIdentifier: 'dev', ...credentials }));
    await device.sendPacket(a.publish('a/b', 2, 1));
    await device.sendPacket(a.publish('a/c', 2, 1));
    // The password is still compared, and somebody looks already.
    assert.deepEqual([window.log.end, marked(window)], [4, []]);
    while (window.log.end === 4) await turn();
    assert.equal(window.log.row(4)?.packetType, 'CONNACK');
    assert.deepEqual(marked(window), ['3 PUBLISH a/c packetIdentifierInUse 1 at 7']);
  });

  it('is a payload that is no text although its packet says so, marked once at the packet that shows it by itself', async () => {
    const window = await running();
    const device = window.device(5);
    const said = { payload: Uint8Array.of(0x61, 0xff), properties: { payloadFormatIndicator: 1 } } as const;
    const will = { topicName: 'w', qos: 0, retain: false, ...said } as const;
    await device.sendPacket(a.connect({ clientIdentifier: 'dev', will }));
    await device.sendPacket(a.publish('a/b', 0, 0, said));
    await device.sendPacket(a.publish('a/b', 0, 0));
    assert.deepEqual(
      marked(window).map((line) => line.replace(/ at \d+$/, '')),
      ['1 CONNECT  willPayloadNotUtf8 1', '3 PUBLISH a/b payloadNotUtf8 1'],
    );
    assert.deepEqual(listed(window), [
      'dev (192.168.1.31): The payload is not UTF-8 at byte 1, although the Payload Format Indicator says so x1',
      'dev (192.168.1.31): The Will Payload is not UTF-8 at byte 1, although its Payload Format Indicator says so x1',
    ]);
    const problems = window.problems.of('dev');
    assert.deepEqual(
      problems.map(({ packet, isTold }) => [packet(), isTold]),
      [
        [3, true],
        [1, true],
      ],
    );
    assert.match(problems[0]?.text ?? '', /\[3\.3\.2\.3\.2\]/);
  });

  it('is marked at each packet, however many come in one piece, and at none that is in order', async () => {
    const window = await running();
    const [device, other] = [window.device(5), window.device(5)];
    await other.connect('other');
    await device.connect('dev');
    const before = window.log.end;
    const packets = [
      ...[a.acknowledgement('PUBACK', 7), a.publish('a', 2, 1), a.publish('b', 2, 1)],
      ...[a.acknowledgement('PUBACK', 8), a.publish('c', 2, 1), a.acknowledgement('PUBREL', 1)],
      ...[a.publish('d', 2, 1), a.acknowledgement('PUBACK', 7)],
    ];
    await device.send(packets.flatMap((packet) => [...encode(packet, 5)]));
    assert.deepEqual(
      marked(window).map((line) => line.replace(/^\d+/, (sequence) => String(Number(sequence) - before))),
      [
        '0 PUBACK  acknowledgementUnmatched 7 at 2',
        '2 PUBLISH b packetIdentifierInUse 1 at 5',
        '3 PUBACK  acknowledgementUnmatched 8 at 2',
        '4 PUBLISH c packetIdentifierInUse 1 at 5',
        '7 PUBACK  acknowledgementUnmatched 7 at 2',
      ],
    );
    assert.deepEqual(
      window.problems.all().map(({ kind, count, packet }) => [kind, count, (packet() ?? 0) - before]),
      [
        ['packetIdentifierInUse', 2, 2],
        ['acknowledgementUnmatched', 3, 0],
      ],
    );
    window.log.clear();
    assert.equal(window.problems.all()[0]?.packet(), undefined);
  });

  it('is kept with all that was found wrong, over a reload', async () => {
    const window = await running();
    const device = window.device(5);
    await device.connect('dev');
    await device.sendPacket(a.publish('a/b', 2, 1));
    await device.sendPacket(a.unsubscribe(1, ['a']));
    await device.sendPacket(a.acknowledgement('PUBREL', 9));
    await device.sendPacket(a.acknowledgement('PUBACK', 9));
    const { log } = window;
    const found = rowRemarks(log).between(log.first, log.end);
    assert.equal(found.length, 3);
    const restored = await bringBack(new PacketLog({ byteBudget: 1_000_000 }), log);
    assert.deepEqual(rowRemarks(restored).between(log.first, log.end), found);
  });

  it('is a message that is not retained, and one to a topic of the broker, which 3.1.1 has no answer for', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.retainedMessages': 1 };
    await window.local.start();
    const device = window.device();
    await device.connect('dev');
    for (const topic of ['one', 'two', '$SYS/x']) {
      await device.sendPacket(a.publish(topic, 1, 1, { retain: true }));
    }
    assert.deepEqual(listed(window), [
      'dev (192.168.1.31): published to a topic of the broker: $SYS/x x1',
      'dev (192.168.1.31): not retained: two x1',
    ]);
    assert.equal(window.rowText(window.problems.all()[0]?.packet()), 'dev (192.168.1.31:50000) in PUBLISH');
  });

  it('is one whose session is full while it is away, with the limit and what it sent last', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.queuedMessages': 1 };
    await window.local.start();
    const [away, other] = [window.device(), window.device()];
    await away.connect('dev', false);
    await away.sendPacket(a.subscribe(1, [a.subscription('#', 1)]));
    await away.sendPacket(a.disconnect());
    await other.connect('other');
    for (let number = 1; number <= 4; number++) await other.sendPacket(a.publish(`t/${number}`, 1, number));
    assert.deepEqual(listed(window), ['dev (192.168.1.31): messages dropped while it is away x1']);
    const [problem] = window.problems.of('dev');
    assert.match(problem?.text ?? '', /"mqttWorkbench\.broker\.queuedMessages" allows\. .* to "t\/2"/);
    assert.equal(window.rowText(problem?.packet()), 'dev (192.168.1.31:50000) in DISCONNECT');
    const client = window.local.broker?.client('dev');
    assert.ok(client);
    const { description, tooltip, icon } = clientRow(client, window.problems.of('dev'), 0);
    assert.match(description ?? '', /^1 problem · session /);
    assert.match(tooltip, /^Dropped: 3 messages$/m);
    assert.equal(icon?.[0], 'warning');
  });

  it('is shown at the packet that asked for what may not be, not at what came behind it', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.topicLevels': 2, 'broker.subscriptionsPerSession': 1 };
    await window.local.start();
    const device = window.device(5);
    await device.connect('dev');
    const packets = [
      a.publish('a/b/c', 1, 1),
      a.subscribe(2, [a.subscription('one', 0), a.subscription('two', 0)]),
      a.publish('a', 0),
    ];
    await device.send(packets.flatMap((packet) => [...encode(packet, 5)]));
    const shown = window.problems.all().map(({ short, packet }) => `${short}: ${window.rowText(packet())}`);
    assert.deepEqual(shown, [
      'one subscription too many: two: dev (192.168.1.31:50000) in SUBSCRIBE',
      'too many levels: a/b/c: dev (192.168.1.31:50000) in PUBLISH',
    ]);
    const settings = window.problems.all().map(({ text }) => text.match(/"mqttWorkbench\.[^"]+"/g));
    assert.deepEqual(settings, [
      ['"mqttWorkbench.broker.subscriptionsPerSession"'],
      ['"mqttWorkbench.broker.topicLevels"'],
    ]);
  });

  for (const [setting, message] of [
    ['broker.maximumConnections', 'As many clients are connected as'],
    ['broker.sessions', 'There are as many sessions as'],
  ] as const) {
    it(`is that a client is refused for ${setting}, which is named`, async () => {
      const window = new BrokerWindow();
      window.written = { [setting]: 1 };
      await window.local.start();
      await window.device().connect('one');
      await window.device().connect('two');
      const [problem] = window.problems.of('two');
      assert.ok(problem?.text.endsWith(`. ${message} "mqttWorkbench.${setting}" allows.`), problem?.text);
      // In the words of its version.
      assert.equal(problem?.short, 'refused: server unavailable (0x03)');
    });
  }
});

describe('A message more than the Receive Maximum of the local broker', () => {
  it('is marked in the inspector', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.receiveMaximum': 1 };
    await window.local.start();
    const device = window.device(5);
    await device.connect('dev');
    const packets = [a.publish('a', 2, 1), a.publish('b', 2, 2), a.publish('c', 2, 3)];
    await device.send(packets.flatMap((packet) => [...encode(packet, 5)]));
    const sequence = window.problems.of('dev')[0]?.packet() ?? -1;
    const [row, bytes] = [window.log.row(sequence), window.log.bytesAt(sequence)];
    assert.ok(row && bytes);
    assert.equal(row.topic, 'b');
    const found = rowViolations(row, bytes, new PacketContexts(window.log)).map(({ id }) => id);
    assert.deepEqual(found, ['receiveMaximumExceeded']);
  });
});
