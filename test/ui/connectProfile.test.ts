import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { systemCrypto } from '../../src/transport/systemCrypto';
import { fittedConnect } from '../../src/ui/connections/connectProfile';
import { parseProfiles, toSetting } from '../../src/ui/connections/connectionProfile';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { profileClientOptions } from '../../src/ui/connections/profileClientOptions';
import { connectPacket, connectFailure } from '../../src/client/clientOptions';
import { passwordKey } from '../../src/ui/connections/passwordKey';

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
    contentType: 'text/plain',
    responseTopic: 'answers',
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
        messageExpiryInterval: 600,
        contentType: 'text/plain',
        responseTopic: 'answers',
        userProperties: [['a', 'b']],
      },
    });
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
