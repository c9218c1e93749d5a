import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { encodeUtf8 } from '../../src/base/utf8';
import { files, payloadText, planOf } from './planning';

describe('The plan of a PUBLISH block', () => {
  it('is QoS 0, not retained and without properties where nothing else is said', async () => {
    assert.deepEqual(await planOf('PUBLISH a/b\n\nhello'), {
      topicName: 'a/b',
      payload: new TextEncoder().encode('hello'),
      qos: 0,
      retain: false,
      connection: undefined,
      properties: {},
      note: undefined,
    });
  });

  it('takes every header', async () => {
    const plan = await planOf(
      [
        '# @note really?',
        'PUBLISH a/b',
        'qos: 2',
        'RETAIN: True',
        'Connection: staging',
        'Content-Type: application/json',
        'Response-Topic: answer/{{$clientId}}',
        'Correlation-Data: hex:DE AD',
        'Message-Expiry-Interval: 4294967295',
        'Payload-Format-Indicator: 1',
        'Topic-Alias: 9',
        'User-Property: source=workbench',
        'User-Property: source = a=b ',
      ].join('\n'),
    );
    assert.deepEqual(plan, {
      topicName: 'a/b',
      payload: new Uint8Array(0),
      qos: 2,
      retain: true,
      connection: 'staging',
      properties: {
        contentType: 'application/json',
        responseTopic: 'answer/staging',
        correlationData: Uint8Array.of(0xde, 0xad),
        messageExpiryInterval: 0xffff_ffff,
        payloadFormatIndicator: 1,
        topicAlias: 9,
        userProperties: [
          ['source', 'workbench'],
          ['source', 'a=b'],
        ],
      },
      note: 'really?',
    });
  });

  const correlations: readonly (readonly [string, string])[] = [
    ['plain: text', toHex(encodeUtf8('plain: text'))],
    ['base64:3q0=', 'dead'],
    ['HEX:00ff', '00ff'],
    ['hexagon', toHex(encodeUtf8('hexagon'))],
  ];
  for (const [value, hex] of correlations) {
    it(`takes Correlation-Data ${value} for ${hex}`, async () => {
      const { properties } = await planOf(`PUBLISH a\nCorrelation-Data: ${value}`);
      assert.equal(toHex(properties.correlationData ?? assert.fail('no data')), hex);
    });
  }

  const payloads: readonly (readonly [name: string, block: string, hex: string])[] = [
    ['text with its line endings', 'PUBLISH a\r\n\r\none\r\ntwo\n\r\n', toHex(encodeUtf8('one\r\ntwo'))],
    ['characters beyond ASCII as UTF-8', 'PUBLISH a\n\nä😀', 'c3a4f09f9880'],
    [
      'JSON as it is written',
      'PUBLISH a\nBody: json\n\n{ "a" : 1.0 ,\n"a":[]}',
      toHex(encodeUtf8('{ "a" : 1.0 ,\n"a":[]}')),
    ],
    ['hexadecimal digits', 'PUBLISH a\nBody: hex\n\nDE ad BEEF\n  00 01\n', 'deadbeef0001'],
    ['Base64', 'PUBLISH a\nBody: base64\n\n3q2+\n7wAB', 'deadbeef0001'],
    [
      'the bytes of a file',
      'PUBLISH a\n\n< ./build/firmware.bin\n\n',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'the bytes of a file whatever the body is said to be',
      'PUBLISH a\nBody: hex\n\n<  ./build/firmware.bin ',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'a file at a path with variables',
      '@dir = build\n### x\nPUBLISH a\n\n< ./{{dir}}/firmware.bin',
      toHex(files['./build/firmware.bin'] ?? new Uint8Array()),
    ],
    [
      'a file with its variables as they are',
      'PUBLISH a\nBody: json\n\n< device.json',
      toHex(encodeUtf8('{"id": "{{device}}"}')),
    ],
    [
      'a file with its variables replaced',
      '@device = d1\n### x\nPUBLISH a\nBody: json\n\n<@ device.json',
      toHex(encodeUtf8('{"id": "d1"}')),
    ],
    [
      'a line that begins like a file and is none',
      'PUBLISH a\n\n<b>bold</b>',
      toHex(encodeUtf8('<b>bold</b>')),
    ],
    ['two lines of which one looks like a file', 'PUBLISH a\n\n< a\n< b', toHex(encodeUtf8('< a\n< b'))],
  ];
  for (const [name, block, hex] of payloads) {
    it(`sends ${name}`, async () => assert.equal(toHex((await planOf(block)).payload), hex));
  }

  it('is made in spite of a warning', async () => {
    assert.equal(payloadText(await planOf('@a = 1\n@a = 2\nPUBLISH t\n\n{{a}}')), '2');
  });
});
