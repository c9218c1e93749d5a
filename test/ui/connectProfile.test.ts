import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { fittedConnect } from '../../src/ui/connections/connectProfile';
import { parseProfiles, toSetting } from '../../src/ui/connections/connectionProfile';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { profileClientOptions } from '../../src/ui/connections/profileClientOptions';
import { connectPacket, connectFailure } from '../../src/client/clientOptions';
import { passwordKey } from '../../src/ui/connections/passwordKey';
import { encodeAll, packetsIn } from '../support/packets';

const surroundings = { ownIdentifier: 'window', random: () => 0.5, cryptography: systemCrypto };

function parsed(more: object): ConnectionProfile {
  const [first] = parseProfiles([{ name: 'bench', host: 'h', ...more }], 'user');
  return first?.profile ?? assert.fail(first?.invalid?.problem);
}

const optionsOf = (more: object) => profileClientOptions(parsed(more), 'secret', surroundings);

const everything = {
  userName: 'ada',
  sessionExpiry: 60,
  will: {
    topic: 'state',
    payload: 'gone ✓',
    qos: 1,
    retain: true,
    delay: 5,
    expiry: 600,
    payloadFormatIndicator: 1,
    contentType: 'text/plain',
    responseTopic: 'answers',
    correlationData: 'hex:00 FF',
    userProperties: { a: 'b' },
  },
  receiveMaximum: 10,
  maximumPacketSize: 100_000,
  topicAliasMaximum: 0,
  userProperties: { site: 'berlin', tag: ['one', 'two'] },
  requestResponseInformation: true,
};

describe('What CONNECT asks for, in the settings', () => {
  it('is said in CONNECT of 5.0', () => {
    const packet = connectPacket(optionsOf(everything), 5);
    assert.deepEqual(packet.properties, {
      sessionExpiryInterval: 60,
      receiveMaximum: 10,
      maximumPacketSize: 100_000,
      userProperties: [
        ['site', 'berlin'],
        ['tag', 'one'],
        ['tag', 'two'],
      ],
      requestResponseInformation: 1,
    });
    assert.deepEqual(packet.will, {
      topicName: 'state',
      payload: encodeUtf8('gone ✓'),
      qos: 1,
      retain: true,
      properties: {
        willDelayInterval: 5,
        payloadFormatIndicator: 1,
        messageExpiryInterval: 600,
        contentType: 'text/plain',
        responseTopic: 'answers',
        correlationData: Uint8Array.of(0, 255),
        userProperties: [['a', 'b']],
      },
    });
  });

  it('is the will to the byte, with each of its properties (3.1.3.2), in the bytes of CONNECT', () => {
    const bytes = encodeAll([connectPacket(optionsOf(everything), 5)], 5);
    const [read] = packetsIn(bytes, 5);
    assert.deepEqual(read?.type === 'CONNECT' && read.will, connectPacket(optionsOf(everything), 5).will);
  });

  it('has the payload of the will as text, hexadecimal digits or Base64, in every version', () => {
    const payloads: readonly [will: object, payload: Uint8Array][] = [
      [{}, encodeUtf8('')],
      [{ payload: 'DE AD' }, encodeUtf8('DE AD')],
      [{ payload: 'DE AD', payloadEncoding: 'text' }, encodeUtf8('DE AD')],
      [{ payload: 'DEAD be ef', payloadEncoding: 'hex' }, Uint8Array.of(0xde, 0xad, 0xbe, 0xef)],
      [{ payload: 'AP8=', payloadEncoding: 'base64' }, Uint8Array.of(0, 255)],
    ];
    for (const [more, payload] of payloads) {
      for (const version of ['5.0', '3.1.1', '3.1', 'automatic']) {
        const will = { topic: 'a', ...more };
        assert.deepEqual(optionsOf({ version, will }).will?.payload, payload);
        assert.deepEqual(toSetting(parsed({ version, will })).will, will);
      }
    }
  });

  it('has the correlation data of the will as a text, hexadecimal digits or Base64', () => {
    const dataOf = (correlationData: string) =>
      optionsOf({ will: { topic: 'a', correlationData } }).will?.properties.correlationData;
    assert.deepEqual(dataOf('job 7: é'), encodeUtf8('job 7: é'));
    assert.deepEqual(dataOf('hex:01 02'), Uint8Array.of(1, 2));
    assert.deepEqual(dataOf('base64:AQI='), Uint8Array.of(1, 2));
  });

  it('can be said as far as older versions have it, where 5.0 is refused', () => {
    const options = optionsOf({ ...everything, version: 'automatic' });
    assert.equal(options.version, 'automatic');
    for (const version of [5, 4, 3] as const) assert.equal(connectFailure(options, version), undefined);
  });

  it('is how many QoS 2 messages may be in flight where no server can say it', () => {
    for (const version of ['3.1', '3.1.1', 'automatic']) {
      const entry = { version, qos2InFlightBefore5: 5 };
      assert.equal(optionsOf(entry).qos2InFlightBefore5, 5);
      assert.deepEqual(toSetting(parsed(entry)), { name: 'bench', host: 'h', port: 1883, ...entry });
      assert.deepEqual(fittedConnect({ qos2InFlightBefore5: 5 }, parsed(entry).version), {
        qos2InFlightBefore5: 5,
      });
    }
    assert.equal('qos2InFlightBefore5' in optionsOf({}), false);
    assert.deepEqual(fittedConnect({ qos2InFlightBefore5: 5 }, '5.0'), {});
  });

  it('is an hour of the session where one is to be resumed and nothing else is said', () => {
    const expiryOf = (more: object) => connectPacket(optionsOf(more), 5).properties.sessionExpiryInterval;
    assert.equal(expiryOf({}), undefined);
    assert.equal(expiryOf({ cleanStart: false }), 3600);
    assert.equal(expiryOf({ cleanStart: false, sessionExpiry: 0 }), undefined);
    assert.equal(expiryOf({ sessionExpiry: 7 }), 7);
  });

  it('is read, and written back the same', () => {
    const profile = parsed(everything);
    assert.deepEqual(parseProfiles([toSetting(profile)], 'user'), [{ profile }]);
    assert.deepEqual(toSetting(profile), {
      name: 'bench',
      host: 'h',
      port: 1883,
      version: '5.0',
      ...everything,
    });
    const plain = parsed({ authentication: 'none', requestResponseInformation: false });
    assert.equal('connect' in plain, false);
  });

  const unusable: readonly [entry: object, problem: RegExp][] = [
    [{ authentication: 'scram' }, /^authentication: must be one of none, scram-sha-1/],
    [{ authentication: 'scram-sha-256' }, /^authentication: needs a "userName"/],
    [
      { authentication: 'scram-sha-256', userName: 'u', version: '3.1.1' },
      /^authentication: goes with MQTT 5\.0 only, and this connection speaks 3\.1\.1/,
    ],
    [{ sessionExpiry: 60, version: '3.1' }, /^sessionExpiry: goes with MQTT 5\.0 only/],
    [{ sessionExpiry: -1 }, /^sessionExpiry: must be a whole number from 0 to 4294967295/],
    [{ receiveMaximum: 0 }, /^receiveMaximum: /],
    [{ maximumPacketSize: '1' }, /^maximumPacketSize: /],
    [{ topicAliasMaximum: 1.5 }, /^topicAliasMaximum: /],
    [{ qos2InFlightBefore5: 0, version: '3.1.1' }, /^qos2InFlightBefore5: must be a whole number from 1 to/],
    [
      { qos2InFlightBefore5: 5, version: '5.0' },
      /^qos2InFlightBefore5: goes with MQTT 3\.1 and 3\.1\.1 only/,
    ],
    [{ userProperties: { a: 1 } }, /^userProperties: must be an object/],
    [{ userProperties: ['a'] }, /^userProperties: must be an object/],
    [{ requestResponseInformation: 1 }, /^requestResponseInformation: must be true or false/],
    [{ will: 'gone' }, /^will: must be an object/],
    [{ will: {} }, /^will\.topic: must be a text/],
    [{ will: { topic: 'a/#' } }, /^will\.topic: must be a topic name/],
    [{ will: { topic: 'a', message: 'b' } }, /^will\.message: there is no such field/],
    [{ will: { topic: 'a', payload: 1 } }, /^will\.payload: must be a text/],
    [{ will: { topic: 'a', payload: 'é'.repeat(40_000) } }, /^will\.payload: has more than 65535 bytes/],
    [
      { will: { topic: 'a', payload: '00'.repeat(65_536), payloadEncoding: 'hex' } },
      /^will\.payload: has more than 65535 bytes/,
    ],
    [
      { will: { topic: 'a', payload: '0G', payloadEncoding: 'hex' } },
      /^will\.payload: is not written in hex: 'G' is no hexadecimal digit\. It is character 2\.$/,
    ],
    [
      { will: { topic: 'a', payload: 'A', payloadEncoding: 'base64' } },
      /^will\.payload: is not written in base64: This is not Base64/,
    ],
    [
      { will: { topic: 'a', payloadEncoding: 'utf8' } },
      /^will\.payloadEncoding: must be one of text, hex, base64\./,
    ],
    [{ will: { topic: 'a', payloadBase64: 'AA==' } }, /^will\.payloadBase64: there is no such field/],
    [
      { will: { topic: 'a', correlationdata: 'x' } },
      /^will\.correlationdata: there is no such field; "will\.correlationData" is meant, perhaps/,
    ],
    [{ will: { topic: 'a', correlationData: 7 } }, /^will\.correlationData: must be a text, or bytes as/],
    [{ will: { topic: 'a', correlationData: 'hex:0' } }, /^will\.correlationData: A byte has two/],
    [{ will: { topic: 'a', correlationData: 'base64:?' } }, /^will\.correlationData: This is not Base64/],
    [
      { will: { topic: 'a', correlationData: 'x'.repeat(65_536) } },
      /^will\.correlationData: has more than 65535 bytes/,
    ],
    [
      { will: { topic: 'a', payloadFormatIndicator: 2 } },
      /^will\.payloadFormatIndicator: must be a whole number from 0 to 1/,
    ],
    [
      { will: { topic: 'a', payload: '41 FF', payloadEncoding: 'hex', payloadFormatIndicator: 1 } },
      /^will\.payload: has to be text in UTF-8, as payloadFormatIndicator in the settings says, and at byte 1 it is not/,
    ],
    [
      { will: { topic: 'a', correlationData: 'x' }, version: '3.1' },
      /^will\.correlationData: goes with MQTT 5\.0 only/,
    ],
    [
      { will: { topic: 'a', payloadFormatIndicator: 0 }, version: '3.1.1' },
      /^will\.payloadFormatIndicator: goes with MQTT 5\.0 only/,
    ],
    [{ will: { topic: 'a', qos: 3 } }, /^will\.qos: must be a whole number from 0 to 2/],
    [{ will: { topic: 'a', retain: 'yes' } }, /^will\.retain: /],
    [{ will: { topic: 'a', delay: 1 }, version: '3.1.1' }, /^will\.delay: goes with MQTT 5\.0 only/],
    [{ will: { topic: 'a', responseTopic: '+' } }, /^will\.responseTopic: must be a topic name/],
    [{ will: { topic: 'a', userProperties: 'b' } }, /^will\.userProperties: /],
  ];
  for (const [entry, problem] of unusable) {
    const [field] = Object.keys(entry);
    it(`names what is wrong with ${field ?? ''}: ${String(problem)}`, () => {
      const [first] = parseProfiles([{ name: 'a', host: 'h', ...entry }], 'user');
      assert.match(first?.invalid?.problem ?? '', problem);
    });
  }
});

describe('Authentication in the settings', () => {
  it('keeps user name and password out of CONNECT, and lets nothing older be spoken', () => {
    const options = optionsOf({ authentication: 'scram-sha-512', userName: 'ada', version: 'automatic' });
    assert.equal(options.version, 5);
    const { userName, password, properties } = connectPacket(options, 5);
    assert.deepEqual([userName, password], [undefined, undefined]);
    assert.equal(properties.authenticationMethod, 'SCRAM-SHA-512');
  });

  it('has a password of its own, so that nobody has it sent by taking the proof away', () => {
    const proven = parsed({ authentication: 'scram-sha-256', userName: 'ada' });
    assert.notEqual(passwordKey(proven, ''), passwordKey(parsed({ userName: 'ada' }), ''));
  });
});
