import assert from 'node:assert/strict';
import { LogReader } from '../../../src/capture/analysis/logReader';
import type { LogObserver } from '../../../src/capture/analysis/seen';
import { PacketLog } from '../../../src/capture/packetLog';
import { Conversation } from '../../../src/protocol/conversation';
import { a } from '../../support/packets';
import { ScriptedCapture } from '../../support/scriptedCapture';

/** A reader whose observer writes down what it hears. */
function listening(log: PacketLog) {
  const heard: string[] = [];
  const observer: LogObserver = {
    packet: ({ row, sender, connection, violations }) =>
      heard.push(
        [
          `${row.sequence} ${row.packetType} of ${sender} (${connection.label})`,
          ...violations.map(({ id }) => id),
        ].join(' '),
      ),
    handshake: ({ kind, outcome, start, end, resumes }) =>
      heard.push(
        `${kind} ${outcome} ${resumes ? `${resumes.sequence}>` : ''}${start.sequence}-${end.sequence}`,
      ),
    ended: ({ label, number }) => heard.push(`end of ${number} (${label})`),
    forgetBefore: (first) => heard.push(`forget before ${first}`),
  };
  const reader = new LogReader(
    log,
    () => [observer],
    () => heard.push('cleared'),
  );
  const take = (): string[] => heard.splice(0);
  return { reader, take };
}

describe('Reading a log', () => {
  it('reads fewer rows at a time where they are long', () => {
    const script = new ScriptedCapture();
    const c = script.connected();
    const properties = { payloadFormatIndicator: 1 };
    for (let count = 0; count < 20; count++)
      c.client(a.publish('t', 0, 0, { properties, payload: new Uint8Array(200 * 1024).fill(0x61) }));
    const { reader } = listening(script.log);
    let steps = 0;
    while (!reader.advance(32)) steps++;
    assert.ok(steps >= 9, `${steps} steps for 4 MB`);
    assert.equal(reader.read, 22);
  });

  it('tells of each packet once, of handshakes as they end, and of connections', () => {
    const script = new ScriptedCapture();
    const { reader, take } = listening(script.log);
    const c = script.connected({ clientIdentifier: 'esp' });
    c.client(a.publish('t', 1, 1));
    assert.equal(reader.advance(2), false);
    assert.equal(reader.pending, 1);
    assert.deepEqual(take(), [
      '1 CONNECT of client (esp)',
      'connect complete 1-2',
      '2 CONNACK of server (esp)',
    ]);
    assert.equal(reader.advance(99), true);
    assert.deepEqual(
      [...reader.connections()].map(({ inFlight }) => inFlight),
      [1],
    );
    c.server(a.acknowledgement('PUBACK', 1), a.acknowledgement('PUBACK', 1));
    c.client(a.publish('t', 1, 2));
    c.close();
    reader.advance(99);
    assert.deepEqual(take(), [
      '3 PUBLISH of client (esp)',
      'qos1 complete 3-4',
      '4 PUBACK of server (esp)',
      'qos1 repeated 3-5',
      '5 PUBACK of server (esp) acknowledgementUnmatched',
      '6 PUBLISH of client (esp)',
      'qos1 unanswered 6-6',
      `end of ${c.number} (esp)`,
    ]);
    const next = script.connected({ clientIdentifier: 'esp', cleanStart: false }, { sessionPresent: true });
    next.client(a.publish('t', 1, 2, { dup: true }));
    next.server(a.acknowledgement('PUBACK', 2));
    reader.advance(99);
    assert.deepEqual(
      take().filter((line) => line.startsWith('qos1')),
      ['qos1 complete 6>9-10'],
    );
    assert.equal(reader.read, 10);
  });

  it('finds the violations that following the conversation finds', () => {
    const script = new ScriptedCapture();
    const { reader, take } = listening(script.log);
    const c = script.connected(
      { clientIdentifier: 'esp' },
      { properties: { receiveMaximum: 1, maximumQoS: 1 } },
    );
    c.client(a.publish('t', 1, 1), a.publish('t', 1, 1), a.publish('t', 1, 2), a.publish('t', 2, 3));
    c.server(a.acknowledgement('PUBACK', 9));
    c.client(a.connect());
    reader.advance(99);
    const conversation = new Conversation();
    const expected: string[] = [];
    for (let sequence = script.log.first; sequence < script.log.end; sequence++) {
      const sender = script.log.row(sequence)?.direction === 'in' ? 'client' : 'server';
      const { violations } = conversation.next(sender, script.log.bytesAt(sequence) ?? assert.fail());
      expected.push(`${sequence} ${violations.map(({ id }) => id).join(' ')}`.trim());
    }
    const found = take().filter((line) => /^\d/.test(line));
    assert.deepEqual(
      found.map((line) => line.replace(/ [A-Z]+ of \w+ \(esp\)/, '')),
      expected,
    );
    assert.match(expected.join(), /receiveMaximumExceeded.*qosNotSupported.*secondConnect/);
  });

  it('keeps up with evictions, and says how much it missed', () => {
    const script = new ScriptedCapture(new PacketLog({ byteBudget: 6_000, segmentBytes: 1_000 }));
    const { reader, take } = listening(script.log);
    const c = script.connected({ clientIdentifier: 'esp' });
    reader.advance(99);
    take();
    for (let index = 0; index < 200; index++) c.client(a.publish('topic/of/some/length'));
    assert.ok(script.log.first > 3);
    reader.advance(1_000);
    assert.equal(reader.missed, script.log.first - 3);
    assert.equal(reader.read + reader.missed, 202);
    const [forgot, first] = take();
    assert.equal(forgot, `forget before ${script.log.first}`);
    assert.equal(first, `${script.log.first} PUBLISH of client (esp)`);
  });

  it('begins anew where the log was cleared', () => {
    const script = new ScriptedCapture();
    const { reader, take } = listening(script.log);
    const c = script.connected({ clientIdentifier: 'esp' });
    reader.advance(99);
    script.log.clear();
    take();
    c.client(a.publish('t'));
    reader.advance(99);
    const [cleared, ...others] = take();
    assert.equal(cleared, 'cleared');
    assert.equal(others.length, 1);
    assert.equal(reader.read, 1);
  });

  it('says nothing of who sent what, where nobody knows', () => {
    const script = new ScriptedCapture();
    const { reader, take } = listening(script.log);
    const connection = script.log.openConnection('dump.txt:1');
    const bytes = Uint8Array.of(0x40, 0x02, 0x00, 0x07);
    script.log.append(
      {
        at: 1,
        direction: 'in',
        connection,
        kind: 'packet',
        version: 4,
        topic: undefined,
        withoutContext: true,
        decoded: true,
      },
      bytes,
    );
    reader.advance(99);
    assert.deepEqual(take(), ['1 PUBACK of undefined (dump.txt:1)']);
  });
});
