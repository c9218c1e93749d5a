import * as assert from 'node:assert/strict';
import '../../support/vscodeFake';
import { problemOf, refusedText } from '../../../src/ui/broker/endingText';
import type { WebSocketFailure } from '../../../src/base/transportFailure';
import { contentsOf } from '../../../src/capture/export/exportedRow';
import { readDisplayFilter } from '../../../src/capture/filter/displayFilter';
import { PacketContexts } from '../../../src/capture/packetContexts';
import { rowVerdicts } from '../../../src/capture/rowVerdicts';
import { turn } from '../../support/fakeClock';
import { a } from '../../support/packets';
import { BrokerWindow, listed, running } from './brokerWindow';

/** CONNECT with a Will QoS of 3. */
const willQoS3 = [
  ...[0x10, 0x16, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 0x1e, 0, 60],
  ...[0, 3, 0x64, 0x65, 0x76, 0, 1, 0x77, 0, 2, 0x61, 0x62],
];

describe('The packets of the local broker', () => {
  it('are under where they come from, and under the client once it has said who it is', async () => {
    const window = await running();
    const device = window.device();
    await device.send([0x10]);
    assert.deepEqual(window.rows(), []);
    await device.send([0x0f, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 3, 0x64, 0x65, 0x76]);
    assert.deepEqual(window.rows(), [
      'dev (192.168.1.31:50000) in CONNECT',
      'dev (192.168.1.31:50000) out CONNACK',
    ]);
    assert.equal(window.captures.newest('dev'), 2);
  });

  it('are found where the broker gave the client its identifier', async () => {
    const window = await running();
    await window.device(5).connect('');
    assert.deepEqual(window.rows()[0], 'auto-1 (192.168.1.31:50000) in CONNECT');
    assert.equal(window.captures.newest('auto-1'), 2);
  });

  it('include those of clients that are refused, and what is no MQTT under its own name', async () => {
    const window = await running();
    await window.device().connect('', false);
    await window.device().send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
    await window.device().send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
    assert.deepEqual(window.rows(), [
      '192.168.1.31:50000 in CONNECT',
      '192.168.1.31:50000 out CONNACK',
      '192.168.1.31:50001 (HTTP on an MQTT port) in unframed',
      '192.168.1.31:50001 (HTTP on an MQTT port) out unframed',
      '192.168.1.31:50002 (TLS hello on a plain port) in unframed',
    ]);
    assert.deepEqual(
      listed(window).map((line) => line.replace(/ x1$/, '')),
      [
        '192.168.1.31: TLS hello on a plain port',
        '192.168.1.31: HTTP on an MQTT port',
        '192.168.1.31: refused: identifier rejected (0x02)',
      ],
    );
  });
});

describe('The answer of the local broker to what speaks HTTP', () => {
  it('breaks no rule, for whoever looks for one: the request does', async () => {
    const window = await running();
    await window.device().send(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'));
    const { log } = window;
    assert.equal(window.rowText(2), '192.168.1.31:50000 (HTTP on an MQTT port) out unframed');
    const segment = log.segmentOf(1);
    const read = readDisplayFilter('violation exists', log);
    assert.ok(segment && 'filter' in read);
    const rows = [1, 2].map((sequence) => sequence - segment.first);
    const verdicts = rowVerdicts(log);
    assert.deepEqual(
      rows.map((row) => verdicts.breaksRule(segment, row)),
      [true, false],
    );
    assert.deepEqual(
      rows.map((row) => read.filter.test(segment, row)),
      [true, false],
    );
    const contexts = new PacketContexts(log);
    const summaries = [1, 2].map((sequence) => {
      const [row, bytes] = [log.row(sequence), log.bytesAt(sequence)];
      assert.ok(row && bytes);
      return contentsOf(row, 'c', bytes, contexts).row.summary;
    });
    assert.deepEqual(summaries, ['A request in HTTP instead of CONNECT', 'An answer in HTTP']);
  });
});

describe('What devices do wrong at the local broker', () => {
  it('is listed once for each client and kind, with the packet it is about', async () => {
    const window = await running();
    for (let time = 0; time < 3; time++) await window.device().send(willQoS3);
    const [problem] = window.problems.all();
    assert.ok(problem);
    assert.match(listed(window).join(), /^dev \(192\.168\.1\.31\): .* x3$/);
    assert.match(problem.text, /\[MQTT-3\.1\.2-14\]/);
    assert.equal(window.rowText(problem.packet()), 'dev (192.168.1.31:50002) in CONNECT');
    assert.deepEqual(window.problems.of('dev'), [problem]);
  });

  it('is shown at the packet that breaks the rule, not at what came behind it', async () => {
    const window = await running();
    const device = window.device();
    await device.connect('dev');
    // PINGREQ, a PUBLISH of QoS 3, PINGREQ, in one piece.
    await device.send([0xc0, 0, 0x36, 5, 0, 1, 0x61, 0, 1, 0xc0, 0]);
    const [problem] = window.problems.all();
    assert.equal(window.rowText(problem?.packet()), 'dev (192.168.1.31:50000) in PUBLISH');
  });

  it('has no packet any more once that is gone', async () => {
    const window = await running();
    await window.device().send(willQoS3);
    window.log.clear();
    assert.equal(window.problems.all()[0]?.packet(), undefined);
  });

  it('is a fight over an identifier where it changes hands again and again, not where a client comes back', async () => {
    const window = await running();
    for (const host of ['10.0.0.1', '10.0.0.2', '10.0.0.1']) await window.device(4, host).connect('twin');
    assert.deepEqual(listed(window), []);
    await window.device(4, '10.0.0.2').connect('twin');
    assert.deepEqual(listed(window), ['twin (10.0.0.2): two clients fight over this identifier x1']);
    assert.match(window.problems.all()[0]?.text ?? '', /they come from 10\.0\.0\.1 and 10\.0\.0\.2/);
  });

  it('goes from the list when it is cleared', async () => {
    const window = await running();
    await window.device().send(willQoS3);
    window.problems.clear();
    assert.deepEqual(listed(window), []);
  });

  it('takes no more room than a list of two hundred', async () => {
    const window = await running();
    for (let client = 0; client < 205; client++) {
      await window.device(4, `10.0.0.${client}`).send([0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0]);
    }
    assert.equal(window.problems.all().length, 200);
    assert.equal(window.problems.all()[0]?.who, '10.0.0.204');
  });
});

describe('A device whose certificate the local broker does not accept', () => {
  const problem = (withCertificate: boolean, detail: string) => {
    const certificate = {
      ...{ subject: 'CN=dev', issuer: 'CN=dev', subjectAltNames: [], fingerprint256: '' },
      ...{ validFrom: 0, validTo: Date.UTC(2025, 2, 3) },
    };
    const failure = {
      ...({ step: 'tls', code: 'certificateRejected', detail } as const),
      certificate: withCertificate ? certificate : undefined,
    };
    return refusedText({ peer: 'p', failure, received: new Uint8Array() }, Date.UTC(2026, 0, 1));
  };

  it('is told whose it is and since when it is no good, and that it shows none', () => {
    const expired = problem(true, 'CERT_HAS_EXPIRED');
    assert.equal(expired.short, 'certificate not accepted');
    assert.match(
      expired.text,
      /^Its certificate for "CN=dev" expired on 3 March 2025 \(CERT_HAS_EXPIRED\)\. Give .*clientAuthorities"/,
    );
    const missing = problem(false, 'CERTIFICATE_MISSING');
    assert.equal(missing.short, 'no certificate');
    assert.match(missing.text, /^It shows no certificate, and one is required\. /);
  });
});

describe('A device that is sent away for a limit', () => {
  const cases = [
    ['broker.topicLevels', a.publish('a/b/c'), /^sent away: topic with too many levels$/],
    ['broker.maximumQoS', a.publish('a', 2, 1), /^sent away: QoS above the maximum$/],
  ] as const;
  for (const [setting, packet, short] of cases) {
    it(`is a problem that names ${setting} and shows the packet, and is told`, async () => {
      const window = new BrokerWindow();
      window.written = { [setting]: 1 };
      await window.local.start();
      const device = window.device();
      await device.connect('dev');
      await device.sendPacket(packet);
      assert.equal(device.isClosed, true);
      const [problem] = window.problems.of('dev');
      assert.ok(problem);
      assert.match(problem.short, short);
      assert.ok(problem.text.includes(`"mqttWorkbench.${setting}"`));
      assert.match(problem.text, /without a word: before 5\.0/);
      assert.equal(problem.isTold, true);
      assert.equal(window.rowText(problem.packet()), 'dev (192.168.1.31:50000) in PUBLISH');
    });
  }

  it('is one whose packet is larger than the broker takes, which 3.1.1 cannot tell it, and shows what came of that', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.maximumPacketSize': 200 };
    await window.local.start();
    const [device, connecting] = [window.device(), window.device(5)];
    await device.connect('dev');
    await device.sendPacket(a.publish('a', 0, 0, { payload: new Uint8Array(301) }));
    await connecting.connect('d'.repeat(300));
    const setting = '"mqttWorkbench.broker.maximumPacketSize" allows';
    const [ofConnect, ofMessage] = window.problems.all();
    assert.ok(ofConnect && ofMessage);
    assert.deepEqual(
      [ofMessage.short, ofConnect.short, ofMessage.isTold, ofConnect.isTold],
      ['sent away: packet that is too large', 'refused: packet too large (0x95)', true, true],
    );
    assert.ok(ofMessage.text.includes(setting) && ofConnect.text.includes(setting));
    assert.match(ofMessage.text, / It has 307 bytes\. Its connection was closed without a word: before 5\.0/);
    assert.match(ofConnect.text, / It has 316 bytes\. /);
    assert.doesNotMatch(ofMessage.text + ofConnect.text, /\[/);
    const shown = window.log.row(ofMessage.packet() ?? 0);
    assert.deepEqual([shown?.kind, shown?.packetType], ['packet', 'PUBLISH']);
  });

  it('is one that ignores the Maximum Packet Size in its CONNACK, and so breaks a rule [MQTT-3.2.2-15]', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.maximumPacketSize': 200 };
    await window.local.start();
    const device = window.device(5);
    await device.connect('dev');
    await device.sendPacket(a.publish('a', 0, 0, { payload: new Uint8Array(301) }));
    assert.match(window.problems.of('dev')[0]?.text ?? '', /308 bytes of at most 200\. \[MQTT-3\.2\.2-15\]/);
  });

  it('is told the Reason Code where it speaks 5.0', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.topicLevels': 1 };
    await window.local.start();
    const device = window.device(5);
    await device.connect('dev');
    await device.sendPacket(a.publish('a/b'));
    assert.match(window.problems.of('dev')[0]?.text ?? '', /sent away: topic name invalid \(0x90\)\.$/);
  });

  it('is one whose packet never ends and takes the room of all', async () => {
    const window = new BrokerWindow();
    window.written = { 'broker.unfinishedBytes': 1_048_576 };
    await window.local.start();
    const device = window.device();
    await device.connect('dev');
    const begun = new Uint8Array(2_000_000);
    begun.set([0x30, 0xff, 0xff, 0xff, 0x7f]);
    await device.send(begun);
    assert.match(listed(window).join(), /sent away: too much of an unfinished packet x1$/);
    const text = (version?: 4) =>
      problemOf({ kind: 'disconnectedByServer', reasonCode: 0x97, cause: 'unfinishedBytes' }, version)
        ?.text ?? '';
    assert.equal(window.problems.all()[0]?.text, text(4));
    assert.match(text(4), /without a word: before 5\.0 a server has no DISCONNECT\.$/);
    assert.match(text(), /without a word: no CONNECT had come\.$/);
  });

  it('is a WebSocket frame that ends a connection, text with its clause [MQTT-6.0.0-1], and no other end of one', () => {
    const problem = (failure: WebSocketFailure) => problemOf({ kind: 'dropped', failure }, undefined);
    const { short, text, isTold } =
      problem({ step: 'webSocket', code: 'textFrame', detail: 'it begins with 10 0c' }) ?? assert.fail();
    assert.equal(short, 'text frame in its WebSocket');
    assert.match(text, /\(it begins with 10 0c\).*\[MQTT-6\.0\.0-1\]/);
    assert.equal(isTold, true);
    const invalid = problem({ step: 'webSocket', code: 'frameInvalid', detail: 'RSV1 must be clear' });
    assert.match(invalid?.text ?? '', /RSV1 must be clear/);
    const gone = problem({ step: 'webSocket', code: 'closedWithStatus', status: 1011, detail: '' });
    assert.equal(gone, undefined);
  });

  it('is one that leaves in the middle of a packet, which nobody is told: the network may have gone', async () => {
    const window = await running();
    const device = window.device();
    // It announces 60 bytes, and sends 16.
    await device.send([0x10, 0x3c, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 3, 0x64, 0x65, 0x76, 0x21]);
    device.end();
    await turn();
    await turn();
    const [problem] = window.problems.all();
    assert.equal(problem?.short, 'left in the middle of its CONNECT');
    assert.match(problem?.text ?? '', /: 44 bytes of it are missing\. Usual cause: a Remaining Length/);
    assert.equal(problem?.isTold, false);
    const shown = window.log.row(problem?.packet() ?? 0);
    assert.deepEqual([shown?.kind, shown?.packetType], ['incomplete', 'CONNECT']);
  });

  it('has the clause of the version that its CONNECT names, in order or not [MQTT-3.1.2-13]', async () => {
    const window = await running();
    // Will Retain without a will, in 5.0.
    const connect = [0x10, 0x10, 0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 0x22, 0, 60, 0, 0, 3, 0x64, 0x65, 0x76];
    await window.device().send(Uint8Array.from(connect));
    assert.match(window.problems.all()[0]?.text ?? '', /Will Retain is 1\. \[MQTT-3\.1\.2-13\]/);
    const keepAlive = (version: 4 | 5) => problemOf({ kind: 'keepAliveTimeout' }, version)?.text ?? '';
    assert.match(keepAlive(5), /\[MQTT-3\.1\.2-22\]/);
    assert.match(keepAlive(4), /\[MQTT-3\.1\.2-24\]/);
  });

  it('is none that a person sends away, whose identifier is taken, or that is there when the broker stops', async () => {
    const window = await running();
    await window.device().connect('dev');
    window.local.broker?.disconnect('dev', 0x97);
    await window.device().connect('other');
    await window.device().connect('other');
    await window.local.stop();
    assert.deepEqual(listed(window), []);
  });
});
