import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { PacketLog } from '../../src/capture/packetLog';
import { CaptureReader } from '../../src/capture/pcap/captureReader';
import { PcapngWriter } from '../../src/capture/pcap/pcapngWriter';
import { type RowRemark, rowRemarks } from '../../src/capture/rowRemarks';
import { encode } from '../../src/protocol/codec';
import type { ControlPacket } from '../../src/protocol/controlPacket';
import { clauseOf } from '../../src/protocol/violations';
import { asItIs } from '../support/packetLogs';
import { a } from '../support/packets';
import { requirePeer } from '../support/peers';
import { besideTshark, runTshark, tsharkPackets } from '../support/tshark';
import { expectedTsharkFields } from '../support/tsharkForm';

const inUse = { id: 'packetIdentifierInUse', offset: 0, value: 7 } as const;
const unmatched = { id: 'acknowledgementUnmatched', offset: 0, value: 9, subject: 'PUBREL' } as const;
const found: readonly RowRemark[] = [
  { sequence: 3, violation: inUse },
  { sequence: 4, violation: unmatched },
];

const sent: readonly ControlPacket[] = [
  a.connect({ protocolVersion: 4 }),
  a.publish('a/b', 2, 7),
  a.publish('a/c', 2, 7),
  a.acknowledgement('PUBREL', 9),
  a.publish('a/d'),
];

describe('What the receiver of a packet found wrong, in a file of ours', function () {
  this.timeout(60_000);
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'mqtt-remarks-'));
  before(function () {
    requirePeer(this, 'tshark');
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  /** A file of what a device sends and is let in after, remarked on before or after it is written. */
  function write(name: string, remarked: 'in time' | 'late'): string {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const writer = new PcapngWriter(log, { application: 'MQTT Workbench', conceal: asItIs });
    const device = new ConnectionCapture(log, 'device');
    const remark = (): void => {
      for (const { sequence, violation } of found) rowRemarks(log).add(sequence, violation);
    };
    const pieces: Uint8Array[] = [];
    for (const packet of sent) device.chunk('in', encode(packet, 4), 1000);
    if (remarked === 'in time') remark();
    for (let sequence = log.first; sequence < log.end; sequence++) pieces.push(...writer.row(sequence));
    device.chunk('out', encode(a.connack(), 4), 2000);
    if (remarked === 'late') remark();
    pieces.push(...writer.row(log.end - 1), writer.finish() ?? assert.fail());
    const file = path.join(folder, name);
    fs.writeFileSync(file, Buffer.concat(pieces));
    return file;
  }

  /** Each comment that is one of a violation, behind the number of its frame. */
  const comments = (file: string): readonly string[] =>
    runTshark(
      ['-r', file, '-Y', 'frame.comment contains "violation"', '-T', 'fields'].concat(
        ...['frame.number', 'frame.comment'].map((field) => ['-e', field]),
      ),
    )
      .trim()
      .split('\n')
      .map((line) => line.replaceAll(/ \{[^}]*\}/g, ''));

  function remarksIn(file: string): readonly RowRemark[] {
    const log = new PacketLog({ byteBudget: 1 << 20 });
    const reader = new CaptureReader(log);
    reader.push(fs.readFileSync(file));
    assert.deepEqual(reader.end().problems, []);
    return rowRemarks(log).between(log.first, log.end);
  }

  const inUseText = `Packet Identifier 7 is in use: its packet is not acknowledged yet. [${clauseOf(inUse, 4)}]`;
  const unmatchedText = `Nothing with Packet Identifier 9 waits for this packet. [${clauseOf(unmatched, 4)}]`;
  const wholeFields = [...sent, a.connack()].map((packet) => expectedTsharkFields(packet, 4));

  it('is a comment of its frame for tshark, and leaves the fields of the packets as they are', () => {
    const file = write('inTime.pcapng', 'in time');
    assert.deepEqual(
      tsharkPackets(file).map(({ fields }) => fields),
      wholeFields,
    );
    // Three frames open the connection.
    assert.deepEqual(comments(file), [
      `6\tMQTT Workbench violation: ${inUseText}`,
      `7\tMQTT Workbench violation: ${unmatchedText}`,
    ]);
    assert.deepEqual(remarksIn(file), found);
  });

  it('is a comment of the CONNACK, with the frame that it is about, where that was written before', () => {
    const file = write('late.pcapng', 'late');
    assert.deepEqual(
      tsharkPackets(file).map(({ fields }) => fields),
      wholeFields,
    );
    assert.deepEqual(comments(file), [
      `9\tMQTT Workbench violation by frame 6, packet 3 of its client: ${inUseText},` +
        `MQTT Workbench violation by frame 7, packet 4 of its client: ${unmatchedText}`,
    ]);
    assert.deepEqual(remarksIn(file), found);
  });

  it('is still at its packet where editcap has cut out another one before it', () => {
    const file = write('whole.pcapng', 'in time');
    const cut = path.join(folder, 'cut.pcapng');
    execFileSync(besideTshark('editcap'), [file, cut, '5']);
    assert.equal(tsharkPackets(cut).length, sent.length);
    // In place of the first PUBLISH there is a note that it is missing.
    assert.deepEqual(remarksIn(cut), found);
  });
});
