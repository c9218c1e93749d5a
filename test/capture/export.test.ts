import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { ConnectionCapture } from '../../src/capture/connectionCapture';
import { writeCsv } from '../../src/capture/export/csv';
import { writeJsonLines } from '../../src/capture/export/jsonLines';
import { PacketLog } from '../../src/capture/packetLog';
import { rowRemarks } from '../../src/capture/rowRemarks';
import type { Conceal } from '../../src/capture/rowSecrets';
import { concealSecrets } from '../../src/inspector/concealment';
import { encode } from '../../src/protocol/codec';
import { clauseOf } from '../../src/protocol/violations';
import { asItIs } from '../support/packetLogs';
import { a } from '../support/packets';

const at = 1_700_000_000_000.125;

function logOf(...payloads: readonly (string | Uint8Array)[]): PacketLog {
  const log = new PacketLog({ byteBudget: 1 << 28 });
  const connection = new ConnectionCapture(log, 'bench');
  for (const payload of payloads) {
    const content = typeof payload === 'string' ? encodeUtf8(payload) : payload;
    connection.chunk('out', encode(a.publish('a/b', 1, 7, { payload: content }), 4), at);
  }
  return log;
}

/** Packets of 5.0 with properties and reason codes. */
function answered(): PacketLog {
  const log = logOf();
  const connection = new ConnectionCapture(log, 'five');
  connection.assumeVersion(5);
  connection.interrupt('in', at);
  const properties = {
    contentType: 'text/plain',
    correlationData: Uint8Array.of(1, 2),
    userProperties: [['unit', '°C'] as const, ['unit', 'K'] as const],
  };
  connection.chunk('out', encode(a.publish('t', 0, 0, { properties }), 5), at);
  connection.chunk(
    'in',
    encode({ ...a.suback(1, [0, 0x87]), properties: { reasonString: 'not, yours' } }, 5),
    at,
  );
  connection.chunk('in', encode(a.unsuback(2, [0x11]), 5), at);
  connection.chunk('in', encode(a.acknowledgement('PUBACK', 3, 0x10), 5), at);
  return log;
}

/** CONNECTs with a will that is text, one that is not, and without. */
function willed(): PacketLog {
  const log = logOf();
  const status = { topicName: 'status', qos: 1, retain: true } as const;
  const wills = [
    { ...status, payload: encodeUtf8('gone'), properties: { willDelayInterval: 5 } },
    { ...status, payload: Uint8Array.of(0xff), properties: {} },
    undefined,
  ];
  for (const will of wills)
    new ConnectionCapture(log, 'c').chunk('out', encode(a.connect(will && { will }), 5), at);
  return log;
}

const all = (log: PacketLog): number[] =>
  Array.from({ length: log.end - log.first }, (_, index) => log.first + index);

function written(writer: typeof writeCsv, log: PacketLog, conceal: Conceal = asItIs): string {
  let text = '';
  for (const piece of writer(log, all(log), { conceal })) {
    assert.ok(piece.length < 600_000, 'in pieces');
    text += piece;
  }
  return text;
}

const objects = (log: PacketLog): Record<string, unknown>[] =>
  written(writeJsonLines, log)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** The records of a text of RFC 4180. */
function records(text: string): string[][] {
  assert.ok(text.endsWith('\r\n'));
  const cells = [...text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)];
  const found: string[][] = [[]];
  for (const [, quoted, plain, end] of cells) {
    found.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replace(/""/g, '"'));
    if (end === '\r\n') found.push([]);
  }
  return found.slice(0, -1);
}

describe('Rows exported as JSON lines', () => {
  it('have every column of the list, the payload decoded and as base64, and all bytes', () => {
    const [row] = objects(logOf('{"on":\r\n true, "n": 12345678901234567890}'));
    assert.deepEqual(row, {
      ...{ sequence: 1, time: '2023-11-14T22:13:20.000125Z', direction: 'out', connection: 'bench' },
      ...{ version: '3.1.1', kind: 'packet', packet: 'PUBLISH', bytes: 50, topic: 'a/b' },
      ...{ summary: 'a/b · QoS 1 · id 7 · 41 B', qos: 1, retain: false, dup: false, packetIdentifier: 7 },
      ...{ violations: [], payloadFormat: 'json', payload: { on: true, n: 12345678901234567890 } },
      payloadBase64: Buffer.from('{"on":\r\n true, "n": 12345678901234567890}').toString('base64'),
      packetBase64: Buffer.from(
        encode(
          a.publish('a/b', 1, 7, { payload: encodeUtf8('{"on":\r\n true, "n": 12345678901234567890}') }),
          4,
        ),
      ).toString('base64'),
    });
    assert.match(written(writeJsonLines, logOf('12345678901234567890')), /"payload":12345678901234567890,/);
  });

  it('have the reason codes of each Topic Filter and the properties of 5.0', () => {
    const rows = objects(answered());
    assert.deepEqual(
      rows.map(({ reasonCode, reasonCodes, properties }) => [reasonCode, reasonCodes, properties]),
      [
        [
          undefined,
          undefined,
          {
            ...{ contentType: 'text/plain', correlationData: 'AQI=' },
            userProperties: [
              ['unit', '°C'],
              ['unit', 'K'],
            ],
          },
        ],
        [undefined, [0, 0x87], { reasonString: 'not, yours' }],
        [undefined, [0x11], undefined],
        [0x10, undefined, undefined],
      ],
    );
  });

  it('have the will of a CONNECT, its payload as text where it is text and as base64', () => {
    const wills = objects(willed()).map(({ will }) => will);
    const known = { topic: 'status', qos: 1, retain: true };
    assert.deepEqual(wills, [
      { ...known, properties: { willDelayInterval: 5 }, payload: 'gone', payloadBase64: 'Z29uZQ==' },
      { ...known, payloadBase64: '/w==' },
      undefined,
    ]);
    const [names = [], ...rows] = records(written(writeCsv, willed()));
    assert.deepEqual(
      rows.map((row) => row[names.indexOf('will')]),
      [JSON.stringify(wills[0]), JSON.stringify(wills[1]), ''],
    );
  });

  it('have text as text, and other payloads as base64 alone', () => {
    const rows = objects(logOf('21 °C "x"\n', '', Uint8Array.of(0xff, 0), 'true'));
    assert.deepEqual(
      rows.map(({ payloadFormat, payload, payloadBase64 }) => [payloadFormat, payload, payloadBase64]),
      [
        ['text', '21 °C "x"\n', 'MjEgwrBDICJ4Igo='],
        ['text', '', ''],
        ['binary', undefined, '/wA='],
        ['json', true, 'dHJ1ZQ=='],
      ],
    );
  });

  it('have long payloads whole, in pieces that cut no character', () => {
    for (const text of ['ä'.repeat(700_001), `${'€'.repeat(300_000)}x`, 'x😀'.repeat(200_001)]) {
      const [row] = objects(logOf(text));
      assert.ok(row?.['payload'] === text);
      assert.ok(row['payloadBase64'] === Buffer.from(text).toString('base64'));
    }
    const [binary] = objects(logOf(new Uint8Array(500_000).fill(0xfe)));
    assert.equal((binary?.['payloadBase64'] as string).length, 666_668);
  });

  it('have long JSON as JSON', () => {
    const value = {
      text: 'ä"\\\n'.repeat(100_000),
      list: Array.from({ length: 20_000 }, (_, index) => index),
    };
    for (const text of [JSON.stringify(value), JSON.stringify(value, undefined, 2)]) {
      const lines = written(writeJsonLines, logOf(text));
      assert.equal(lines.trimEnd().split('\n').length, 1);
      const [row] = objects(logOf(text));
      assert.equal(row?.['payloadFormat'], 'json');
      assert.deepEqual(row['payload'], value);
      const [, broken] = records(written(writeCsv, logOf(text.slice(1))));
      assert.equal(broken?.at(-4), 'text');
    }
  });

  it('say what is no packet, what breaks which rule, and what a note says', () => {
    const log = logOf();
    const connection = new ConnectionCapture(log, 'c');
    connection.chunk('in', encodeUtf8('HTTP'), at);
    connection.enterNote('out', { code: 'gap', bytes: 1 }, at);
    connection.chunk('out', Uint8Array.of(0xc0, 0, 0x36, 3, 0, 1, 0x61), at);
    const rows = objects(log);
    assert.deepEqual(rows.map(({ kind, summary }) => [kind, summary]).slice(0, 2), [
      ['unframed', 'These bytes are not an MQTT packet'],
      ['note', '1 byte is missing here: no frame of the capture holds them.'],
    ]);
    assert.match(String((rows[3]?.['violations'] as string[])[0]), /^violation: .*\[MQTT-3\.3\.1-4\]$/);
  });

  it('say what the receiver of a packet found wrong, which it does not show by itself', () => {
    const log = logOf('1', '2');
    const remark = { id: 'packetIdentifierInUse', offset: 0, value: 7, subject: 'client' } as const;
    rowRemarks(log).add(2, remark);
    const inUse = `violation: Packet Identifier 7 is in use: its packet is not acknowledged yet. [${clauseOf(remark, 4)}]`;
    assert.deepEqual(
      objects(log).map(({ violations }) => violations),
      [[], [inUse]],
    );
    const [names = [], ...rows] = records(written(writeCsv, log));
    assert.deepEqual(
      rows.map((row) => row[names.indexOf('violations')]),
      ['', inUse],
    );
  });

  it('hold no password, and count what the log does not hold', () => {
    const log = logOf();
    const password = encodeUtf8('secret');
    new ConnectionCapture(log, 'c').chunk('out', encode(a.connect({ userName: 'u', password }), 5), at);
    const text = written(writeJsonLines, log, (...args) => concealSecrets(...args).bytes);
    const [, base64 = ''] = /"packetBase64":"(.*)"/.exec(text) ?? [];
    assert.ok(Buffer.from(base64, 'base64').includes('******'));
    const exporting = writeJsonLines(log, [1, 2], { conceal: asItIs });
    exporting.next();
    assert.deepEqual(exporting.next().value, { rows: 1, missing: 1 });
  });
});

describe('Rows exported as CSV', () => {
  it('have a line of names and a record each, quotes and line breaks kept', () => {
    const [names = [], row = []] = records(written(writeCsv, logOf('a "b",\r\nc')));
    const record = Object.fromEntries(names.map((name, index) => [name, row[index]]));
    assert.equal(row.length, names.length);
    assert.deepEqual(
      [
        record['time'],
        record['packet'],
        record['qos'],
        record['retain'],
        record['payload'],
        record['payloadBase64'],
      ],
      ['2023-11-14T22:13:20.000125Z', 'PUBLISH', '1', 'false', 'a "b",\r\nc', 'YSAiYiIsDQpj'],
    );
  });

  it('hold nothing that a spreadsheet would calculate', () => {
    const log = logOf('=1+1', '+49+1', '-5-x', '@x', '\t=1', '5-3', Uint8Array.of(0xfb, 0xef, 0xbe));
    const rows = records(written(writeCsv, log)).slice(1);
    assert.deepEqual(
      rows.map((row) => row.at(-3)),
      ["'=1+1", "'+49+1", "'-5-x", "'@x", "'\t=1", '5-3', ''],
    );
    // Base64 is exact: no sign but `+` and `/` is in it, and no name of a function that is called.
    assert.equal(rows[6]?.at(-2), '++++');
    const named = new PacketLog({ byteBudget: 1 << 20 });
    new ConnectionCapture(named, '=cmd()').chunk('out', encode(a.publish('a'), 4), at);
    assert.equal(records(written(writeCsv, named))[1]?.[3], "'=cmd()");
  });

  it('have numbers as numbers, which calculate nothing', () => {
    const numbers = ['-12.5', '+49', '-1e-3', '-0', '21'];
    const long = `-${'1'.repeat(70_000)}`;
    const rows = records(written(writeCsv, logOf(...numbers, '-1e', '-1.', '--1', long))).slice(1);
    assert.deepEqual(
      rows.map((row) => row.at(-3)),
      [...numbers, "'-1e", "'-1.", "'--1", `'${long}`],
    );
  });

  it('have the reason codes of each Topic Filter and the properties in a column', () => {
    const [names = [], ...rows] = records(written(writeCsv, answered()));
    const of = (name: string) => rows.map((row) => row[names.indexOf(name)]);
    assert.deepEqual(of('reasonCodes'), ['', '0; 135', '17', '']);
    assert.deepEqual(of('reasonCode'), ['', '', '', '16']);
    assert.deepEqual(of('properties'), [
      '{"contentType":"text/plain","correlationData":"AQI=","userProperties":[["unit","°C"],["unit","K"]]}',
      '{"reasonString":"not, yours"}',
      ...['', ''],
    ]);
  });

  it('have long payloads whole', () => {
    const text = 'ä"'.repeat(400_000);
    const [, row] = records(written(writeCsv, logOf(text)));
    assert.ok(row?.at(-3) === text);
  });
});
