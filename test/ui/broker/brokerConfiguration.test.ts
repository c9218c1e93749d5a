import * as assert from 'node:assert/strict';
import { defaultLimits } from '../../../src/broker/brokerOptions';
import { brokerSettings } from '../../../src/contributions/brokerSettings';
import { usualPorts } from '../../../src/transport/listening/listener';
import { isLoopbackHost, readBrokerConfiguration } from '../../../src/ui/broker/brokerConfiguration';
import { settings } from './brokerWindow';

function problems(written: Readonly<Record<string, unknown>>): readonly string[] {
  const read = readBrokerConfiguration(settings(written));
  assert.ok(!('host' in read), 'they are understood');
  return read.map(({ setting, problem }) => `${setting}: ${problem}`);
}

function configured(written: Readonly<Record<string, unknown>>) {
  const read = readBrokerConfiguration(settings(written));
  assert.ok('host' in read, JSON.stringify(read));
  return read;
}

describe('The settings of the local broker', () => {
  it('start TCP on this computer where nothing is written', () => {
    const { host, listeners, keepState, rules, anonymous } = configured({});
    assert.deepEqual(
      { host, listeners, keepState, rules, anonymous },
      {
        host: '127.0.0.1',
        listeners: [{ protocol: 'tcp', port: 1883 }],
        keepState: false,
        rules: [],
        anonymous: undefined,
      },
    );
  });

  it('have the defaults of the broker itself', () => {
    const { limits } = configured({});
    const { sysInterval, ...others } = limits;
    assert.equal(sysInterval, 10);
    for (const [name, value] of Object.entries(others)) {
      assert.equal(value, defaultLimits[name as keyof typeof defaultLimits], name);
    }
    for (const [protocol, port] of Object.entries(usualPorts)) {
      assert.equal(brokerSettings[`broker.${protocol as keyof typeof usualPorts}Port`].default, port);
    }
  });

  it('limit everything that grows with what clients do', () => {
    const { limits } = configured({ 'broker.retainedBytes': 1000, 'broker.subscriptionBytes': 70_000 });
    assert.deepEqual([limits.retainedBytes, limits.subscriptionBytes], [1000, 70_000]);
    const bounds = Object.keys(defaultLimits).filter((name) =>
      /Bytes$|Messages$|^sessions$|^subscriptionsPer|^maximumConnections$/.test(name),
    );
    assert.deepEqual(
      bounds.filter((name) => !(name in limits)),
      [],
    );
  });

  it('count as the nearest number within their bounds, and as the default where they are none', () => {
    const { limits, listeners } = configured({
      'broker.tcpPort': 99_999,
      'broker.queuedMessages': 0,
      'broker.maximumConnections': '12',
      'broker.connectTimeout': 3,
    });
    assert.deepEqual(
      [listeners[0]?.port, limits.queuedMessages, limits.maximumConnections, limits.connectTimeout],
      [65_535, 1, 20_000, 3_000],
    );
  });

  it('are told where they would let in or keep out others than was meant', () => {
    assert.deepEqual(problems({ 'broker.anonymous': 'nobody' }), [
      'broker.anonymous: "nobody" is none of automatic, never, loopback, always.',
    ]);
    assert.deepEqual(problems({ 'broker.rules': { user: 'ada' } }), [
      'broker.rules: It is no list of rules.',
    ]);
    assert.deepEqual(
      problems({
        'broker.rules': [
          { user: 'ada', publish: ['a/#/b'] },
          { user: 'ada', anonymous: true },
          { subscribe: 'a' },
          'ada',
        ],
      }),
      [
        'broker.rules: Entry 1: "a/#/b" in "publish" is no topic filter.',
        'broker.rules: Entry 2: it is about a user and about those without a user name.',
        'broker.rules: Entry 3: "subscribe" is no list of topic filters.',
        'broker.rules: Entry 4: it is no rule.',
      ],
    );
    assert.match(
      problems({ 'broker.clientCertificates': 'require' })[0] ?? '',
      /clientAuthorities: It names no file/,
    );
    const certificates = { 'broker.clientCertificates': 'require', 'broker.clientAuthorities': '/ca.pem' };
    assert.deepEqual(problems(certificates), [
      'broker.clientCertificates: Clients show certificates over TLS alone, and "mqttWorkbench.broker.listeners" has neither "tls" nor "wss".',
    ]);
    assert.equal(configured({ ...certificates, 'broker.listeners': ['wss'] }).listeners.length, 1);
  });

  it('need a listener, and a port for each', () => {
    assert.deepEqual(problems({ 'broker.listeners': [] }), [
      'broker.listeners: It names no listener, so nobody could connect.',
    ]);
    assert.deepEqual(problems({ 'broker.listeners': ['tcp', 'quic'] }), [
      'broker.listeners: "quic" is none of tcp, tls, ws, wss.',
    ]);
    assert.deepEqual(problems({ 'broker.listeners': ['tls', 'tcp'], 'broker.tlsPort': 1883 }), [
      'broker.tlsPort: Port 1883 is that of "tcp" too; each listener needs one of its own.',
    ]);
  });

  it('name users, those without a name, and everybody in rules', () => {
    const { rules } = configured({
      'broker.rules': [{ user: 'ada', publish: ['a/%c'] }, { anonymous: true, subscribe: ['#'] }, {}],
    });
    assert.deepEqual(rules, [
      { who: { user: 'ada' }, publish: ['a/%c'], subscribe: [] },
      { who: 'anonymous', publish: [], subscribe: ['#'] },
      { who: 'everybody', publish: [], subscribe: [] },
    ]);
  });

  it('tell addresses of this computer from others', () => {
    assert.deepEqual(
      ['127.0.0.1', 'localhost', '::1', '127.1.2.3', '0.0.0.0', '::', '192.168.1.5'].map(isLoopbackHost),
      [true, true, true, true, false, false, false],
    );
  });
});
