import * as assert from 'node:assert/strict';
import type { TransportSecurity } from '../../src/base/certificate';
import { encodeUtf8 } from '../../src/base/utf8';
import { TopicTree } from '../../src/capture/topicTree';
import type { TopicLevel } from '../../src/capture/topicLevel';
import type { ClientState } from '../../src/client/mqttClient';
import { rowContexts } from '../../src/contributions/views';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { connectionRow, detailRow, formatRate, invalidRow } from '../../src/ui/connections/connectionRow';
import type { SubscribedFilter } from '../../src/ui/connections/subscribedFilters';
import { filterRow, levelRow } from '../../src/ui/subscriptions/topicRow';
import { plainTcp } from '../../src/ui/connections/networkProfile';
import { defaultTls } from '../../src/ui/connections/tlsProfile';

const profile: ConnectionProfile = {
  key: 'user:bench',
  scope: 'user',
  name: 'bench',
  host: '127.0.0.1',
  port: 1883,
  network: plainTcp,
  version: '5.0',
  userName: undefined,
  clientId: undefined,
  cleanStart: true,
  keepAlive: 60,
  reconnect: true,
};

const connected: ClientState = {
  state: 'connected',
  sessionPresent: true,
  negotiated: {
    clientIdentifier: 'c',
    assignedClientIdentifier: undefined,
    keepAlive: 60,
    sessionExpiryInterval: 0,
    receiveMaximum: 20,
    maximumQoS: 2,
    retainAvailable: true,
    maximumPacketSize: 1000,
    topicAliasMaximum: 0,
    wildcardSubscriptionAvailable: true,
    subscriptionIdentifierAvailable: true,
    sharedSubscriptionAvailable: true,
    properties: {},
  },
  version: 5,
};

function row(
  state: ClientState,
  changes: Partial<ConnectionProfile> = {},
  rate = 0,
): ReturnType<typeof connectionRow> {
  return connectionRow({
    profile: { ...profile, ...changes },
    state,
    messagesPerSecond: () => rate,
    secondsToRetry: () => 8,
  });
}

describe('The row of a connection', () => {
  const cases: readonly [state: ClientState, description: string, spoken: RegExp][] = [
    [
      connected,
      '42/s · 127.0.0.1:1883 · 5.0',
      /^bench, connected, 42 messages a second, 127\.0\.0\.1:1883, MQTT 5\.0/,
    ],
    [
      { state: 'reconnecting', at: 9_000, attempt: 3, failure: { kind: 'keepAliveTimeout' } },
      'in 8 s: connection dropped: no answer to ping · attempt 3',
      /^bench, reconnecting in 8 s \(attempt 3\), connection dropped/,
    ],
    [
      { state: 'connecting', retry: { attempt: 3, failure: { kind: 'keepAliveTimeout' } } },
      'connecting to 127.0.0.1:1883… (attempt 3)',
      /^bench, connecting \(attempt 3\),/,
    ],
    [{ state: 'connecting' }, 'connecting to 127.0.0.1:1883…', /^bench, connecting,/],
    [{ state: 'disconnecting' }, 'disconnecting from 127.0.0.1:1883…', /^bench, disconnecting,/],
    [{ state: 'disconnected' }, '127.0.0.1:1883 · 5.0', /^bench, not connected,/],
    [
      { state: 'disconnected', failure: { kind: 'refusedByServer', version: 5, reasonCode: 0x86 } },
      'refused: bad user name or password (0x86)',
      /^bench, not connected, refused: bad user name or password/,
    ],
  ];
  it('names the version that was found out, and the one that was refused', () => {
    const found = (state: ClientState): string => row(state, { version: 'automatic' }, 0).description;
    assert.equal(found(connected), '0/s · 127.0.0.1:1883 · 5.0');
    assert.equal(
      found({ ...connected, version: 4, fellBackFrom: 5 }),
      '0/s · 127.0.0.1:1883 · 3.1.1 (5.0 refused)',
    );
    assert.equal(found({ state: 'disconnected' }), '127.0.0.1:1883 · automatic');
    const { tooltip, spoken } = row({ state: 'disconnected' }, { version: 'automatic' });
    for (const text of [tooltip, spoken]) assert.match(text, /127\.0\.0\.1:1883, MQTT 5\.0 or 3\.1\.1\b/);
  });

  it('says in its tooltip what CONNECT and the will went without', () => {
    const dropped = { connect: ['userProperties'], will: ['contentType', 'willDelayInterval'] } as const;
    const { tooltip } = row({ ...connected, version: 4, dropped });
    assert.match(
      tooltip,
      /^Connected without User Property, which MQTT 3\.1\.1 has not\nThe will is without Content Type, Will Delay Interval, which MQTT 3\.1\.1 has not$/m,
    );
  });

  for (const [state, description, spoken] of cases) {
    it(`reads "${description}"`, () => {
      const shown = row(state, {}, 42);
      assert.equal(shown.description, description);
      assert.match(shown.spoken, spoken);
      assert.ok(rowContexts.includes(shown.context));
    });
  }

  it('tells what is outstanding in its tooltip, where anything is', () => {
    const told = (outstanding: number) =>
      connectionRow({
        profile,
        state: connected,
        messagesPerSecond: () => 0,
        secondsToRetry: () => 0,
        outstanding,
      }).tooltip;
    assert.match(told(1200), /\nOutstanding: 1,200 \(messages and requests that wait\)\n/);
    assert.doesNotMatch(told(0), /Outstanding/);
  });

  it('tells where its profile stands, and of the workspace at a glance', () => {
    assert.match(row(connected).tooltip, /Defined in the user settings/);
    const shown = row(connected, { scope: 'workspace' });
    assert.equal(shown.description, '0/s · 127.0.0.1:1883 · 5.0 · workspace');
    assert.match(shown.tooltip, /Defined in the workspace settings/);
  });

  it('tells what was negotiated in its tooltip', () => {
    assert.match(row(connected).tooltip, /\nSession: resumed, .*\nKeep alive: 60 s .*\nMaximum QoS: 2\n/);
    assert.doesNotMatch(row({ ...connected, version: 4 }, { version: '3.1.1' }).tooltip, /Maximum QoS/);
  });

  it('has the reason of a failure before all else, which a narrow sidebar cuts off', () => {
    const failure = { kind: 'keepAliveTimeout' } as const;
    const network = { transport: 'tls', proxy: undefined, tls: { ...defaultTls, verify: false } } as const;
    const insecure = { network, scope: 'workspace' } as const;
    assert.equal(
      row({ state: 'disconnected', failure }, insecure).description,
      'connection dropped: no answer to ping · insecure · workspace',
    );
    assert.match(
      row({ state: 'reconnecting', at: 9_000, attempt: 3, failure }, insecure).description,
      /^in 8 s: c/,
    );
  });

  it('explains a failure in its tooltip', () => {
    const failure = {
      kind: 'transport',
      failure: { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' },
    } as const;
    assert.match(
      row({ state: 'disconnected', failure }).tooltip,
      /nothing listens on port 1883\. Start the server/,
    );
  });

  it('of an entry that makes no sense says why', () => {
    const shown = invalidRow({ key: 'user:#1', scope: 'user', label: 'typo', problem: 'port: no.' });
    assert.deepEqual(
      [shown.label, shown.description, shown.context],
      ['typo', 'port: no.', 'connection.invalid'],
    );
  });

  const refused: ClientState = {
    state: 'disconnected',
    failure: { kind: 'transport', failure: { step: 'tcp', code: 'refused', detail: 'ECONNREFUSED' } },
  };
  const details: readonly [state: ClientState, version: 4 | 5, label: string, description: string][] = [
    [connected, 5, 'session: resumed', '60 s keep alive · 20 receive max'],
    [connected, 4, 'session: resumed', '60 s keep alive'],
    [refused, 5, 'Start the server there, or correct the port.', ''],
    [{ state: 'disconnected' }, 5, 'as ada', 'no keep alive · user settings'],
    [{ state: 'connecting' }, 5, 'as ada', 'no keep alive · user settings'],
  ];
  for (const [state, version, label, description] of details) {
    it(`has "${label}" below it in MQTT ${version} while ${state.state}`, () => {
      const asked = { ...profile, userName: 'ada', keepAlive: 0 };
      assert.deepEqual(detailRow({ profile: asked, state, security: undefined, version }), {
        label,
        description,
      });
    });
  }

  it('shows rates with a decimal only where it tells something', () => {
    const rates: readonly [number, string][] = [
      [0, '0'],
      [0.2, '0.2'],
      [3, '3'],
      [9.96, '10'],
      [41.6, '42'],
      [12345, '12,345'],
    ];
    for (const [rate, text] of rates) assert.equal(formatRate(rate), text);
  });
});

describe('The row of a connection with TLS', () => {
  const secure = (verify: boolean): ConnectionProfile => ({
    ...profile,
    port: 8883,
    network: { transport: 'tls', proxy: undefined, tls: { ...defaultTls, verify } },
  });
  const security: TransportSecurity = {
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
    applicationProtocol: 'mqtt',
    verified: true,
    certificate: {
      subject: 'CN=broker',
      issuer: 'CN=authority',
      validFrom: 0,
      validTo: Date.UTC(2027, 2, 3),
      subjectAltNames: [],
      fingerprint256: 'AB:CD',
    },
  };

  it('tells in its tooltip what was agreed on and whose certificate it is, and below it the version', () => {
    const connection = {
      profile: secure(true),
      state: connected,
      security,
      messagesPerSecond: () => 0,
      secondsToRetry: () => 0,
    };
    const { description, tooltip, icon } = connectionRow(connection);
    assert.equal(description, '0/s · 127.0.0.1:8883 · 5.0');
    assert.match(
      tooltip,
      /\nTLS 1\.3, TLS_AES_256_GCM_SHA384, ALPN mqtt\nCertificate of CN=broker, issued by CN=authority, valid until 3 March 2027\nSHA-256 AB:CD\n/,
    );
    assert.equal(icon[0], 'circle-filled');
    assert.equal(
      detailRow({ ...connection, version: 5 }).description,
      'TLS 1.3 · 60 s keep alive · 20 receive max',
    );
  });

  it('is insecure to the eye and to the ear where the certificate is not verified, up and down', () => {
    const icons: string[] = [];
    for (const state of [connected, { state: 'disconnected' } as const]) {
      const shown = connectionRow({
        profile: secure(false),
        state,
        messagesPerSecond: () => 0,
        secondsToRetry: () => 0,
      });
      // Where it leads is not cut off for the sake of the rate.
      const { description } = shown;
      assert.match(
        description,
        /^insecure · (127\.0\.0\.1:8883 · 5\.0 · 0\/s|mqtts:\/\/127\.0\.0\.1:8883 · 5\.0)$/,
      );
      assert.match(shown.tooltip, /\nmqtts:\/\/127\.0\.0\.1:8883, MQTT 5\.0\n/);
      icons.push(shown.icon[0]);
      assert.match(shown.tooltip, /\nInsecure: the certificate of the server is not verified/);
      assert.match(shown.spoken, /^bench, insecure, /);
    }
    assert.deepEqual(icons, ['unlock', 'circle-outline']);
  });
});

describe('The row of a topic', () => {
  function levelOf(topicName: string, retain: boolean, ...payloads: string[]): TopicLevel {
    const tree = new TopicTree();
    tree.addFilter('#', 1);
    for (const payload of payloads) {
      tree.receive({ topicName, payload: encodeUtf8(payload), qos: 1, retain, at: 0 });
    }
    let level = [...(tree.filters[0]?.levels.values() ?? [])][0];
    for (let next = level; next; next = [...next.levels.values()][0]) level = next;
    assert.ok(level);
    return level;
  }

  it('has its count, R where it is retained, and the last value, which a narrow sidebar cuts', () => {
    const shown = levelRow(levelOf('devices/state', true, 'a', '{"on":true}'));
    assert.equal(shown.label, 'state');
    assert.equal(shown.description, '2 · R · {"on":true}');
    assert.equal(shown.spoken, 'state, {"on":true}, retained, 2 messages');
    assert.match(shown.tooltip, /^devices\/state\n\{"on":true\}\n11 bytes · QoS 1 · retained · 2 messages/);
    assert.equal(levelRow(levelOf('a', false, '1')).description, '1 · 1');
  });

  it('makes an empty level visible', () => assert.equal(levelRow(levelOf('/', false, 'x')).label, '""'));

  it('that is none says what is below', () => {
    const level = levelOf('a/b', false, 'x').parent as TopicLevel;
    assert.deepEqual([levelRow(level).context, levelRow(level).spoken], ['level', 'a, 1 level below']);
  });
});

describe('The row of a filter', () => {
  const asked: SubscribedFilter = { topicFilter: 'a/#', qos: 1, grant: 'waiting' };
  const up = { isConnected: true, version: 5 } as const;
  const cases: readonly [
    subscribed: SubscribedFilter | undefined,
    where: typeof up | { isConnected: false; version: 5 },
    text: string,
  ][] = [
    [asked, up, 'QoS 1 · waiting for the server · 0 · 0/s'],
    [asked, { isConnected: false, version: 5 }, 'QoS 1 · not connected · 0 · 0/s'],
    [{ ...asked, grant: { reasonCode: 1 } }, up, 'QoS 1 · 0 · 0/s'],
    [{ ...asked, grant: { reasonCode: 0 } }, up, 'QoS 1, granted 0 · 0 · 0/s'],
    [{ ...asked, grant: { reasonCode: 0x87 } }, up, 'refused: not authorized (0x87)'],
    [undefined, up, 'no longer subscribed · 0 · 0/s'],
  ];
  for (const [subscribed, where, text] of cases) {
    it(`reads "${text}"`, () => {
      const tree = new TopicTree();
      tree.addFilter('a/#', 1);
      const [topics] = tree.filters;
      assert.ok(topics);
      assert.equal(filterRow(topics, subscribed, where, 0).description, text);
    });
  }

  it('stands for what came without a filter too', () => {
    const tree = new TopicTree();
    tree.receive({ topicName: 'a', payload: encodeUtf8('x'), qos: 0, retain: false, at: 0 });
    const [topics] = tree.filters;
    assert.ok(topics);
    assert.equal(filterRow(topics, undefined, up, 0).label, 'other topics');
  });
});
