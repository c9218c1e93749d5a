import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fromBase64, toBase64 } from '../../../src/base/base64';
import { concatBytes, hexByte } from '../../../src/base/bytes';
import { encodeUtf8 } from '../../../src/base/utf8';
import { cArray } from '../../../src/capture/copies/cArray';
import { copyFormats, copyPackets } from '../../../src/capture/copies/copyPackets';
import {
  mosquittoPub,
  payloadFile,
  type MosquittoPubOptions,
} from '../../../src/capture/copies/mosquittoPub';
import { packetJson, type DescribedPacket } from '../../../src/capture/copies/packetJson';
import { encode } from '../../../src/protocol/codec';
import type { Publish } from '../../../src/protocol/controlPacket';

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte);

function message(changed: Partial<Publish> = {}): Publish {
  return {
    type: 'PUBLISH',
    dup: false,
    qos: 1,
    retain: false,
    topicName: 'devices/bench-7/led',
    packetIdentifier: 7,
    properties: {},
    payload: encodeUtf8('{"on": true}'),
    ...changed,
  };
}

describe('A packet as a C array', () => {
  it('has every byte, its length, and a name that C takes', () => {
    assert.equal(
      [...cArray(Uint8Array.of(0x30, 0x05, 0, 3, 1, 2, 3, 4, 5, 6, 7, 8, 9), '12 packet*/', 'a */ b')].join(
        '',
      ),
      [
        '/* a * / b */',
        'static const unsigned char _12_packet_[13] = {',
        '    0x30, 0x05, 0x00, 0x03, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08,',
        '    0x09,',
        '};',
        'static const unsigned int _12_packet__len = 13;',
      ].join('\n'),
    );
  });

  for (const [name, bytes] of [
    ['every byte', everyByte],
    ['no byte', new Uint8Array(0)],
  ] as const) {
    it(`compiles with ${name}`, function () {
      const compiler = spawnSync(
        'cc',
        ['-x', 'c', '-Wall', '-Wextra', '-Wno-unused', '-Werror', '-fsyntax-only', '-'],
        {
          input: [...cArray(bytes, 'packet')].join(''),
          encoding: 'utf8',
        },
      );
      if (compiler.error) this.skip();
      assert.equal(compiler.stderr, '');
    });
  }
});

describe('Packets for the clipboard', () => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) & 0xff);
  const described: DescribedPacket = {
    ...{ sequence: 1, kind: 'packet', at: 0, direction: 'in', client: 'bench', topic: undefined },
    ...{ concealed: [{ start: 40_000, end: 60_000 }], context: { version: 4 } },
  };
  const packets = [
    { ...described, bytes },
    { ...described, sequence: 2, concealed: [], bytes: Uint8Array.of(0xc0, 0) },
  ];

  for (const format of copyFormats) {
    it(`come as ${format} in pieces, between which others have their turn`, () => {
      const pieces = [...copyPackets(packets, format)];
      if (format !== 'json') assert.ok(Math.max(...pieces.map(({ length }) => length)) < 100_000);
      const text = pieces.join('');
      if (format === 'json') {
        assert.equal(
          text,
          JSON.stringify(
            packets.map((packet) => packetJson(packet, packet.bytes)),
            null,
            2,
          ),
        );
      }
      const words = Array.from(bytes, hexByte).fill('**', 40_000, 60_000).join(' ');
      if (format === 'hex') assert.equal(text, `${words}\nc0 00`);
      if (format === 'base64') assert.equal(text, `${toBase64(bytes)}\nwAA=`);
      if (format === 'cArray') {
        const values = text.match(/(?<= )0x[0-9a-f]{2}(?=,)/g) ?? [];
        assert.deepEqual(Uint8Array.from(values.map(Number)), concatBytes([bytes, Uint8Array.of(0xc0, 0)]));
      }
    });
  }

  for (const [name, payload, text] of [
    ['text', encodeUtf8('{"ä": "\\n"}\n'.repeat(30_000)), '{"ä": "\\n"}\n'.repeat(30_000)],
    ['no text', new Uint8Array(400_000).fill(0xff), undefined],
  ] as const) {
    it(`come as JSON in pieces where one is long and ${name}`, () => {
      const long = encode(message({ payload }), 4);
      for (const all of [[{ ...described, concealed: [], bytes: long }, ...packets], undefined]) {
        const pieces = [...copyPackets(all ?? [{ ...described, concealed: [], bytes: long }], 'json')];
        assert.ok(Math.max(...pieces.map(({ length }) => length)) < 300_000);
        const written = pieces.join('');
        const parsed = JSON.parse(written) as unknown;
        // As it would be written in one step.
        assert.equal(written, JSON.stringify(parsed, null, 2));
        const [first] = (all ? parsed : [parsed]) as {
          fields: { payload: object };
          bytes: string;
        }[];
        assert.deepEqual(first?.fields.payload, {
          length: payload.length,
          base64: toBase64(payload),
          ...(text !== undefined && { text }),
        });
        assert.equal(first.bytes, toBase64(long));
      }
    });
  }

  it('are one object of JSON where it is one packet', () =>
    assert.equal(
      [...copyPackets(packets.slice(1), 'json')].join(''),
      JSON.stringify(
        packetJson({ ...described, sequence: 2, concealed: [] }, Uint8Array.of(0xc0, 0)),
        null,
        2,
      ),
    ));
});

describe('A message as a mosquitto_pub command', () => {
  const posix: MosquittoPubOptions = { version: 5, shell: 'posix', server: undefined };
  /** What a program of that name is given: its arguments, and with -s what it reads. */
  function given(command: string): { arguments: string[]; input: Buffer } {
    const stub = 'mosquitto_pub() { printf "%s\\0" "$@"; printf "\\0"; case "$*" in *" -s") cat;; esac; }\n';
    const { stdout, stderr } = spawnSync('sh', ['-c', stub + command], { maxBuffer: 1e7 });
    assert.equal(stderr.toString(), '');
    const end = stdout.indexOf('\0\0');
    return { arguments: stdout.subarray(0, end).toString().split('\0'), input: stdout.subarray(end + 2) };
  }

  const awkward = [
    'plain',
    'with space',
    "it's",
    '$HOME `id` $(id)',
    'back\\slash "quotes"',
    '-starts',
    'ünï ☃',
    'tab\there',
    '!history * ? ~ # ; & | < >',
    '%s %n',
  ];
  for (const text of awkward) {
    it(`gives a shell ${JSON.stringify(text)} as topic and payload unchanged`, () => {
      const { command, missing } = mosquittoPub(
        message({ topicName: text, payload: encodeUtf8(text), retain: true }),
        posix,
      );
      assert.deepEqual(given(command ?? '').arguments, [
        ...['-V', '5', '-t', text, '-q', '1', '-r', '-m', text],
      ]);
      assert.deepEqual(missing, []);
    });
  }

  for (const [name, payload] of [
    ['every byte', everyByte],
    ['a line break at the end', encodeUtf8('a\n')],
    ['a byte order mark', encodeUtf8('\ufeffa')],
  ] as const) {
    it(`pipes a payload of ${name}`, () => {
      const { command } = mosquittoPub(message({ payload }), posix);
      const { input, arguments: words } = given(command ?? '');
      assert.equal(words.at(-1), '-s');
      assert.deepEqual(new Uint8Array(input), payload);
    });
  }

  it('names server, version and properties, and says what mosquitto_pub cannot', () => {
    const { command, missing } = mosquittoPub(
      message({
        payload: new Uint8Array(0),
        properties: {
          payloadFormatIndicator: 1,
          messageExpiryInterval: 60,
          contentType: 'application/json',
          responseTopic: 'an answer',
          correlationData: Uint8Array.of(0, 1),
          userProperties: [['a b', "c'd"]],
          topicAlias: 3,
        },
      }),
      { ...posix, server: { host: '127.0.0.1', port: 1884, tls: false, login: true } },
    );
    assert.deepEqual(given(command ?? '').arguments, [
      ...['-h', '127.0.0.1', '-p', '1884', '-V', '5', '-t', 'devices/bench-7/led', '-q', '1'],
      ...['-D', 'PUBLISH', 'payload-format-indicator', '1', '-D', 'PUBLISH', 'message-expiry-interval', '60'],
      ...[
        '-D',
        'PUBLISH',
        'content-type',
        'application/json',
        '-D',
        'PUBLISH',
        'response-topic',
        'an answer',
      ],
      ...['-D', 'PUBLISH', 'user-property', 'a b', "c'd", '-n'],
    ]);
    assert.match(missing.join(' '), /add -u and -P.*Correlation Data/);
  });

  it('leaves properties to 5.0', () => {
    const { command } = mosquittoPub(message({ properties: { contentType: 'text/plain' } }), {
      ...posix,
      version: 4,
    });
    assert.equal(command, `mosquitto_pub -V 311 -t devices/bench-7/led -q 1 -m '{"on": true}'`);
  });

  it('takes a payload that is too large for a command line from a file, and says so', () => {
    const { command, missing } = mosquittoPub(message({ payload: new Uint8Array(100_000) }), posix);
    assert.ok(command?.endsWith(` -f ${payloadFile}`));
    assert.match(missing[0] ?? '', /too large/);
  });

  it('is quoted for PowerShell where that is the shell, which loses double quotes', () => {
    const options = { ...posix, shell: 'powershell' } as const;
    const plain = mosquittoPub(message({ topicName: "it's $HOME", payload: encodeUtf8('a b') }), options);
    assert.equal(plain.command, "mosquitto_pub -V 5 -t 'it''s $HOME' -q 1 -m 'a b'");
    const { command } = mosquittoPub(message(), options);
    const base64 = /FromBase64String\('([^']*)'\)/.exec(command ?? '')?.[1] ?? '';
    assert.deepEqual(fromBase64(base64), message().payload);
    assert.ok(command?.endsWith(` -f ${payloadFile}`));
  });

  it('runs nothing that a topic says in cmd.exe, where single quotes quote nothing', () => {
    const options = { ...posix, shell: 'cmd' } as const;
    const command = (changed: Partial<Publish>) => mosquittoPub(message(changed), options);
    assert.equal(
      command({ topicName: 'a&calc|b \\', payload: encodeUtf8('x > y') }).command,
      'mosquitto_pub -V 5 -t "a&calc|b \\\\" -q 1 -m "x > y"',
    );
    assert.equal(command({ topicName: '%PATH%' }).command, undefined);
    assert.equal(command({ topicName: 'a"&calc' }).command, undefined);
    const json = command({});
    assert.ok(json.command?.endsWith(` -f ${payloadFile}`));
    assert.match(json.missing.join(), /cannot be written on a command line/);
  });

  for (const shell of ['posix', 'powershell', 'cmd'] as const) {
    it(`has no control character for ${shell}: a terminal may take what follows for another line`, () => {
      const options = { ...posix, shell };
      assert.equal(mosquittoPub(message({ topicName: 'a\u0003\ncalc' }), options).command, undefined);
      const properties = { contentType: 'a\u001b[201~\rcalc', responseTopic: 'b' };
      const { command, missing } = mosquittoPub(message({ properties }), options);
      assert.match(command ?? '', /-D PUBLISH response-topic b/);
      assert.doesNotMatch(command ?? '', /calc/);
      assert.match(missing.join(' '), /content-type/);
    });
  }
});

describe('A packet as JSON', () => {
  it('has everything that is known of it, to the microsecond and the byte', () => {
    const packet = message({
      properties: { userProperties: [['a', 'b']], correlationData: Uint8Array.of(255) },
    });
    const bytes = encode(packet, 5);
    const json = packetJson(
      {
        sequence: 12,
        kind: 'packet',
        at: Date.UTC(2026, 10, 22, 14, 2, 11, 42) + 0.381,
        direction: 'in',
        client: 'bench',
        topic: packet.topicName,
        concealed: [],
        context: { version: 5 },
      },
      bytes,
    );
    assert.deepEqual(JSON.parse(JSON.stringify(json)), {
      number: 12,
      time: '2026-11-22T14:02:11.042381Z',
      direction: 'in',
      client: 'bench',
      version: '5.0',
      packet: 'PUBLISH',
      topic: 'devices/bench-7/led',
      fields: {
        dup: false,
        qos: 1,
        retain: false,
        topicName: 'devices/bench-7/led',
        packetIdentifier: 7,
        properties: {
          correlationData: { length: 1, base64: '/w==' },
          userProperties: [['a', 'b']],
        },
        payload: { length: 12, base64: 'eyJvbiI6IHRydWV9', text: '{"on": true}', json: { on: true } },
      },
      bytes: Buffer.from(bytes).toString('base64'),
    });
  });

  it('says what a broken packet breaks, and where secrets were', () => {
    const json = packetJson(
      {
        sequence: 1,
        kind: 'packet',
        at: 0,
        direction: undefined,
        client: 'dump.txt:1',
        topic: undefined,
        concealed: [{ start: 1, end: 2 }],
        context: { version: 4 },
      },
      Uint8Array.of(0xc1, 0),
    ) as { violations: { offset: number; clause: string }[]; concealed: unknown };
    assert.equal(json.violations[0]?.offset, 0);
    assert.deepEqual(json.concealed, [[1, 2]]);
  });

  it('has a payload that is nested without end as text', () => {
    const text = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const bytes = encode(message({ payload: encodeUtf8(text) }), 4);
    const json = packetJson(
      {
        ...{ sequence: 1, kind: 'packet', at: 0, direction: 'in', client: 'bench', topic: 'a' },
        ...{ concealed: [], context: { version: 4 } },
      },
      bytes,
    );
    const written = JSON.parse(JSON.stringify(json)) as { fields: { payload: object } };
    assert.deepEqual(Object.keys(written.fields.payload), ['length', 'base64', 'text']);
  });
});
