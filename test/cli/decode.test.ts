import assert from 'node:assert/strict';
import type { CliInputs } from '../support/cliRun';
import { runCli as run } from '../support/cliRun';

const publish = '30 05 00 03 61 2f 62';

describe('decode', () => {
  it('prints every field with offsets, bytes, bits in their byte, and value', async () => {
    const { exitCode, out } = await run(['decode', '32 08 00 03 61 2f 62 00 0a 68', '--mqtt', '3.1.1']);
    assert.equal(exitCode, 0);
    assert.deepEqual(out, [
      '1 packet in 10 bytes, read as MQTT 3.1.1: as asked for',
      'PUBLISH, MQTT 3.1.1, 10 bytes at 0',
      '        0-1                            Fixed Header',
      '          0  32                            Type and Flags: 0x32 (binary 00110010)',
      '                                               0011 .... = Control Packet Type: PUBLISH (3)',
      '                                               .... 0... = DUP: not set',
      '                                               .... .01. = QoS: At least once (1)',
      '                                               .... ...0 = RETAIN: not set',
      '          1  08                            Remaining Length: 8',
      '        2-8                            Variable Header',
      '        2-6                                Topic Name: a/b',
      '        2-3  00 03                             Length: 3',
      '        4-6  61 2f 62                          Text: a/b',
      '        7-8  00 0a                         Packet Identifier: 10',
      '          9  68                        Payload: 68 "h"',
    ]);
  });

  it('counts the offsets of several packets through, and reads them by the version of their CONNECT', async () => {
    const connect311 = '100d00044d5154540402003c000163';
    const { exitCode, out } = await run(['decode', connect311, '30 04 00 01 74 00']);
    assert.equal(exitCode, 0);
    assert.deepEqual(
      out.filter((line) => !line.startsWith(' ')),
      [
        '2 packets in 21 bytes, read as MQTT 3.1.1: CONNECT says so',
        'CONNECT, MQTT 3.1.1, 15 bytes at 0',
        'PUBLISH, MQTT 3.1.1, 6 bytes at 15',
      ],
    );
    assert.ok(out.some((line) => line.startsWith('      17-19  ') && line.endsWith('Topic Name: t')));
  });

  it('guesses the version by what parses, and says so', async () => {
    const { out } = await run(['decode', publish]);
    assert.match(
      out[0] ?? '',
      /^1 packet in 7 bytes\. Version guessed: 3\.1\.1, as the packet parses\. --mqtt chooses another\.$/,
    );
    assert.match(
      (await run(['decode', '300600036162 2f00'])).out[0] ?? '',
      /Version guessed: 5\.0, as the packet parses/,
    );
  });

  const notations: readonly (readonly [name: string, args: readonly string[], inputs?: CliInputs])[] = [
    ['words', ['decode', '30', '05', '00', '03', '61', '2f', '62']],
    ['a list', ['decode', '0x30, 0x05, 0x00, 0x03, 0x61, 0x2f, 0x62']],
    ['colons', ['decode', '30:05:00:03:61:2f:62']],
    ['base64', ['decode', 'MAUAA2EvYg==']],
    ['a dump on standard input', ['decode'], { stdin: '00000000: 3005 0003 612f 62   0...a/b\n' }],
    ['standard input by name', ['decode', '-'], { stdin: publish }],
    ['raw bytes on standard input', ['decode', '-'], { stdin: '0\x05\0\x03a/b' }],
    [
      'a file with a C array',
      ['decode', 'packet.c'],
      { files: { 'packet.c': Buffer.from("uint8_t p[] = { 0x30, 5, 0, 3, 'a', '/', 'b' };") } },
    ],
    [
      'a dump that PowerShell wrote, in UTF-16',
      ['decode', 'p.txt'],
      { files: { 'p.txt': Buffer.from(`\ufeff${publish}\r\n`, 'utf16le') } },
    ],
    [
      'a dump with the byte order mark of UTF-8',
      ['decode', 'p.txt'],
      { files: { 'p.txt': Buffer.from(`\ufeff${publish}\r\n`) } },
    ],
    [
      'a file of bytes',
      ['decode', 'p.bin'],
      { files: { 'p.bin': Buffer.from('300500 03612f62'.replace(' ', ''), 'hex') } },
    ],
  ];
  for (const [name, args, inputs] of notations) {
    it(`takes ${name}`, async () => {
      const { exitCode, out } = await run(args, inputs);
      assert.equal(exitCode, 0);
      assert.ok(
        out.some((line) => line.endsWith('Topic Name: a/b')),
        out.join('\n'),
      );
    });
  }

  it('counts one byte as one byte', async () => {
    const { exitCode, out } = await run(['decode', 'c000', 'ff']);
    assert.equal(exitCode, 1);
    assert.ok(out.includes('No packet, 1 byte at 2: ff'), out.join('\n'));
    assert.match(
      (await run(['decode', 'c0'])).out.join('\n'),
      /^1 packet in 1 byte\.[^]*\nPINGREQ, MQTT 3\.1\.1, 1 byte at 0\n/,
    );
  });

  it('shows bytes between packets in their place, and fails for them', async () => {
    const { exitCode, out } = await run(['decode', 'c000', publish, 'dead', 'd000']);
    assert.equal(exitCode, 1);
    assert.deepEqual(out.filter((line) => !line.startsWith(' ')).slice(1), [
      'PINGREQ, MQTT 3.1.1, 2 bytes at 0',
      'PUBLISH, MQTT 3.1.1, 7 bytes at 2',
      'No packet, 2 bytes at 9: de ad',
      'PINGRESP, MQTT 3.1.1, 2 bytes at 11',
    ]);
  });

  it('prints the same as JSON', async () => {
    const { exitCode, out } = await run([
      'decode',
      '--json',
      'c000',
      '36 07 0001 74 0001 00 00',
      '--mqtt',
      '5.0',
    ]);
    assert.equal(exitCode, 1);
    const document = JSON.parse(out.join('\n')) as {
      readonly version: string;
      readonly packets: readonly {
        readonly type: string;
        readonly offset: number;
        readonly bytes: string;
        readonly violations: readonly {
          readonly id: string;
          readonly offset: number;
          readonly clause: string;
        }[];
      }[];
    };
    assert.equal(document.version, '5.0');
    assert.deepEqual(
      document.packets.map(({ type, offset, bytes }) => [type, offset, bytes]),
      [
        ['PINGREQ', 0, 'c000'],
        ['PUBLISH', 2, '360700017400010000'],
      ],
    );
    const { id, offset, clause } = document.packets[1]?.violations[0] ?? assert.fail();
    assert.deepEqual([id, offset, clause], ['publishQosThree', 2, 'MQTT-3.3.1-4']);
  });

  it('tells what of a text it left out', async () => {
    const log = `I (1) mqtt: connecting\nI (2) mqtt: ${publish}\n`;
    const { exitCode, out } = await run(['decode'], { stdin: log });
    assert.equal(exitCode, 0);
    assert.equal(out[0], '1 line of log without bytes left out (line 1).');
    const { out: json, errors } = await run(['decode', '--json'], { stdin: log });
    assert.deepEqual(errors, ['1 line of log without bytes left out (line 1).']);
    assert.ok(JSON.parse(json.join('\n')));
    const source = 'uint8_t p[] = { 0xc0, 0x00 };\n\nconst char *q =\n  "\\xd0\\x00";\n';
    assert.equal(
      (await run(['decode'], { stdin: source })).out[0],
      'Not read: line 4, a string of bytes beside an array; decode it by itself.',
    );
  });

  it('says that a Remaining Length is probably stale where nothing but its packet explains the rest', async () => {
    const short = await run(['decode', '30 07 00 05 61 2f 62 2f 63 68 65 6c 6c 6f']);
    assert.equal(short.exitCode, 1);
    assert.deepEqual(short.out.slice(-3), [
      'No packet, 5 bytes at 9: 68 65 6c 6c 6f',
      '    note: The Remaining Length of the packet at 0 is probably 5 too small: with these bytes it parses (2.2.3).',
      '    usual cause: a stale length, computed before the payload grew or kept from another packet',
    ]);
    const other = await run(['decode', 'c000', 'ff']);
    assert.ok(!other.out.some((line) => line.includes('note:')));
  });

  it('has one byte and several bytes in what is broken', async () => {
    const one = (await run(['decode', 'c0'])).out.join('\n');
    assert.match(one, /ends 1 byte before the end of this field\./);
    const more = (await run(['decode', '30 09 00 01 74', '--mqtt', '3.1.1'])).out.join('\n');
    assert.match(more, /announces 6 bytes more than there are\./);
  });

  it('says that a CONNECT overrules the version asked for', async () => {
    const { out } = await run(['decode', '100d00044d5154540402003c000163', '--mqtt', '5.0']);
    assert.equal(
      out[0],
      '1 packet in 15 bytes, read as MQTT 3.1.1: CONNECT says so, --mqtt 5.0 does not count',
    );
  });

  it('marks the field that breaks a rule in the first column', async () => {
    const { out } = await run(['decode', '36 07 0001 74 0001 00 00', '--mqtt', '5.0']);
    const marked = out.filter((line) => line.startsWith('!'));
    assert.equal(marked.length, 1);
    assert.match(marked[0] ?? '', /^! +0  36 +Type and Flags/);
  });

  it('shows a payload as text up to a length that is said, a Will Payload too, and no bytes that are none', async () => {
    const long = `30 ac02 0001 74 ${'61'.repeat(297)}`;
    const line = (await run(['decode', long])).out.find((each) => each.includes('Payload: '));
    assert.ok(line?.endsWith(`"${'a'.repeat(256)}" … (the first 256 characters of 297 bytes)`), line);
    const will = '10 13 00044d515454 04 06 003c 0001 63 0001 77 0001 78';
    assert.ok((await run(['decode', will])).out.some((each) => each.endsWith('Will Message: 78 "x"')));
    const binary = (await run(['decode', '30 05 0001 74 01ff'])).out;
    assert.ok(binary.some((each) => each.endsWith('Payload: 01 ff')));
  });

  const broken: readonly (readonly [hex: string, clause: string])[] = [
    ['c100', 'MQTT-2.2.2-1'],
    ['c0', '2.2.3'],
    ['c000 36050001 7400 00', 'MQTT-3.3.1-4'],
    ['32ffffffffff', '2.2.3'],
    ['0000', '2.2.1'],
  ];
  for (const [hex, clause] of broken) {
    it(`ends with 1 for ${hex} and names ${clause}`, async () => {
      const { exitCode, out } = await run(['decode', hex, '--mqtt', '3.1.1']);
      assert.equal(exitCode, 1);
      assert.ok(
        out.some((line) => line.startsWith('violation at offset ') && line.includes(`[${clause}]`)),
        out.join('\n'),
      );
    });
  }
});

describe('A wrong command line', () => {
  const wrong: readonly (readonly [args: string[], message: RegExp])[] = [
    [['decode'], /decode needs bytes, such as c000, a file, or standard input/],
    [['decode', 'c0 0x'], /"x" is no byte \(line 1, column 5\)/],
    [['decode', 'zz?'], /"z" is no byte \(line 1, column 1\)/],
    [['decode', 'dump.txt'], /there is no file dump\.txt, and as bytes: "u" is no byte/],
    [['decode', '0xc00'], /"c00" has an odd number of digits/],
    [['decode', 'c000', '--jsn'], /argument 2: --jsn is not an option; did you mean --json\?/],
    [['decode', 'c000', '--mqtt', '6'], /--mqtt: "6" is not a version; there is 3\.1, 3\.1\.1, 5\.0/],
    [['decode', 'c000', '--mqtt'], /argument 2: --mqtt needs a value/],
    [['broker', '--port'], /--port needs a value/],
    [['broker', '--port', 'x'], /--port: "x" is not a whole number from 0 to 65535/],
    [['broker', '--port=65536'], /--port: "65536" is not a whole number/],
    [['broker', '--prot', '1'], /broker takes no "--prot"; did you mean --port\?/],
    [['broker', '--port', '1', '--port', '2'], /--port is given twice/],
    [['broker', '--anonymous', 'maybe'], /--anonymous: "maybe" is none of never, loopback, always/],
    [['broker', '--listen', 'http://a'], /--listen: "http:\/\/a" is no place to listen/],
    [['broker', '--key', 'k', '--listen', 'mqtts://:0'], /--key needs --certificate/],
    [['broker', '--certificate', '/none', '--listen', 'wss://:0'], /--certificate: there is no file \/none/],
    [['broker', '--users', '/none'], /--users: there is no file \/none/],
    [['broker', '--config', '/none'], /--config: there is no file \/none/],
    [['password', '--users', 'f'], /password needs --users FILE and --user NAME/],
    [['authority', '--key-type', 'dsa'], /--key-type: "dsa" is none of ec, rsa/],
    [['broker', '1883'], /broker takes no "1883"/],
    [['serve'], /no command "serve"; there is broker, password, authority, decode/],
  ];
  for (const [args, message] of wrong) {
    it(`${args.join(' ')} says what is wrong and where`, async () => {
      const { exitCode, out, errors } = await run(args);
      assert.equal(exitCode, 2);
      assert.deepEqual(out, []);
      assert.match(errors.join('\n'), message);
    });
  }

  const files = { 'a.bin': Buffer.from('c000', 'hex'), 'b.bin': Buffer.from('d000', 'hex') };
  for (const args of [
    ['a.bin', 'b.bin'],
    ['c000', 'b.bin'],
  ]) {
    it(`decode ${args.join(' ')} says that files are taken one by one`, async () => {
      const { exitCode, errors } = await run(['decode', ...args], { files });
      assert.equal(exitCode, 2);
      assert.match(errors.join('\n'), /\.bin is a file: decode takes one file at a time/);
    });
  }

  for (const help of ['--help', '-h']) {
    it(`decode ${help} tells its usage`, async () => {
      const { exitCode, out, errors } = await run(['decode', help]);
      assert.deepEqual([exitCode, errors], [0, []]);
      assert.match(out.join('\n'), /^decode \[BYTES/);
    });
  }

  it('--version tells the version', async () => {
    assert.deepEqual(await run(['--version']), { exitCode: 0, out: ['1.2.3'], errors: [] });
  });

  it('--help tells the commands', async () => {
    const { exitCode, out } = await run(['--help']);
    assert.equal(exitCode, 0);
    assert.match(out.join('\n'), /broker \[--port N\][^]*decode \[BYTES/);
  });
});
