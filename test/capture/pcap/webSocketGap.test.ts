import assert from 'node:assert/strict';
import { encode } from '../../../src/protocol/codec';
import { bytes, client, pcapFile, server } from '../../support/captureFiles';
import { a } from '../../support/packets';
import { linesOf, packets, readCapture, rowsOf, TcpTalk } from '../../support/tcpTalk';

const upgrade = 'GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n';

/** A binary frame of a client, masked with zeros. */
const frame = (payload: Uint8Array): Uint8Array => {
  const { length } = payload;
  const lengths = length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff];
  return bytes(0x82, ...lengths, 0, 0, 0, 0, payload);
};

/** What a client sent in segments of a frame each, of which those are lost that have the indices `lost`. */
function rowsWithout(frames: readonly Uint8Array[], ...lost: readonly number[]): readonly string[] {
  const talk = new TcpTalk(client, { ...server, port: 8083 }).handshake();
  talk.send('client', bytes(upgrade)).send('server', bytes('HTTP/1.1 101 X\r\n\r\n'));
  for (const [index, each] of frames.entries()) {
    if (lost.includes(index)) talk.lose('client', each);
    else talk.send('client', each);
  }
  return rowsOf(talk.frames);
}

describe('A gap in a WebSocket', () => {
  const large = encode(a.publish('a/b', 0, 0, { payload: new Uint8Array(3000).fill(0x79) }), 4);
  const next = frame(encode(a.publish('next'), 4));
  const [connect, head, topic, middle, end] = [
    frame(encode(packets.connect, 4)),
    frame(large.subarray(0, 3)),
    frame(large.subarray(3, 8)),
    frame(large.subarray(8, 1508)),
    frame(large.subarray(1508)),
  ];
  const frames = [connect, head, topic, middle, end, next, next];
  const missing = (count: string) =>
    `out note: ${count} bytes are missing here: no frame of the capture holds them.`;

  it('that holds headers of frames is not counted as bytes of a packet: nothing behind it is read in a wrong place', () => {
    assert.deepEqual(rowsWithout(frames, 2), [
      'out CONNECT',
      'out PUBLISH cut off',
      missing('11'),
      ...['out unframed 7979797979797979…', 'out PUBLISH next', 'out PUBLISH next'],
    ]);
    assert.deepEqual(rowsWithout(frames, 3), [
      'out CONNECT',
      'out PUBLISH cut off',
      missing('1,508'),
      ...['out unframed 7979797979797979…', 'out PUBLISH next', 'out PUBLISH next'],
    ]);
  });

  it('is named also where another one follows before a frame is found again', () => {
    const noise = Uint8Array.of(0x7f, 0x7f, 0x7f);
    const rows = rowsWithout([connect, head, noise, topic, next], 1, 3);
    assert.deepEqual(rows, ['out CONNECT', missing('9'), missing('11'), 'out PUBLISH next']);
  });

  it('that has the CONNECT in it leaves the version to the packets', () => {
    const five = encode(a.publish('a/b', 0, 0, { properties: { contentType: 'x' } }), 5);
    const talk = new TcpTalk(client, { ...server, port: 8083 }).handshake();
    talk.send('client', bytes(upgrade)).send('server', bytes('HTTP/1.1 101 X\r\n\r\n'));
    talk.lose('client', frame(encode(a.connect(), 5)));
    talk.send('server', bytes(0x82, 5, encode(a.connack(), 5)));
    talk.send('client', frame(five)).send('client', frame(five));
    const { log } = readCapture(pcapFile(talk.frames));
    assert.deepEqual(linesOf(log).slice(1), ['in CONNACK', 'out PUBLISH a/b', 'out PUBLISH a/b']);
    const versions = Array.from({ length: 3 }, (_, index) => log.row(index + 2) ?? assert.fail());
    assert.deepEqual(
      versions.map(({ version }) => version),
      [5, 5, 5],
    );
  });

  it('inside the payload of a frame leaves out as many bytes of the packet', () => {
    const whole = frame(large);
    const parts = [whole.subarray(0, 100), whole.subarray(100, 600), whole.subarray(600)];
    assert.deepEqual(rowsWithout([connect, ...parts, next], 2), [
      'out CONNECT',
      'out PUBLISH cut off',
      missing('500'),
      ...['out unframed 7979797979797979…', 'out PUBLISH next'],
    ]);
  });
});
