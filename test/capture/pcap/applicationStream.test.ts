import assert from 'node:assert/strict';
import { describeCapture, describeNothing } from '../../../src/capture/pcap/describeCapture';
import { encode } from '../../../src/protocol/codec';
import type { End } from '../../support/captureFiles';
import { bytes, client, pcapFile, server, uint16, uint32 } from '../../support/captureFiles';
import { a } from '../../support/packets';
import { linesOf, packets, readCapture, rowsOf, TcpTalk } from '../../support/tcpTalk';

const { connect, connack, ping } = packets;
const twoRows = ['out CONNECT', 'in CONNACK'];
const nothing = new Uint8Array(0);

describe('What a connection of a capture speaks', () => {
  const elsewhere = { ...server, port: 4321 };
  const at = (port: number) => new TcpTalk(client, { ...server, port }).handshake();

  it('is MQTT at any port where it begins with CONNECT', () => {
    const frames = at(4321).packet('client', connect).packet('server', connack).frames;
    assert.deepEqual(rowsOf(frames), twoRows);
    const without = new TcpTalk(client, elsewhere).packet('client', connect).packet('server', connack).frames;
    assert.deepEqual(rowsOf(without), twoRows);
    const split = at(4321)
      .send('client', encode(connect, 4).subarray(0, 3))
      .send('client', encode(connect, 4).subarray(3)).frames;
    assert.deepEqual(rowsOf(split), ['out CONNECT']);
  });

  it('is left where it is something else, unless the port was asked for', () => {
    const http = at(80)
      .send('client', bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))
      .send('server', bytes('HTTP/1.1 200 OK\r\n\r\n')).frames;
    const { log, report } = readCapture(pcapFile(http));
    assert.deepEqual([linesOf(log), report.otherConnections], [[], 1]);
    assert.deepEqual(rowsOf(at(4321).packet('client', ping).frames, { ports: [4321] }), ['out PINGREQ']);
  });

  it('is MQTT also where the answer stands before the CONNECT, as captures of several processors have it', () => {
    for (const port of [1883, 4321]) {
      const five = a.publish('a', 0, 0, { properties: { contentType: 'x' } });
      const talk = at(port).packet('client', a.connect(), 5).packet('server', connack, 5);
      const frames = [...talk.packet('client', five, 5).frames];
      const [question, answer] = [frames[3] ?? assert.fail(), frames[4] ?? assert.fail()];
      frames.splice(3, 2, answer, question);
      const { log } = readCapture(pcapFile(frames));
      assert.deepEqual(linesOf(log), [...twoRows, 'out PUBLISH a']);
      assert.deepEqual([log.row(1)?.version, log.row(2)?.version], [5, 5]);
    }
    const banner = at(22).send('server', bytes('SSH-2.0-OpenSSH\r\n'));
    for (const { frames } of [banner, banner.send('client', bytes('SSH-2.0-x\r\n'))]) {
      const { log, report } = readCapture(pcapFile(frames));
      assert.deepEqual([linesOf(log), report.otherConnections], [[], 1]);
    }
  });

  it('is MQTT also where the CONNECT was lost, which is said', () => {
    const publish = a.publish('a/b', 1, 1, { properties: { contentType: 'x' } });
    for (const port of [1883, 4321]) {
      const talk = at(port).lose('client', encode(a.connect(), 5)).packet('server', connack, 5);
      talk.packet('client', publish, 5).packet('client', publish, 5);
      const { log } = readCapture(pcapFile(talk.frames));
      const rows = linesOf(log);
      assert.match(rows.find((row) => row.startsWith('out note')) ?? '', /\d+ bytes are missing here/);
      assert.deepEqual(rows.filter((row) => !row.includes('note')).sort(), [
        'in CONNACK',
        ...['out PUBLISH a/b', 'out PUBLISH a/b'],
      ]);
      assert.equal(log.row(log.end - 1)?.version, 5);
    }
  });

  it('is TLS, which is one row that says so, with the name of the server', () => {
    const name = bytes(uint16(0), uint16(14), uint16(12), 0, uint16(9), 'broker.ex');
    const extensions = bytes(uint16(name.length), name);
    const body = bytes(uint16(0x303), new Uint8Array(32), 0, uint16(2), uint16(0x1301), 1, 0, extensions);
    const handshake = bytes(1, 0, uint16(body.length), body);
    const record = bytes(0x16, 3, 1, uint16(handshake.length), handshake);
    const frames = at(8883).send('client', record).send('server', record).send('client', record).frames;
    const { log, report } = readCapture(pcapFile(frames));
    assert.deepEqual(linesOf(log), [
      'out note: The connection is encrypted with TLS (to broker.ex): its packets cannot be read from a capture.',
    ]);
    assert.equal(report.tlsConnections, 1);
    const middle = new TcpTalk(client, { ...server, port: 8883 }).send(
      'server',
      new Uint8Array(50).fill(0xee),
    );
    assert.match(rowsOf(middle.frames).join(), /^out note: The connection is encrypted with TLS:/);
    const other = readCapture(pcapFile(at(443).send('client', record).frames));
    assert.deepEqual([linesOf(other.log), other.report.tlsConnections], [[], 1]);
    assert.deepEqual(describeCapture(other.report), []);
    assert.match(describeNothing(other.report), /1 connection with TLS, which cannot be read/);
    const secure = new TcpTalk({ ...client, port: 50_200 }, { ...server, port: 443 }).handshake();
    const mixed = [...at(4321).packet('client', connect).frames, ...secure.send('client', record).frames];
    const { report: mixedReport } = readCapture(pcapFile(mixed));
    assert.deepEqual(describeCapture(mixedReport), [
      '1 connection with TLS left: what TLS carries cannot be read from a capture, MQTT or not.',
    ]);
  });

  const upgrade =
    'GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n';
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
  const masked = (content: Uint8Array, first = 0x82): Uint8Array => {
    const mask = [1, 2, 3, 4];
    const length =
      content.length < 126 ? [0x80 | content.length] : [0xfe, content.length >> 8, content.length & 0xff];
    return bytes(
      first,
      ...length,
      ...mask,
      content.map((byte, index) => byte ^ (mask[index % 4] ?? 0)),
    );
  };

  it('is MQTT in a WebSocket, whose frames are unmasked and put together', () => {
    const long = encode(a.publish('long', 0, 0, { payload: new Uint8Array(300) }), 4);
    const connectBytes = encode(connect, 4);
    const stream = bytes(
      ...[
        masked(connectBytes.subarray(0, 5), 0x02),
        masked(new Uint8Array(2), 0x89),
        masked(connectBytes.subarray(5), 0x80),
      ],
      ...[masked(long), masked(nothing, 0x88)],
    );
    for (const step of [stream.length, 1, 7]) {
      const sent = at(8083)
        .send('client', bytes(upgrade))
        .send('server', bytes(switched, 0x82, 4, encode(connack, 4)));
      for (let from = 0; from < stream.length; from += step)
        sent.send('client', stream.subarray(from, from + step));
      assert.deepEqual(rowsOf(sent.frames), ['in CONNACK', 'out CONNECT', 'out PUBLISH long']);
    }
  });

  it('is MQTT in a WebSocket that was open before the capture began', () => {
    const publish = bytes(0x82, 9, encode(packets.publish, 4));
    const without = () => new TcpTalk(client, { ...server, port: 9001 });
    for (const sent of [
      without()
        .send('server', publish)
        .send('client', masked(encode(ping, 4))),
      without()
        .send('client', masked(encode(ping, 4)))
        .send('server', publish),
    ]) {
      const [note, ...rows] = rowsOf(sent.frames);
      assert.match(note ?? '', /begins in the middle of this connection/);
      assert.deepEqual([...rows].sort(), ['in PUBLISH a/b', 'out PINGREQ']);
    }
    assert.deepEqual(rowsOf(without().send('server', bytes(0x82, 3, 'abc')).frames), []);
  });

  describe('that was open before the capture began, at another port', () => {
    const without = () => new TcpTalk(client, { ...server, port: 4321 });
    const publish = encode(a.publish('a/b', 0, 0, { payload: bytes('21.5') }), 4);
    const rowsBehindNote = (talk: TcpTalk): readonly string[] => {
      const [note, ...rows] = rowsOf(talk.frames);
      assert.match(note ?? '', /begins in the middle of this connection/);
      return rows;
    };

    it('is MQTT where whole packets follow one another', () => {
      assert.deepEqual(rowsBehindNote(without().send('server', publish)), ['in PUBLISH a/b']);
      assert.deepEqual(
        [...rowsBehindNote(without().packet('client', ping).packet('server', { type: 'PINGRESP' }))].sort(),
        ['in PINGRESP', 'out PINGREQ'],
      );
      // Who is the client is told by what only one sends, whatever the ports.
      const turned = new TcpTalk({ ...client, port: 4321 }, { ...server, port: 50_000 });
      assert.deepEqual(rowsBehindNote(turned.packet('client', ping).send('client', publish)), [
        'out PINGREQ',
        'out PUBLISH a/b',
      ]);
    });

    it('is MQTT behind the rest of a packet, behind a gap, and inside one that goes on for long', () => {
      const rest = without().send('server', new Uint8Array(900).fill(0x7e)).send('server', publish);
      assert.ok(rowsBehindNote(rest).includes('in PUBLISH a/b'));
      const gap = without()
        .send('server', bytes('~~~'))
        .lose('server', bytes('~~~'))
        .send('server', publish)
        .send('server', publish);
      assert.ok(rowsBehindNote(gap).includes('in PUBLISH a/b'));
      const long = encode(a.publish('long', 0, 0, { payload: new Uint8Array(100_000).fill(0x41) }), 4);
      const sent = without();
      for (let from = 0; from < long.length; from += 1400)
        sent.send('server', long.subarray(from, from + 1400));
      assert.deepEqual(rowsBehindNote(sent), ['in PUBLISH long']);
    });

    it('is left where it is something else, and counted', () => {
      const others: readonly (readonly Uint8Array[])[] = [
        Array.from({ length: 30 }, () => bytes('{"a":1}\n')),
        // LDAP begins as a PUBLISH does, and a heartbeat as PUBACK.
        [bytes(0x30, 0x0c, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0)],
        [bytes(0x40, 2, 0, 1)],
        [bytes(0xc0, 0, 0, 1)],
        [bytes('HTTP/1.1 200 OK\r\n\r\n')],
      ];
      for (const segments of others) {
        const talk = without();
        for (const segment of segments) talk.send('server', segment);
        const { log, report } = readCapture(pcapFile(talk.frames));
        assert.deepEqual([linesOf(log), report.otherConnections], [[], 1]);
      }
      // Both sides cannot be the client.
      const both = without().packet('client', ping).packet('server', ping);
      assert.deepEqual(rowsOf(both.frames), []);
    });
  });

  it('is left where the messages of a WebSocket are compressed, and says so', () => {
    const frames = at(8083)
      .send('client', bytes(upgrade))
      .send('server', bytes(switched))
      .send('client', masked(nothing, 0xc2)).frames;
    assert.deepEqual(rowsOf(frames), [
      'out note: The messages of this WebSocket are compressed (permessage-deflate) and are left as they are: its packets cannot be read.',
    ]);
  });

  it('is left where a WebSocket carries something else', () => {
    const other = upgrade.replace('mqtt\r', 'chat\r');
    const frames = at(80)
      .send('client', bytes(other))
      .send('server', bytes(switched))
      .send('client', masked(bytes('hello')));
    const { log, report } = readCapture(pcapFile(frames.frames));
    assert.deepEqual([linesOf(log), report.otherConnections], [[], 1]);
  });

  it('may have been exported by Wireshark without its segments', () => {
    const tag = (type: number, value: Uint8Array): Uint8Array =>
      bytes(uint16(type), uint16(value.length), value);
    const pdu = (from: End, to: End, content: Uint8Array) => ({
      bytes: bytes(
        ...[
          tag(12, bytes('mqtt')),
          tag(20, Uint8Array.from(from.address)),
          tag(21, Uint8Array.from(to.address)),
        ],
        ...[
          tag(24, uint32(2)),
          tag(25, uint32(from.port)),
          tag(26, uint32(to.port)),
          tag(0, nothing),
          content,
        ],
      ),
    });
    const frames = [pdu(client, server, encode(connect, 4)), pdu(server, client, encode(connack, 4))];
    const { log } = readCapture(pcapFile(frames, { linkType: 252 }));
    assert.deepEqual(linesOf(log), twoRows);
    assert.equal(log.connectionName(1), 'dev · 10.0.0.7:50123 → 10.0.0.1:1883');
    const elsewhere = [pdu(client, { ...server, port: 4321 }, encode(ping, 4))];
    assert.deepEqual(linesOf(readCapture(pcapFile(elsewhere, { linkType: 252 })).log), [
      'out note: The capture begins in the middle of this connection, after its CONNECT. The version is guessed from the packets.',
      'out PINGREQ',
    ]);
  });
});
