import assert from 'node:assert/strict';
import type { ProtocolVersion } from '../../src/protocol/controlPacket';
import { negotiate, type Negotiated } from '../../src/session/negotiated';
import { negotiatedText } from '../../src/ui/connections/negotiatedText';
import { a } from '../support/packets';
import type { Properties } from '../../src/protocol/properties';

const negotiated = (properties: Properties, version: ProtocolVersion = 5, cleanStart = true): Negotiated =>
  negotiate(a.connect({ protocolVersion: version, keepAlive: 60, cleanStart }), a.connack({ properties }));

describe('What was negotiated, as text', () => {
  it('is all that CONNACK said and what it leaves out', () => {
    assert.equal(
      negotiatedText(negotiated({}), false, 5),
      `Client Identifier: c
Session: new, ends with the connection
Keep alive: 60 s (1 min)
Maximum QoS: 2
Receive maximum: 65,535
Maximum packet size: not limited
Topic aliases: none
Retained messages: yes
Wildcard subscriptions: yes
Subscription identifiers: yes
Shared subscriptions: yes`,
    );
    const properties: Properties = {
      assignedClientIdentifier: 'auto-1',
      sessionExpiryInterval: 3600,
      serverKeepAlive: 30,
      maximumQoS: 1,
      receiveMaximum: 20,
      maximumPacketSize: 1000,
      topicAliasMaximum: 10,
      retainAvailable: 0,
      wildcardSubscriptionAvailable: 0,
      subscriptionIdentifierAvailable: 0,
      sharedSubscriptionAvailable: 0,
      reasonString: 'on trial\nuntil Friday',
      serverReference: 'other:1883',
      responseInformation: 'answers/c',
      userProperties: [['region', 'eu']],
    };
    assert.equal(
      negotiatedText(negotiated(properties), true, 5),
      `Client Identifier: auto-1 (assigned by the server)
Session: resumed, kept for 3600 s (1 h)
Keep alive: 30 s (set by the server)
Maximum QoS: 1
Receive maximum: 20
Maximum packet size: 1,000 bytes
Topic aliases: up to 10
Retained messages: no
Wildcard subscriptions: no
Subscription identifiers: no
Shared subscriptions: no
The server says: on trial until Friday
Other server: other:1883
Response information: answers/c
User property region: eu`,
    );
  });

  it('is what there is before 5.0', () => {
    assert.equal(
      negotiatedText(negotiated({}, 4, false), true, 4),
      'Client Identifier: c\nSession: resumed, kept by the server\nKeep alive: 60 s (1 min)',
    );
    assert.match(negotiatedText(negotiated({}, 3), false, 3), /^Session: the server does not say/m);
  });

  it('has a bound, whatever the server writes', () => {
    const long = '\u{1f511}'.repeat(60_000);
    const userProperties = Array.from({ length: 5000 }, (_, index) => [String(index), long] as const);
    const text = negotiatedText(negotiated({ reasonString: long, userProperties }), false, 5);
    assert.ok(text.length < 6_000, String(text.length));
    assert.match(text, /and 4,990 more user properties$/);
    assert.doesNotMatch(text, /[\ud800-\udbff](?![\udc00-\udfff])/);
  });
});
