import assert from 'node:assert/strict';
import { toHex } from '../../src/base/bytes';
import { decode, encode, PacketWriter } from '../../src/protocol/codec';
import type {
  Acknowledgement,
  Connect,
  ControlPacket,
  ProtocolVersion,
  Publish,
  QoS,
  RetainHandling,
  Subscribe,
  Subscription,
  WillMessage,
} from '../../src/protocol/controlPacket';
import { noProperties } from '../../src/protocol/properties';
import type { Properties } from '../../src/protocol/properties';
import type { ViolationId } from '../../src/protocol/violations';
import { violationOf } from '../support/violationOf';

const noBytes = new Uint8Array(0);

function publish(more: Partial<Publish> = {}): Publish {
  const rest = { topicName: 'a/b', packetIdentifier: 0, properties: noProperties, payload: noBytes };
  return { type: 'PUBLISH', dup: false, qos: 0, retain: false, ...rest, ...more };
}

function connect(more: Partial<Connect> = {}): Connect {
  const rest = { properties: noProperties, clientIdentifier: 'c', will: undefined, userName: undefined };
  const header = { protocolName: 'MQTT', protocolVersion: 5, cleanStart: true, keepAlive: 60 } as const;
  return { type: 'CONNECT', ...header, ...rest, password: undefined, ...more };
}

function will(more: Partial<WillMessage> = {}): WillMessage {
  return { topicName: 'w', payload: noBytes, qos: 0, retain: false, properties: noProperties, ...more };
}

function subscribe(subscription: Partial<Subscription>, more: Partial<Subscribe> = {}): Subscribe {
  const options = { qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const subscriptions = [{ topicFilter: 'a', ...options, ...subscription }];
  return { type: 'SUBSCRIBE', packetIdentifier: 1, properties: noProperties, subscriptions, ...more };
}

function puback(more: Partial<Acknowledgement<'PUBACK'>> = {}): ControlPacket {
  return { type: 'PUBACK', packetIdentifier: 1, reasonCode: 0, properties: noProperties, ...more };
}

const withProperties = (properties: Properties): ControlPacket => publish({ properties });
const connack = (more: object): ControlPacket => ({
  ...{ type: 'CONNACK', sessionPresent: false, reasonCode: 0, properties: noProperties },
  ...more,
});
const tooLong = 'x'.repeat(65_536);
const tooLongIfEncoded = 'é'.repeat(32_768);
const lone = ['\ud800', 'a\udc00', '\udc00\ud800', '\ud83d', 'x\ud83dx', '\ude00é'];

const refusals: readonly (readonly [
  what: string,
  packet: ControlPacket,
  id: ViolationId,
  version?: ProtocolVersion,
])[] = [
  // Topics
  ['a topic with #', publish({ topicName: 'a/#' }), 'topicNameWildcard'], // [MQTT-3.3.2-2]
  ['a topic with +', publish({ topicName: '+' }), 'topicNameWildcard'],
  ['a topic beyond ASCII with +', publish({ topicName: 'é/+' }), 'topicNameWildcard'],
  ['an empty topic without an alias', publish({ topicName: '' }), 'topicAliasMissing'],
  ['an empty topic in 3.1.1', publish({ topicName: '' }), 'topicNameEmpty', 4],
  ['an empty will topic', connect({ will: will({ topicName: '' }) }), 'willTopicEmpty'],
  ['a will topic with a wildcard', connect({ will: will({ topicName: 'a+' }) }), 'willTopicWildcard'],
  ['a will topic beyond ASCII with #', connect({ will: will({ topicName: 'é#' }) }), 'willTopicWildcard'],
  ['a response topic with a wildcard', withProperties({ responseTopic: 'r/#' }), 'responseTopicWildcard'], // [MQTT-3.3.2-14]
  [
    'a will’s response topic with a wildcard',
    connect({ will: will({ properties: { responseTopic: '+' } }) }),
    'willResponseTopicWildcard',
  ],
  ['an empty filter', subscribe({ topicFilter: '' }), 'topicFilterEmpty'],
  ['a filter with # inside', subscribe({ topicFilter: 'a/#/b' }), 'topicFilterMultiLevelWildcard'],
  ['a filter with + inside a level', subscribe({ topicFilter: 'a+' }), 'topicFilterSingleLevelWildcard'],
  ['a shared filter without a name', subscribe({ topicFilter: '$share//a' }), 'shareNameMissing'],
  ['a shared filter without a filter', subscribe({ topicFilter: '$share/g' }), 'sharedFilterMissing'],
  ['No Local on a shared filter', subscribe({ topicFilter: '$share/g/a', noLocal: true }), 'noLocalOnShared'],
  ['no filter to subscribe to', subscribe({}, { subscriptions: [] }), 'noTopicFilter'],
  [
    'no filter to unsubscribe from',
    { type: 'UNSUBSCRIBE', packetIdentifier: 1, properties: noProperties, topicFilters: [] },
    'noTopicFilterToRemove',
  ],
  // Strings
  ['U+0000 in a topic', publish({ topicName: 'a\0' }), 'nullCharacter'], // [MQTT-1.5.4-2]
  ['U+0000 in a filter', subscribe({ topicFilter: 'a\0' }), 'nullCharacter'],
  ['U+0000 in a client identifier', connect({ clientIdentifier: '\0' }), 'nullCharacter'],
  ['U+0000 in a string property', withProperties({ contentType: 'é\0' }), 'nullCharacter'],
  ['U+0000 in a user property’s value', withProperties({ userProperties: [['a', '\0']] }), 'nullCharacter'],
  ['a topic of 65,536 bytes', publish({ topicName: tooLong }), 'stringTooLong'], // [MQTT-4.7.3-3]
  ['a topic of 65,536 bytes beyond ASCII', publish({ topicName: tooLongIfEncoded }), 'stringTooLong'],
  ['a filter of 65,536 bytes', subscribe({ topicFilter: tooLong }), 'stringTooLong'],
  ['a client identifier of 65,536 bytes', connect({ clientIdentifier: tooLong }), 'stringTooLong'],
  ['a user name of 65,536 bytes', connect({ userName: tooLongIfEncoded }), 'stringTooLong'],
  ['a content type of 65,536 bytes', withProperties({ contentType: tooLong }), 'stringTooLong'],
  [
    'a user property’s name of 65,536 bytes',
    withProperties({ userProperties: [[tooLong, '']] }),
    'stringTooLong',
  ],
  [
    'a password of 65,536 bytes',
    connect({ userName: '', password: new Uint8Array(65_536) }),
    'binaryTooLong',
  ],
  [
    'a will payload of 65,536 bytes',
    connect({ will: will({ payload: new Uint8Array(65_536) }) }),
    'binaryTooLong',
  ],
  [
    'correlation data of 65,536 bytes',
    withProperties({ correlationData: new Uint8Array(65_536) }),
    'binaryTooLong',
  ],
  // Numbers
  ['QoS 3', publish({ qos: 3 as QoS, packetIdentifier: 1 }), 'publishQosThree'], // [MQTT-3.3.1-4]
  [
    'QoS 3 with properties',
    publish({ qos: 3 as QoS, packetIdentifier: 1, properties: { topicAlias: 1 } }),
    'publishQosThree',
  ],
  ['QoS 4', publish({ qos: 4 as QoS, packetIdentifier: 1 }), 'numberOutOfRange'],
  ['QoS -1', publish({ qos: -1 as QoS, packetIdentifier: 1 }), 'numberOutOfRange'],
  ['QoS 1.5', publish({ qos: 1.5 as QoS, packetIdentifier: 1 }), 'numberOutOfRange'],
  ['DUP at QoS 0', publish({ dup: true }), 'dupAtQosZero'], // [MQTT-3.3.1-2]
  ['packet identifier 0', publish({ qos: 1 }), 'packetIdentifierZero'],
  ['packet identifier 65,536', publish({ qos: 1, packetIdentifier: 65_536 }), 'numberOutOfRange'],
  ['packet identifier -1', publish({ qos: 2, packetIdentifier: -1 }), 'numberOutOfRange'],
  ['packet identifier 1.5', publish({ qos: 1, packetIdentifier: 1.5 }), 'numberOutOfRange'],
  ['packet identifier NaN', publish({ qos: 1, packetIdentifier: Number.NaN }), 'numberOutOfRange'],
  ['packet identifier 0 in PUBACK', puback({ packetIdentifier: 0 }), 'packetIdentifierZero'],
  ['packet identifier 70,000 in PUBACK', puback({ packetIdentifier: 70_000 }), 'numberOutOfRange'],
  ['Keep Alive 65,536', connect({ keepAlive: 65_536 }), 'numberOutOfRange'],
  ['will QoS 3', connect({ will: will({ qos: 3 as QoS }) }), 'willQosThree'],
  ['will QoS 5', connect({ will: will({ qos: 5 as QoS }) }), 'numberOutOfRange'],
  ['subscription QoS 3', subscribe({ qos: 3 as QoS }), 'subscriptionQosThree'],
  ['subscription QoS 4', subscribe({ qos: 4 as QoS }), 'numberOutOfRange'],
  ['Retain Handling 3', subscribe({ retainHandling: 3 as RetainHandling }), 'retainHandlingThree'],
  ['Retain Handling 4', subscribe({ retainHandling: 4 as RetainHandling }), 'numberOutOfRange'],
  [
    'a message expiry of 2 to the 32nd',
    withProperties({ messageExpiryInterval: 2 ** 32 }),
    'numberOutOfRange',
  ],
  ['a message expiry below 0', withProperties({ messageExpiryInterval: -1 }), 'numberOutOfRange'],
  ['topic alias 65,536', withProperties({ topicAlias: 65_536 }), 'numberOutOfRange'],
  ['topic alias 0', withProperties({ topicAlias: 0 }), 'topicAliasZero'], // [MQTT-3.3.2-8]
  ['subscription identifier 0', withProperties({ subscriptionIdentifiers: [0] }), 'zeroProperty'],
  [
    'a subscription identifier too large',
    withProperties({ subscriptionIdentifiers: [268_435_456] }),
    'numberOutOfRange',
  ],
  ['a boolean of 2', withProperties({ payloadFormatIndicator: 2 }), 'booleanPropertyOutOfRange'],
  ['a byte of 256', withProperties({ payloadFormatIndicator: 256 }), 'numberOutOfRange'],
  ['Maximum QoS 2', connack({ properties: { maximumQoS: 2 } }), 'booleanPropertyOutOfRange'],
  ['Receive Maximum 0', connect({ properties: { receiveMaximum: 0 } }), 'zeroProperty'],
  ['Maximum Packet Size 0', connack({ properties: { maximumPacketSize: 0 } }), 'zeroProperty'],
  // Properties
  [
    'two subscription identifiers in SUBSCRIBE',
    subscribe({}, { properties: { subscriptionIdentifiers: [1, 2] } }),
    'duplicateProperty',
  ],
  ['a property of another packet', puback({ properties: { topicAlias: 1 } }), 'propertyNotAllowed'],
  [
    'a property of CONNACK in PUBLISH',
    withProperties({ topicAlias: 1, serverKeepAlive: 1 }),
    'propertyNotAllowed',
  ],
  [
    'authentication data without a method',
    connect({ properties: { authenticationData: noBytes } }),
    'authenticationDataWithoutMethod',
  ],
  [
    'AUTH without a method',
    { type: 'AUTH', reasonCode: 0x18, properties: noProperties },
    'authenticationMethodMissing',
  ],
  // Codes and flags
  ['a reason code of another packet', puback({ reasonCode: 0x92 }), 'reasonCode'], // [MQTT-3.4.2-1]
  ['a reason code of 256', puback({ reasonCode: 256 }), 'numberOutOfRange'],
  ['a return code of 5.0 in 3.1.1', connack({ reasonCode: 0x87 }), 'reasonCode', 4],
  [
    'a SUBACK code that is reserved',
    { type: 'SUBACK', packetIdentifier: 1, properties: noProperties, reasonCodes: [3] },
    'subackReturnCode', // [MQTT-3.9.3-2]
  ],
  [
    'a SUBACK without codes',
    { type: 'SUBACK', packetIdentifier: 1, properties: noProperties, reasonCodes: [] },
    'noReasonCode',
  ],
  [
    'Session Present with a refusal',
    connack({ sessionPresent: true, reasonCode: 5 }),
    'sessionPresentOnRefusal',
    4,
  ], // [MQTT-3.2.2-6]
  [
    'a password without a user name in 3.1.1',
    connect({ protocolVersion: 4, password: noBytes }),
    'passwordWithoutUserName',
  ],
  ['another protocol name', connect({ protocolName: 'MQTT-SN' }), 'protocolName'], // [MQTT-3.1.2-1]
  ['the name of 3.1 in 5.0', connect({ protocolName: 'MQIsdp' }), 'protocolLevel'],
  ['AUTH in 3.1.1', { type: 'AUTH', reasonCode: 0, properties: noProperties }, 'packetTypeNotInVersion', 4],
];

describe('Encoding refuses', () => {
  for (const [what, packet, id, version = 5] of refusals) {
    it(what, () => {
      assert.equal(violationOf(() => encode(packet, version))?.id, id);
    });
  }

  for (const text of lone) {
    it(`the lone surrogates of ${JSON.stringify(text)}, in every kind of string`, () => {
      const packets = [
        publish({ topicName: text }),
        subscribe({ topicFilter: text }),
        connect({ clientIdentifier: text }),
        connect({ userName: text }),
        withProperties({ contentType: text }),
        withProperties({ userProperties: [[text, '']] }),
      ];
      // [MQTT-1.5.4-1]
      for (const packet of packets) assert.equal(violationOf(() => encode(packet, 5))?.id, 'illFormedUtf8');
    });
  }
});

describe('Encoding', () => {
  it('takes the longest strings and data there can be', () => {
    const packet = connect({
      clientIdentifier: 'x'.repeat(65_535),
      userName: `${'é'.repeat(32_767)}x`,
      password: new Uint8Array(65_535).fill(0xff),
    });
    assert.deepEqual(decode(encode(packet, 5), 5), packet);
  });

  it('takes properties of several lengths of length', () => {
    for (const count of [1, 20, 2_500, 30_000]) {
      const packet = publish({
        properties: { userProperties: Array.from({ length: count }, () => ['n', 'v'] as const) },
      });
      assert.deepEqual(decode(encode(packet, 5), 5), packet);
    }
  });

  it('takes a surrogate pair as the character it is', () => {
    assert.equal(toHex(encode(publish({ topicName: '😀' }), 4)), '30060004f09f9880');
  });

  it('follows the version that CONNECT names, not the one it is given', () => {
    assert.deepEqual(encode(connect({ protocolVersion: 4 }), 5), encode(connect({ protocolVersion: 4 }), 4));
  });

  it('writes no Packet Identifier at QoS 0', () => {
    assert.equal(toHex(encode(publish({ packetIdentifier: 7 }), 4)), '30050003612f62'); // [MQTT-2.2.1-2]
  });

  it('leaves out what a version does not have', () => {
    assert.equal(
      toHex(encode(puback({ reasonCode: 0x10, properties: { reasonString: 'x' } }), 4)),
      '40020001',
    );
    const options = { noLocal: true, retainAsPublished: true, retainHandling: 2 } as const;
    assert.equal(toHex(encode(subscribe(options), 4)), '82060001000161' + '00');
  });

  it('goes on after a refusal as if nothing had been written', () => {
    const writer = new PacketWriter();
    writer.write({ type: 'PINGREQ' }, 5);
    for (const [, packet, , version = 5] of refusals) {
      assert.ok(violationOf(() => writer.write(packet, version)));
      assert.equal(writer.length, 2);
    }
    writer.write(publish(), 5);
    assert.equal(toHex(writer.take()), 'c000' + '30060003612f6200');
    assert.equal(writer.length, 0);
  });

  it('appends whole packets as they are', () => {
    const writer = new PacketWriter();
    const ready = encode(publish({ payload: new Uint8Array(1000).fill(7) }), 4);
    writer.append(ready);
    writer.write({ type: 'PINGRESP' }, 4);
    const bytes = writer.take();
    assert.deepEqual(bytes.subarray(0, ready.length), ready);
    assert.equal(toHex(bytes.subarray(ready.length)), 'd000');
  });

  it('gives a buffer that later packets leave alone', () => {
    const writer = new PacketWriter();
    writer.write({ type: 'PINGREQ' }, 4);
    const first = writer.take();
    writer.write({ type: 'PINGRESP' }, 4);
    writer.take();
    assert.equal(toHex(first), 'c000');
  });
});
