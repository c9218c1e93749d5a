import assert from 'node:assert/strict';
import { concatBytes } from '../../../src/base/bytes';
import { describeCapture } from '../../../src/capture/pcap/describeCapture';
import { encode } from '../../../src/protocol/codec';
import * as make from '../../support/captureFiles';
import {
  bytes,
  client,
  client6,
  ethernet,
  ipv4,
  ipv6,
  pcapFile,
  pcapngFile,
  server,
  server6,
  tcp,
  uint16,
  uint32,
} from '../../support/captureFiles';
import { a } from '../../support/packets';
import { linesOf, packets, readCapture, rowsOf, talk, TcpTalk } from '../../support/tcpTalk';

const { connect, connack, publish, ping } = packets;
const publishBytes = encode(publish, 4);
const twoRows = ['out CONNECT', 'in CONNACK'];
const nothing = new Uint8Array(0);

/** CONNECT and CONNACK over some network. */
const hello = (network: ConstructorParameters<typeof TcpTalk>[2], from = client, to = server) =>
  new TcpTalk(from, to, network).handshake().packet('client', connect).packet('server', connack).frames;

describe('A capture read into the log', () => {
  it('has what the client sent as out, with the times and the ends of each connection', () => {
    const { log, report, reader } = readCapture(
      pcapFile(talk().handshake().packet('client', connect).frames),
    );
    const row = log.row(1) ?? assert.fail();
    assert.deepEqual([row.direction, row.version, row.at], ['out', 4, make.firstFrameAt / 1000 + 3]);
    assert.equal(log.connectionName(row.connection), 'dev · 10.0.0.7:50123 → 10.0.0.1:1883');
    const ends = reader.endpoints(row.connection);
    assert.deepEqual([ends?.client.port, Array.from(ends?.server.address ?? [])], [50_123, server.address]);
    assert.deepEqual([report.frames, report.connections], [4, 1]);
  });

  const vlan = (content: Uint8Array): Uint8Array => bytes(uint16(7), uint16(0x0800), content);
  const cooked = bytes(uint16(0), uint16(1), uint16(6), new Uint8Array(8));
  for (const [name, linkType, wrap] of [
    ['Ethernet', 1, (packet: Uint8Array) => ethernet(packet)],
    ['Ethernet with a VLAN tag', 1, (packet: Uint8Array) => ethernet(vlan(packet), 0x8100)],
    [
      'Ethernet with two VLAN tags',
      1,
      (packet: Uint8Array) => ethernet(bytes(uint16(5), uint16(0x8100), vlan(packet)), 0x88a8),
    ],
    ['Ethernet with padding behind', 1, (packet: Uint8Array) => bytes(ethernet(packet), new Uint8Array(6))],
    [
      'PPP over Ethernet',
      1,
      (packet: Uint8Array) =>
        ethernet(bytes(0x11, 0, uint16(1), uint16(packet.length + 2), uint16(0x21), packet), 0x8864),
    ],
    ['Linux cooked capture', 113, (packet: Uint8Array) => bytes(cooked, uint16(0x0800), packet)],
    [
      'Linux cooked capture v2',
      276,
      (packet: Uint8Array) => bytes(uint16(0x0800), new Uint8Array(18), packet),
    ],
    ['BSD loopback, little-endian', 0, (packet: Uint8Array) => bytes(2, 0, 0, 0, packet)],
    ['BSD loopback, big-endian', 0, (packet: Uint8Array) => bytes(0, 0, 0, 2, packet)],
    ['OpenBSD loopback', 108, (packet: Uint8Array) => bytes(0, 0, 0, 2, packet)],
    ['raw IP', 101, (packet: Uint8Array) => packet],
    ['raw IP of BSD', 12, (packet: Uint8Array) => packet],
    ['raw IP of OpenBSD', 14, (packet: Uint8Array) => packet],
    ['IPv4', 228, (packet: Uint8Array) => packet],
  ] as const) {
    it(`may be of ${name}`, () => {
      const frames = hello((from, to, content) => wrap(ipv4(from, to, content)));
      assert.deepEqual(rowsOf(frames, {}, linkType), twoRows);
    });
  }

  it('names link types that it cannot read', () => {
    const { report, log } = readCapture(pcapFile(hello(ipv4), { linkType: 105 }));
    assert.deepEqual([...report.unsupportedLinkTypes], [[105, 5]]);
    assert.equal(log.end, 1);
  });

  it('may be of IPv4 with options and TCP with options', () => {
    const options = Uint8Array.of(7, 3, 4, 0);
    const frames = hello((from, to, content) => ipv4(from, to, content, { options }));
    assert.deepEqual(rowsOf(frames), twoRows);
    const stamped = talk()
      .handshake()
      .send('client', encode(connect, 4), { options: new Uint8Array(12) }).frames;
    assert.deepEqual(rowsOf(stamped), ['out CONNECT']);
  });

  it('may be of IPv6, with extension headers', () => {
    assert.deepEqual(
      rowsOf(
        hello((...each) => ipv6(...each), client6, server6),
        {},
        229,
      ),
      twoRows,
    );
    const hops = bytes(60, 0, new Uint8Array(6), 6, 1, new Uint8Array(14));
    const { log } = readCapture(
      pcapFile(hello((from, to, content) => ipv6(from, to, content, 0, hops), client6, server6)),
    );
    assert.deepEqual(linesOf(log), twoRows);
    assert.equal(log.connectionName(1), 'dev · [fe80::7]:50123 → [fe80::1]:1883');
  });

  it('has fragments of IP put together, in any order, and counts what never became whole', () => {
    const [opening, ...rest] = hello(ipv4);
    const segment = tcp(client, server, encode(connect, 4), { sequence: 1000 });
    const part = (start: number, end: number, identification = 9) => ({
      bytes: ipv4(client, server, segment.subarray(start, end), {
        identification,
        offset: start,
        more: end < segment.length,
      }),
    });
    const whole = [part(24, segment.length), part(0, 8), part(8, 24), part(0, 8)];
    assert.ok(opening);
    const { log, report } = readCapture(pcapFile([opening, ...rest.slice(0, 2), ...whole, part(0, 16, 10)]));
    assert.deepEqual(linesOf(log), ['out CONNECT']);
    assert.equal(report.incompleteDatagrams, 2);
    const sixth = (start: number, end: number) => {
      const place = uint16(start | (end < segment.length ? 1 : 0));
      const header = bytes(6, 0, place, uint32(77));
      return { bytes: ipv6(client6, server6, segment.subarray(start, end), 44, header) };
    };
    assert.deepEqual(rowsOf([sixth(0, 16), sixth(16, segment.length)]), ['out CONNECT']);
  });
});

describe('A TCP connection of a capture', () => {
  const begun = () => talk().handshake().packet('client', connect).packet('server', connack);

  it('is read by each segment once, however often it was sent', () => {
    const sent = begun().packet('client', publish);
    const frames = sent
      .again('client', publishBytes, publishBytes.length)
      .again('client', nothing, 1)
      .packet('client', ping).frames;
    assert.deepEqual(rowsOf(frames), [...twoRows, 'out PUBLISH a/b', 'out PINGREQ']);
    assert.equal(readCapture(pcapFile(frames)).report.tcp.retransmitted, 1);
  });

  it('may have segments that overlap', () => {
    const both = concatBytes([publishBytes, publishBytes]);
    const sent = begun().packet('client', publish).again('client', both, publishBytes.length);
    assert.deepEqual(rowsOf(sent.frames), [...twoRows, 'out PUBLISH a/b', 'out PUBLISH a/b']);
  });

  it('is read in the order of its sequence numbers, each packet at the time it could be read', () => {
    const sent = begun()
      .send('client', publishBytes.subarray(0, 4))
      .send('client', publishBytes.subarray(4))
      .packet('client', ping);
    const { frames } = sent;
    const last = frames.splice(-3).reverse();
    const { log, report } = readCapture(pcapFile([...frames, ...last]));
    assert.deepEqual(linesOf(log), [...twoRows, 'out PUBLISH a/b', 'out PINGREQ']);
    assert.deepEqual(log.row(3)?.at, make.firstFrameAt / 1000 + 7);
    assert.deepEqual([report.tcp.reordered, report.tcp.gaps], [2, 0]);
  });

  it('goes on behind a gap that nothing fills, which is named at its place', () => {
    const frames = begun()
      .lose('client', publishBytes)
      .packet('client', ping)
      .packet('client', publish)
      .end('client').frames;
    const { log, report } = readCapture(pcapFile(frames));
    assert.deepEqual(linesOf(log), [
      ...twoRows,
      `out note: ${publishBytes.length} bytes are missing here: no frame of the capture holds them.`,
      'out PINGREQ',
      'out PUBLISH a/b',
    ]);
    assert.equal(report.tcp.gaps, 1);
  });

  it('shows what came of a packet whose middle is missing, and finds the next one by its Remaining Length', () => {
    const long = encode(a.publish('long', 0, 0, { payload: new Uint8Array(3000).fill(0x30) }), 4);
    const frames = begun()
      .send('client', long.subarray(0, 1000))
      .lose('client', long.subarray(1000, 2000))
      .send('client', concatBytes([long.subarray(2000), publishBytes])).frames;
    assert.deepEqual(rowsOf(frames), [
      ...twoRows,
      'out PUBLISH cut off',
      'out note: 1,000 bytes are missing here: no frame of the capture holds them.',
      'out unframed 3030303030303030…',
      'out PUBLISH a/b',
    ]);
  });

  it('is given up waiting for what the other side has acknowledged, while the capture goes on', () => {
    const sent = begun()
      .lose('client', publishBytes)
      .packet('client', publish)
      .packet('server', { type: 'PINGRESP' });
    for (let count = 0; count < 40; count++) sent.packet('client', ping);
    const lines = rowsOf(sent.packet('server', { type: 'PINGRESP' }).frames);
    const note = lines.findIndex((line) => line.includes('missing'));
    assert.ok(note > 0 && note < lines.lastIndexOf('in PINGRESP'), lines.join('\n'));
  });

  it('is given up waiting for what nobody acknowledged, once too much waits behind it', () => {
    const long = encode(a.publish('long', 0, 0, { payload: new Uint8Array(60_000) }), 4);
    const sent = begun().lose('client', publishBytes);
    for (let waiting = 0; waiting < 5 * 1024 * 1024; waiting += long.length) sent.send('client', long);
    const { log } = readCapture(pcapFile(sent.packet('server', { type: 'PINGRESP' }).frames));
    const lines = linesOf(log);
    assert.equal(lines.indexOf('in PINGRESP'), lines.length - 1);
    assert.match(lines[2] ?? '', /missing/);
  });

  it('that begins before the capture does is found by its port and a packet', () => {
    const frames = talk()
      .send('server', bytes(publishBytes.subarray(5), publishBytes, publishBytes))
      .packet('client', ping).frames;
    assert.deepEqual(rowsOf(frames), [
      'out note: The capture begins in the middle of this connection, after its CONNECT. The version is guessed from the packets.',
      'in unframed 2f626869',
      'in PUBLISH a/b',
      'in PUBLISH a/b',
      'out PINGREQ',
    ]);
  });

  it('that begins before the capture does has the version that its packets are of', () => {
    const five = a.publish('a', 1, 1, { properties: { contentType: 'x' } });
    for (const version of [4, 5] as const) {
      const packet = version === 5 ? five : { ...publish, payload: Uint8Array.from([0x7b, 0x7d]) };
      const { log } = readCapture(
        pcapFile(talk().packet('client', packet, version).packet('client', ping).frames),
      );
      assert.deepEqual([log.row(2)?.version, log.row(3)?.version], [version, version]);
    }
  });

  it('has bytes that the snap length cut named', () => {
    const frames = begun().packet('client', publish).packet('client', ping).frames;
    const cut = frames.map(({ bytes: whole }, index) => ({
      bytes: index === 5 ? whole.subarray(0, whole.length - 3) : whole,
      originalLength: whole.length,
    }));
    assert.deepEqual(rowsOf(cut), [
      ...twoRows,
      'out PUBLISH cut off',
      'out note: 3 bytes are missing here: the capture kept only the beginning of each frame. Capture with tcpdump -s 0, or without a limit in Wireshark.',
      'out PINGREQ',
    ]);
  });

  it('is not said to be cut at the snap length where the file ends inside a frame', () => {
    for (const file of [pcapFile, pcapngFile]) {
      const whole = file(begun().packet('client', publish).frames);
      const { log, report } = readCapture(whole.subarray(0, whole.length - (file === pcapFile ? 3 : 10)));
      assert.deepEqual(linesOf(log), [...twoRows, 'out PUBLISH cut off']);
      assert.equal(report.tcp.cut, 0);
      const said = describeCapture(report);
      assert.equal(said.length, 1, said.join('\n'));
      assert.match(said[0] ?? '', /^The file ends inside block \d+, at byte/);
    }
  });

  it('ends with FIN or RST, and with it an unfinished packet', () => {
    const started = publishBytes.subarray(0, 5);
    const ended = begun().send('client', started).end('client').packet('server', { type: 'PINGRESP' }).frames;
    assert.deepEqual(rowsOf(ended), [...twoRows, 'out PUBLISH cut off', 'in PINGRESP']);
    const reset = begun().send('client', started).reset('server').frames;
    assert.deepEqual(rowsOf(reset), [...twoRows, 'out PUBLISH cut off']);
  });

  it('between the same ends as one before is another one', () => {
    const later = new TcpTalk(client, server);
    later.lose('client', new Uint8Array(9000));
    const again = later.handshake().packet('client', connect).frames;
    for (const first of [begun(), begun().end('client').end('server')]) {
      const { log, report } = readCapture(pcapFile([...first.frames, ...again]));
      assert.deepEqual(linesOf(log), [...twoRows, 'out CONNECT']);
      assert.deepEqual([log.row(3)?.connection, report.connections], [2, 2]);
    }
  });

  it('is another one also where its SYN was not captured, and is told as begun before the capture', () => {
    const later = new TcpTalk(client, server);
    later.lose('client', new Uint8Array(20 * 1024 * 1024));
    const again = later.packet('client', publish).frames;
    const { log, report } = readCapture(pcapFile([...begun().end('client').end('server').frames, ...again]));
    assert.equal(report.connections, 2);
    assert.match(linesOf(log)[2] ?? '', /^out note: The capture begins in the middle of this connection/);
    assert.equal(linesOf(log)[3], 'out PUBLISH a/b');
    assert.deepEqual([log.row(4)?.connection, report.tcp.retransmitted], [2, 0]);
  });

  it('is another one where its numbers lie far before, with the end of the first one not captured either', () => {
    const first = new TcpTalk(client, server);
    first.lose('client', new Uint8Array(40 * 1024 * 1024));
    const frames = [...first.handshake().packet('client', connect).frames, ...begun().frames.slice(3)];
    const { log } = readCapture(pcapFile(frames));
    assert.deepEqual(
      linesOf(log).filter((line) => line === 'out CONNECT'),
      ['out CONNECT', 'out CONNECT'],
    );
  });

  it('is another one where it comes when the one before is long over, and not where that one’s last is sent again', () => {
    const over = begun().end('client').end('server');
    const at = (minutes: number): number => make.firstFrameAt + minutes * 60e6;
    const again = new TcpTalk(client, server)
      .lose('client', new Uint8Array(5_000))
      .packet('client', publish)
      .frames.map((frame) => ({ ...frame, at: at(10) }));
    assert.equal(readCapture(pcapFile([...over.frames, ...again])).report.connections, 2);
    over.again('client', encode(connect, 4), encode(connect, 4).length + 1);
    const repeated = over.frames.map((frame, index) => (index > 7 ? { ...frame, at: at(10) } : frame));
    assert.equal(readCapture(pcapFile(repeated)).report.connections, 1);
  });

  it('counts sequence numbers beyond 2^32 on from 0', () => {
    const near = new TcpTalk(client, server);
    near.lose('client', new Uint8Array(0));
    const start = 2 ** 32 - 4;
    const connectBytes = encode(connect, 4);
    const part = (from: number, to: number) => ({
      bytes: ipv4(
        client,
        server,
        tcp(client, server, connectBytes.subarray(from, to), { sequence: (start + from) % 2 ** 32 }),
      ),
    });
    const syn = {
      bytes: ipv4(client, server, tcp(client, server, nothing, { sequence: start - 1, flags: 'S' })),
    };
    assert.deepEqual(rowsOf([syn, part(0, 3), part(6, 17), part(3, 6), part(17, connectBytes.length)]), [
      'out CONNECT',
    ]);
  });
});
