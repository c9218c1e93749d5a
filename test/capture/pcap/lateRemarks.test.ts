import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { PcapngWriter, writePcapng } from '../../../src/capture/pcap/pcapngWriter';
import { type RowRemark, rowRemarks } from '../../../src/capture/rowRemarks';
import { encode } from '../../../src/protocol/codec';
import { asItIs } from '../../support/packetLogs';
import { a } from '../../support/packets';
import { withFrames } from '../../support/pcapngFrames';

const at = 1_700_000_000_000;
const options = { application: 'MQTT Workbench 0.0.0', conceal: asItIs };
const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 7, subject: 'client' } as const;
const unmatched = { id: 'acknowledgementUnmatched', offset: 0, value: 9, subject: 'PUBREL' } as const;

const newLog = (): PacketLog => new PacketLog({ byteBudget: 1 << 26 });

/** Of the file, as our own reading has it: the remarks, each on the topic or the type of its packet. */
function remarksIn(file: Uint8Array): readonly (readonly [sequence: number, id: string])[] {
  const log = newLog();
  const reader = new CaptureReader(log);
  reader.push(file.slice());
  assert.deepEqual(reader.end().problems, []);
  return rowRemarks(log)
    .between(log.first, log.end)
    .map(({ sequence, violation }) => [sequence, violation.id]);
}

/** A file that is written while things happen: after each step the rows that there are by then. */
function recorded(log: PacketLog, ...steps: readonly (() => void)[]): Uint8Array {
  const writer = new PcapngWriter(log, options);
  const pieces: Uint8Array[] = [];
  let next = log.first;
  for (const step of steps) {
    step();
    for (; next < log.end; next++) pieces.push(...writer.row(next));
  }
  pieces.push(writer.finish() ?? assert.fail());
  return concatBytes(pieces);
}

function saved(log: PacketLog): Uint8Array {
  const rows = Array.from({ length: log.end - log.first }, (_, index) => log.first + index);
  return concatBytes([...writePcapng(log, rows, options)]);
}

/** A device that sends before it is let in, and another one whose packets come in between. */
function impatient() {
  const log = newLog();
  const [device, other] = [new ConnectionCapture(log, 'esp32'), new ConnectionCapture(log, 'other')];
  const begin = (): void => {
    other.chunk('in', encode(a.connect(), 5), at);
    device.chunk('in', encode(a.connect(), 5), at + 1);
    device.chunk('in', encode(a.publish('a', 2, 7), 5), at + 2);
    device.chunk('in', encode(a.publish('b', 2, 7), 5), at + 2);
    other.chunk('out', encode(a.connack(), 5), at + 3);
    device.chunk('in', encode(a.acknowledgement('PUBREL', 9), 5), at + 4);
  };
  const letIn = (...remarks: readonly RowRemark[]): void => {
    device.chunk('out', encode(a.connack(), 5), at + 900);
    for (const { sequence, violation } of remarks) rowRemarks(log).add(sequence, violation);
    device.chunk('in', encode(a.publish('c', 2, 8), 5), at + 901);
  };
  return { log, begin, letIn };
}

const found: readonly RowRemark[] = [
  { sequence: 4, violation: inUse },
  { sequence: 6, violation: unmatched },
];

describe('What is found wrong with a packet after it was written', () => {
  it('is said with the CONNACK of its client, by the number of its frame, and is read at its packet again', () => {
    const { log, begin, letIn } = impatient();
    const file = recorded(log, begin, () => letIn(...found));
    assert.deepEqual(
      remarksIn(file),
      found.map(({ sequence, violation }) => [sequence, violation.id]),
    );
    const text = Buffer.from(file).toString('latin1');
    // Three frames open each connection.
    assert.deepEqual(text.match(/MQTT Workbench violation[^:]*: [^.]*/g), [
      'MQTT Workbench violation by frame 10, packet 3 of its client: Packet Identifier 7 is in use: its packet is not acknowledged yet',
      'MQTT Workbench violation by frame 12, packet 4 of its client: Nothing with Packet Identifier 9 waits for this packet',
    ]);
  });

  it('is said once: with its packet where it was known by then, and only what came to it later with CONNACK', () => {
    const { log, begin, letIn } = impatient();
    const exceeded = { id: 'receiveMaximumExceeded', offset: 0, value: 1, subject: 'client' } as const;
    const file = recorded(
      log,
      () => {
        begin();
        rowRemarks(log).add(4, inUse);
      },
      () => letIn({ sequence: 4, violation: exceeded }),
    );
    const expected = [
      [4, inUse.id],
      [4, exceeded.id],
    ];
    assert.deepEqual(remarksIn(file), expected);
    assert.deepEqual(
      Buffer.from(file)
        .toString('latin1')
        .match(/violation by frame/g)?.length,
      1,
    );
    assert.equal(Buffer.from(saved(log)).includes('violation by frame'), false);
    assert.deepEqual(remarksIn(saved(log)), expected);
  });

  it('goes to its packet where frames of others were cut out, and to none where one of its client was', () => {
    const { log, begin, letIn } = impatient();
    const file = recorded(log, begin, () => letIn(...found));
    const without = (cut: number) => remarksIn(withFrames(file, (frame) => frame !== cut));
    // The CONNACK of the other connection.
    assert.deepEqual(without(11), [
      [4, inUse.id],
      [5, unmatched.id],
    ]);
    // The first PUBLISH, which has the same Packet Identifier as the one that is meant.
    assert.deepEqual(without(9), []);
  });

  for (const [what, place] of [
    ['another one with another identifier', 'packet 4'],
    ['none that there is', 'packet 5'],
    ['none that can be', 'packet 0'],
    ['no number', 'packet x'],
    ['more than a number', 'packet 9999999999'],
  ] as const) {
    it(`is ignored where it is said of ${what}`, () => {
      const { log, begin, letIn } = impatient();
      const file = recorded(log, begin, () => letIn({ sequence: 4, violation: inUse }));
      const [said, other] = ['by frame 10, packet 3 of its', `by frame 10, ${place} of its`];
      const text = Buffer.from(file).toString('latin1');
      const longer = other.length - said.length;
      // What is longer takes the place of words that nobody reads.
      const changed = text.replace(new RegExp(`${said}([^]*?) in use.{${longer}}`), `${other}$1 in use`);
      assert.ok(changed !== text && changed.length === text.length);
      assert.deepEqual(remarksIn(Uint8Array.from(Buffer.from(changed, 'latin1'))), []);
    });
  }
});

describe('What was remarked on packets of a file that somebody has cut frames out of', () => {
  it('is at its packet, though that had to wait for what is not there', () => {
    const log = newLog();
    const device = new ConnectionCapture(log, 'esp32');
    device.chunk('in', encode(a.connect(), 5), at);
    device.chunk('out', encode(a.connack(), 5), at + 1);
    for (const [index, topic] of ['a', 'b', 'c', 'd'].entries())
      device.chunk('in', encode(a.publish(topic, 2, 7), 5), at + 2 + (index >> 1));
    for (const sequence of [4, 6]) rowRemarks(log).add(sequence, inUse);
    device.chunk('out', encode(a.acknowledgement('PUBREC', 7), 5), at + 10);
    const file = saved(log);
    assert.deepEqual(remarksIn(file), [
      [4, inUse.id],
      [6, inUse.id],
    ]);
    // Frame 6 is the first PUBLISH, 7 the one that was remarked on, and 8 one of the same time as 9.
    assert.deepEqual(remarksIn(withFrames(file, (frame) => frame !== 6)), [
      [4, inUse.id],
      [6, inUse.id],
    ]);
  });
});
