import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { PacketRest } from '../../../src/capture/pcap/packetRest';
import { encode } from '../../../src/protocol/codec';
import { pcapFile } from '../../support/captureFiles';
import { a } from '../../support/packets';
import type { TcpTalk } from '../../support/tcpTalk';
import { packets, readCapture, talk } from '../../support/tcpTalk';

const { connect, connack, ping } = packets;
const mebi = 1024 * 1024;
/** Bytes of a segment of Ethernet. */
const segment = 1448;

/** The kind and length of each row behind the CONNACK. */
function rows({ frames }: TcpTalk): readonly string[] {
  const { log } = readCapture(pcapFile(frames));
  return Array.from({ length: log.end - log.first }, (_, index) => {
    const { kind, length, packetType } = log.row(log.first + index) ?? assert.fail();
    return kind === 'unframed' ? `rest ${length}` : (packetType ?? kind);
  }).slice(2);
}

const begun = (): TcpTalk => talk().handshake().packet('client', connect).packet('server', connack);

function sendInSegments(conversation: TcpTalk, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += segment)
    conversation.send('client', bytes.subarray(at, at + segment));
}

describe('The rest of a packet whose beginning a capture lacks', () => {
  const image = encode(a.publish('image', 0, 0, { payload: new Uint8Array(1.5 * mebi).fill(0x7f) }), 4);

  it('is one row of as much as a row has, not one for each segment', () => {
    const conversation = begun().lose('client', image.subarray(0, segment));
    sendInSegments(conversation, image.subarray(segment));
    conversation.packet('client', ping);
    const first = Math.floor(mebi / segment) * segment;
    assert.deepEqual(rows(conversation), [
      ...['note', `rest ${first}`, `rest ${image.length - segment - first}`, 'PINGREQ'],
    ]);
  });

  it('is one row also where its length is known, and the next packet begins behind it', () => {
    const conversation = begun().send('client', image.subarray(0, 100));
    conversation.lose('client', image.subarray(100, 200));
    sendInSegments(conversation, image.subarray(200, 30_000));
    conversation.lose('client', image.subarray(30_000, 40_000));
    sendInSegments(conversation, concatBytes([image.subarray(40_000), encode(ping, 4)]));
    const told = rows(conversation);
    assert.deepEqual(told.slice(0, 4), ['PUBLISH', 'note', 'rest 29800', 'note']);
    assert.equal(told.length, 7);
    assert.equal(told[6], 'PINGREQ');
  });

  it('ends where the other side sends something, and with the capture', () => {
    const conversation = begun().lose('client', image.subarray(0, segment));
    sendInSegments(conversation, image.subarray(segment, 4 * segment));
    conversation.packet('server', a.publish('t', 0));
    sendInSegments(conversation, image.subarray(4 * segment, 6 * segment));
    assert.deepEqual(rows(conversation), [
      ...['note', `rest ${3 * segment}`, 'PUBLISH', `rest ${2 * segment}`],
    ]);
  });

  it('is entered at once where all connections together gather too much', () => {
    const gathered = { bytes: 0 };
    const entered: number[] = [];
    const rests = Array.from(
      { length: 100 },
      () => new PacketRest(gathered, ({ length }) => entered.push(length)),
    );
    for (const rest of rests) rest.add(new Uint8Array(mebi), 1, false);
    assert.deepEqual([gathered.bytes, entered.length], [64 * mebi, 36]);
    for (const rest of rests) rest.flush();
    assert.deepEqual([gathered.bytes, entered.length], [0, 100]);
  });
});
