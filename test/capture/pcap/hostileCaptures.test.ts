import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConnectionCapture } from '../../../src/capture/connectionCapture';
import { PacketLog } from '../../../src/capture/packetLog';
import { CaptureReader } from '../../../src/capture/pcap/captureReader';
import { writePcapng } from '../../../src/capture/pcap/pcapngWriter';
import { concatBytes } from '../../../src/base/bytes';
import { encode } from '../../../src/protocol/codec';
import { bytes, client, pcapFile, pcapngFile, server } from '../../support/captureFiles';
import { asItIs } from '../../support/packetLogs';
import { a } from '../../support/packets';
import { packets, TcpTalk } from '../../support/tcpTalk';

function frames() {
  const { connect, connack, publish, ping } = packets;
  const plain = new TcpTalk(client, server).handshake().packet('client', connect).packet('server', connack);
  plain.packet('client', publish).lose('client', Uint8Array.of(1, 2)).packet('client', publish).end('client');
  const web = new TcpTalk(client, { ...server, port: 8083 }).handshake();
  web.send('client', bytes('GET / HTTP/1.1\r\nUpgrade: websocket\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n'));
  web.send('server', bytes('HTTP/1.1 101 X\r\n\r\n', 0x82, 4, encode(connack, 4)));
  web.send('client', bytes(0x82, 0x82, 0, 0, 0, 0, encode(ping, 4)));
  const tls = new TcpTalk(client, { ...server, port: 8883 }).send(
    'client',
    bytes(0x16, 3, 1, 0, 4, 1, 0, 0, 0),
  );
  return [...plain.frames, ...web.frames, ...tls.frames];
}

function ours(): Uint8Array {
  const log = new PacketLog({ byteBudget: 1 << 20 });
  const connection = new ConnectionCapture(log, 'bench');
  connection.chunk('out', encode(a.connect(), 5), 1);
  connection.chunk('in', bytes(0xff, 0xff), 2);
  connection.chunk('out', encode(a.publish('a/b'), 5).subarray(0, 4), 2);
  connection.closed(3);
  return concatBytes([...writePcapng(log, [1, 2, 3], { application: 'MQTT Workbench', conceal: asItIs })]);
}

const files = [pcapFile(frames()), pcapngFile(frames()), pcapFile(frames(), { littleEndian: false }), ours()];

/** The rows, all of which can be looked at. */
function read(file: Uint8Array, chunk: number): number {
  const log = new PacketLog({ byteBudget: 1 << 16 });
  const reader = new CaptureReader(log);
  for (let at = 0; at < file.length; at += chunk) reader.push(file.slice(at, at + chunk));
  reader.end();
  for (let sequence = log.first; sequence < log.end; sequence++) {
    const row = log.row(sequence) ?? assert.fail();
    assert.equal(log.bytesAt(sequence)?.length, row.length);
    assert.ok(Number.isFinite(row.at));
  }
  return log.end - log.first;
}

describe('A capture file that somebody made to do harm', function () {
  // As much work as it is, however busy the machine.
  this.timeout(60_000);

  it('never throws, wherever it ends', () => {
    for (const file of files) {
      const rows = read(file, file.length);
      for (let length = 0; length <= file.length; length++) {
        assert.ok(read(file.subarray(0, length), file.length) <= rows + 3);
      }
    }
  });

  it('never throws and is read to its end, whatever bytes are changed, left out or put in', () => {
    const change = fc.record({
      at: fc.nat(),
      bytes: fc.uint8Array({ maxLength: 8 }),
      removed: fc.nat({ max: 8 }),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(1, 3, 50, 4096),
        (file, changes, chunk) => {
          const changed = changes.reduce<Uint8Array>((before, each) => {
            const at = each.at % before.length;
            return bytes(before.subarray(0, at), each.bytes, before.subarray(at + each.removed));
          }, file);
          read(changed, chunk);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('never throws where it is nothing but noise behind a header', () => {
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.uint8Array({ maxLength: 3000 }), (file, noise) => {
        read(bytes(file.subarray(0, 60), noise), 100);
      }),
      { numRuns: 300 },
    );
  });
});
