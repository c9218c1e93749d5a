import * as assert from 'node:assert/strict';
import { FakeUri, fakeVscode } from '../support/vscodeFake';
import { turn } from '../support/fakeClock';
import { addressOf, parseProfiles } from '../../src/ui/connections/connectionProfile';
import { answeredNetwork, type NetworkField, networkSteps } from '../../src/ui/connections/networkForm';
import type { Whereabouts } from '../../src/ui/connections/networkProfile';
import { askSteps, type TextStep } from '../../src/ui/reporting/askSteps';

const { window } = fakeVscode;

type Answers = Partial<Record<NetworkField, string>>;

/** Answers the form as a person would: what is given, or what stands in the step already. */
function fill(given: Answers, edited?: Whereabouts): { asked: NetworkField[]; result: Whereabouts } {
  const answers: Answers = {};
  const asked: NetworkField[] = [];
  for (const step of networkSteps(edited)) {
    if (step.when?.(answers) === false) continue;
    asked.push(step.key);
    const value = given[step.key] ?? step.initial?.(answers) ?? '';
    if ('items' in step)
      assert.ok(
        step.items.some((item) => item.value === value),
        value,
      );
    else assert.equal(step.problem?.(value, answers), undefined, step.key);
    answers[step.key] = value;
  }
  const all = Object.fromEntries(networkSteps(edited).map(({ key }) => [key, answers[key] ?? '']));
  const result = answeredNetwork(all as Record<NetworkField, string>, edited, 'user');
  return { asked, result };
}

function profile(entry: object): Whereabouts {
  const [parsed] = parseProfiles([{ name: 'a', ...entry }], 'user');
  assert.ok(parsed?.profile, parsed?.invalid?.problem);
  const { host, port, network } = parsed.profile;
  return { host, port, network };
}

describe('The form of a connection', () => {
  const cases: readonly [given: Answers, asked: readonly NetworkField[], address: string][] = [
    [{}, ['transport', 'host', 'port'], '127.0.0.1:1883'],
    [{ transport: 'tls', host: 'h' }, ['transport', 'host', 'port', 'trust', 'client'], 'mqtts://h:8883'],
    [{ transport: 'ws', host: 'h', path: '/x' }, ['transport', 'host', 'port', 'path'], 'ws://h:80/x'],
    [
      { transport: 'wss', host: 'h' },
      ['transport', 'host', 'port', 'path', 'trust', 'client'],
      'wss://h:443/mqtt',
    ],
    [{ transport: 'unix', socketPath: '/m' }, ['transport', 'socketPath'], 'unix:/m'],
    [{ host: 'mqtt://h' }, ['transport', 'host'], 'h:1883'],
    [{ host: 'mqtts://h:1' }, ['transport', 'host', 'trust', 'client'], 'mqtts://h:1'],
    [{ host: 'ws://h:8083' }, ['transport', 'host', 'path'], 'ws://h:8083/mqtt'],
    [{ host: 'wss://h/p?q' }, ['transport', 'host', 'trust', 'client'], 'wss://h:443/p?q'],
    [{ transport: 'wss', host: 'mqtt://h' }, ['transport', 'host'], 'h:1883'],
  ];
  for (const [given, asked, address] of cases) {
    it(`asks ${asked.join(', ')} for ${address} where ${JSON.stringify(given)} is entered`, () => {
      const filled = fill(given);
      assert.deepEqual(filled.asked, asked);
      assert.equal(addressOf(filled.result), address);
    });
  }

  it('refuses a URL of something else', () => {
    const host = networkSteps(undefined).find(({ key }) => key === 'host') as TextStep<NetworkField>;
    assert.match(host.problem?.('http://h', {}) ?? '', /none of mqtt/);
    assert.match(host.problem?.('a b', {}) ?? '', /no spaces/);
  });

  it('asks for files where they are chosen', () => {
    const pem = fill({
      ...{ transport: 'tls', host: 'h', trust: 'file', ca: '/ca.pem' },
      ...{ client: 'pem', certificate: '/c.pem', key: '' },
    });
    assert.deepEqual(pem.asked.slice(3), ['trust', 'ca', 'client', 'certificate', 'key']);
    assert.deepEqual(
      pem.result,
      profile({ host: 'h', transport: 'tls', tls: { ca: '/ca.pem', certificate: '/c.pem' } }),
    );
    const pfx = fill({ transport: 'tls', host: 'h', trust: 'none', client: 'pfx', pfx: '/c.p12' });
    assert.deepEqual(pfx.asked.slice(3), ['trust', 'client', 'pfx']);
    assert.deepEqual(
      pfx.result,
      profile({ host: 'h', transport: 'tls', tls: { verify: false, pfx: '/c.p12' } }),
    );
  });

  it('changes nothing where every step is accepted as it stands', () => {
    for (const entry of [
      { host: 'h', proxy: 'none' },
      { host: 'h', port: 1, transport: 'ws', path: '/x', headers: { A: 'b' } },
      { transport: 'unix', socketPath: '/m' },
      { host: 'h', transport: 'tls', tls: { verify: false, serverName: 'n', ciphers: 'X' } },
      { host: 'h', transport: 'tls', tls: { systemCertificates: false, minimumVersion: '1.3' } },
      { host: 'h', transport: 'wss', tls: { ca: ['a', 'b'], systemCertificates: true, pfx: 'p' } },
      { host: 'h', transport: 'tls', tls: { ca: 'a', certificate: 'c', key: 'k', alpn: ['mqtt'] } },
    ]) {
      assert.deepEqual(fill({}, profile(entry)).result, profile(entry));
    }
  });

  it('forgets the certificates of a transport without TLS', () => {
    const before = profile({ host: 'h', transport: 'tls', port: 8884, tls: { ca: 'a' } });
    assert.deepEqual(fill({ transport: 'tcp' }, before).result, profile({ host: 'h' }));
  });

  it('verifies again where it is told to', () => {
    const before = profile({ host: 'h', transport: 'tls', tls: { verify: false, ca: 'a' } });
    const { result } = fill({ trust: 'system' }, before);
    assert.deepEqual(result, profile({ host: 'h', transport: 'tls' }));
  });
});

describe('A step that asks for a file', () => {
  it('takes the one that is picked, and goes on where none is', async () => {
    const answers = askSteps('x', [{ key: 'ca', label: 'CA', prompt: '?', browse: { PEM: ['pem'] } }]);
    const box = window.boxes.at(-1) ?? assert.fail('no box');
    window.picked = undefined;
    box.pressed.fire(box.buttons[0]);
    await turn();
    assert.equal(box.value, '');
    window.picked = FakeUri.file('/certs/ca.pem');
    box.pressed.fire(box.buttons[0]);
    await turn();
    assert.equal(box.value, '/certs/ca.pem');
    box.accepted.fire();
    assert.deepEqual(await answers, { ca: '/certs/ca.pem' });
  });
});
