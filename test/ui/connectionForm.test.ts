import * as assert from 'node:assert/strict';
import '../support/vscodeFake';
import {
  answeredConnection,
  type ConnectionFormOptions,
  type ConnectionFormResult,
  formSteps,
} from '../../src/ui/connections/connectionForm';
import {
  addressOf,
  type ConnectionProfile,
  parseProfiles,
  toSetting,
} from '../../src/ui/connections/connectionProfile';

type Field = ReturnType<typeof formSteps>[number]['key'];
type Answers = Partial<Record<Field, string>>;

interface Filled {
  readonly asked: readonly Field[];
  readonly result: ConnectionFormResult;
  readonly setting: ReturnType<typeof toSetting>;
}

/** Answers the form as a person would: what is given, or what stands in the step already. */
function fill(given: Answers, options: Partial<ConnectionFormOptions> = {}): Filled {
  const all = { edited: undefined, hasPassword: false, hasWorkspace: true, takenNames: [], ...options };
  const answers: Answers = {};
  const asked: Field[] = [];
  for (const step of formSteps(all)) {
    if (step.when?.(answers) === false) continue;
    asked.push(step.key);
    const initial = step.initial?.(answers);
    const value = given[step.key] ?? initial ?? ('items' in step ? step.items[0]?.value : '') ?? '';
    if ('items' in step) assert.ok(step.items.some((item) => item.value === value));
    else assert.equal(step.problem?.(value, answers), undefined, step.key);
    answers[step.key] = value;
  }
  const complete = Object.fromEntries(formSteps(all).map(({ key }) => [key, answers[key] ?? '']));
  const result = answeredConnection(complete as Record<Field, string>, all);
  return { asked, result, setting: toSetting(result.profile) };
}

function problemOf(key: Field, value: string, answers: Answers = {}, edited?: ConnectionProfile): string {
  const step = formSteps({ edited, hasPassword: false, hasWorkspace: true, takenNames: [] }).find(
    (each) => each.key === key,
  );
  assert.ok(step && 'problem' in step);
  return step.problem?.(value, answers) ?? '';
}

function profile(entry: object): ConnectionProfile {
  const [parsed] = parseProfiles([{ name: 'a', host: 'h', ...entry }], 'user');
  assert.ok(parsed?.profile, parsed?.invalid?.problem);
  return parsed.profile;
}

describe('A URL in the place of the host', () => {
  const urls: readonly [url: string, address: string, userName: string | undefined, password: string][] = [
    ['mqtt://ada:secret@h:1884', 'h:1884', 'ada', 'secret'],
    ['mqtts://ada:s%40c%2Fret@h', 'mqtts://h:8883', 'ada', 's@c/ret'],
    ['ws://ada:p@ss@h:8083/mqtt', 'ws://h:8083/mqtt', 'ada', 'p@ss'],
    ['wss://ada:100%@[::1]/x@y', 'wss://[::1]:443/x@y', 'ada', '100%'],
    ['mqtt://h', 'h:1883', undefined, ''],
  ];
  for (const [host, address, userName, password] of urls) {
    it(`fills in what ${host} says, with the password in no setting`, () => {
      const { asked, result, setting } = fill({ name: 'a', host });
      assert.equal(addressOf(result.profile), address);
      assert.equal(result.profile.userName, userName);
      assert.equal(result.password, password);
      assert.ok(password === '' || !JSON.stringify(setting).includes(password), JSON.stringify(setting));
      for (const step of ['port', ...(userName === undefined ? [] : ['userName', 'password'])] as const) {
        assert.ok(!asked.includes(step as Field), step);
      }
    });
  }

  it('has the password asked for where it names the user alone', () => {
    for (const host of ['mqtt://ada@h', 'mqtt://ada:@h']) {
      const { asked, result } = fill({ name: 'a', host, password: 'secret' });
      assert.ok(asked.includes('password') && !asked.includes('userName'));
      assert.deepEqual([result.profile.userName, result.password], ['ada', 'secret']);
    }
  });

  it('takes the place of the password that is stored', () => {
    const edited = profile({ userName: 'ada' });
    assert.equal(fill({}, { edited, hasPassword: true }).result.password, undefined);
    assert.equal(fill({ host: 'mqtt://bob:new@h' }, { edited, hasPassword: true }).result.password, 'new');
  });

  it('is complained about without its password', () => {
    for (const [url, problem] of [
      ['mqtt://ada:se/cret@h', /written %2F, %3F and %23/],
      ['mqtt://ada:12/secret@h', /written %2F, %3F and %23/],
      ['ws://ada:12/secret@h', /written %2F, %3F and %23/],
      ['mqtt://a/da:secret@h', /written %2F, %3F and %23/],
      ['mqtt://ada:secret@', /needs a host/],
      ['mqtt://:secret@h', /stands behind its user name/],
      ['mqtt://ada:secret@h/topic', /A path goes with ws/],
      ['mqtt://ada:secret@h:99999', /A port is/],
    ] as const) {
      assert.match(problemOf('host', url), problem, url);
      assert.ok(!/se\/?cret/.test(problemOf('host', url).replace('ada:secret@host', '')), url);
    }
  });
});

describe('Session and will in the form of a connection', () => {
  const more = { name: 'a', host: 'h', end: 'more' } as const;

  it('are not asked where nobody wants them', () => {
    const plain = ['name', 'transport', 'host', 'port', 'version', 'userName', 'end'];
    assert.deepEqual(fill({ name: 'a' }).asked, plain);
    assert.deepEqual(fill({ name: 'a' }, { hasWorkspace: false }).asked, plain);
    assert.equal(fill({ name: 'a', end: 'workspace' }).result.scope, 'workspace');
  });

  it('are asked before where to save it', () => {
    const { asked, result } = fill({ ...more, scope: 'workspace' });
    assert.deepEqual(asked.slice(-5), ['session', 'clientId', 'sessionExpiry', 'will', 'scope']);
    assert.equal(result.scope, 'workspace');
    assert.deepEqual(result.profile.connect, undefined);
    assert.equal(fill(more, { hasWorkspace: false }).asked.includes('scope'), false);
  });

  it('become the settings they stand for', () => {
    const { setting } = fill({
      ...{ ...more, session: 'resume', clientId: 'c1', sessionExpiry: '60', will: 'yes', willTopic: 'a/b' },
      ...{ willPayload: 'off', willQos: '1', willRetain: 'yes', willDelay: '5' },
    });
    assert.deepEqual(setting, {
      ...{ name: 'a', host: 'h', port: 1883, version: '5.0', clientId: 'c1', cleanStart: false },
      sessionExpiry: 60,
      will: { topic: 'a/b', payload: 'off', qos: 1, retain: true, delay: 5 },
    });
    assert.deepEqual(fill({ ...more, will: 'yes', willTopic: 't' }).setting.will, { topic: 't' });
  });

  it('are asked without what 5.0 alone knows where something older is spoken', () => {
    const { asked, setting } = fill({ ...more, version: '3.1.1', will: 'yes', willTopic: 't' });
    assert.ok(!asked.includes('sessionExpiry') && !asked.includes('willDelay'), asked.join());
    assert.deepEqual(setting.will, { topic: 't' });
  });

  it('change nothing where every step is accepted as it stands', () => {
    for (const entry of [
      {},
      { clientId: 'c', cleanStart: false, sessionExpiry: 0 },
      { will: { topic: 't', payload: 'one\ntwo', qos: 2, retain: true, delay: 0, expiry: 9 } },
      { version: '3.1.1', clientId: 'c', cleanStart: false, will: { topic: 't', payload: ' x ' } },
      { will: { topic: 't', payload: '00 FF', payloadEncoding: 'hex', correlationData: 'hex:01' } },
      { userProperties: { a: 'b' }, receiveMaximum: 7, authentication: 'scram-sha-256', userName: 'u' },
    ]) {
      const edited = profile(entry);
      for (const end of ['save', 'more']) {
        const { profile: after } = fill({ end }, { edited, hasPassword: true }).result;
        const { key, scope } = edited;
        assert.deepEqual({ ...after, key, scope }, edited, end);
      }
    }
  });

  it('go with the version that knew them', () => {
    const properties = { a: 'b' };
    const edited = profile({
      ...{ sessionExpiry: 60, receiveMaximum: 7, maximumPacketSize: 9, topicAliasMaximum: 3 },
      ...{ userProperties: properties, requestResponseInformation: true, userName: 'ada' },
      authentication: 'scram-sha-256',
      will: {
        ...{ topic: 't', payload: 'x', delay: 1, expiry: 2, contentType: 'c', responseTopic: 'r' },
        ...{ payloadFormatIndicator: 1, correlationData: 'd' },
        userProperties: properties,
      },
    });
    for (const end of ['save', 'more']) {
      for (const version of ['3.1.1', '3.1']) {
        const { setting, result } = fill({ version, end }, { edited, hasPassword: true });
        assert.deepEqual(profile(setting).connect, {
          maximumPacketSize: 9,
          will: { topic: 't', payload: 'x' },
        });
        // What was entered for a proof is not sent now that there is none.
        assert.equal(result.password, '');
      }
      const kept = fill({ version: 'automatic', end }, { edited, hasPassword: true });
      assert.deepEqual(kept.result.profile.connect, edited.connect);
      assert.equal(kept.result.password, undefined);
    }
  });

  it('ask for the identifier that another version needs to resume the session', () => {
    const edited = profile({ cleanStart: false });
    for (const version of ['3.1.1', 'automatic']) {
      const { asked, setting } = fill({ version, clientId: 'c1' }, { edited });
      assert.deepEqual(asked.slice(-2), ['end', 'clientId']);
      assert.equal(profile(setting).clientId, 'c1');
      const step = formSteps({ edited, hasPassword: false, hasWorkspace: true, takenNames: [] }).find(
        ({ key }) => key === 'clientId',
      );
      assert.ok(step && 'problem' in step);
      assert.match(step.problem?.('', { version, end: 'save' }) ?? '', /only under a Client Identifier/);
    }
    assert.ok(!fill({ version: '5.0' }, { edited }).asked.includes('clientId'));
    assert.ok(!fill({ version: '3.1.1' }, { edited: profile({}) }).asked.includes('clientId'));
  });

  it('say what cannot be', () => {
    const older = { session: 'resume', version: '3.1.1' };
    assert.match(problemOf('clientId', '', older), /only under a Client Identifier/);
    assert.equal(problemOf('clientId', '', { session: 'clean', version: '3.1.1' }), '');
    assert.equal(problemOf('clientId', '', { session: 'resume', version: '5.0' }), '');
    for (const value of ['x', '1.5', '-1', '4294967296']) {
      assert.match(problemOf('sessionExpiry', value), /^Session Expiry must be a whole number from 0 to/);
      assert.match(problemOf('willDelay', value), /^Will Delay must be a whole number from 0 to/);
    }
    assert.equal(problemOf('sessionExpiry', ' 4294967295 '), '');
    assert.match(problemOf('willTopic', 'a/#'), /must be a topic name/);
    assert.match(problemOf('willPayload', 'ä'.repeat(32_768)), /has more than 65535 bytes/);
    const edited = profile({ will: { topic: 't', payload: '00', payloadEncoding: 'hex' } });
    assert.match(
      problemOf('willPayload', '0', {}, edited),
      /^The payload is not written in hex: A byte has two/,
    );
    assert.match(problemOf('clientId', 'x'.repeat(65_536)), /has more than 65535 bytes/);
  });

  it('say that a payload is not the text that the settings say it is, where that is sent', () => {
    const edited = profile({
      will: { topic: 't', payload: '6f6b', payloadEncoding: 'hex', payloadFormatIndicator: 1 },
    });
    for (const version of ['5.0', 'automatic']) {
      assert.match(
        problemOf('willPayload', '6fff', { version }, edited),
        /^The payload has to be text in UTF-8, as payloadFormatIndicator .* at byte 1 it is not\.$/,
      );
      assert.equal(problemOf('willPayload', 'c3a4', { version }, edited), '');
    }
    // Before 5.0 there is no Payload Format Indicator.
    const { setting } = fill({ version: '3.1.1', willPayload: 'ff', end: 'more' }, { edited });
    assert.deepEqual(profile(setting).connect?.will, { topic: 't', payload: 'ff', payloadEncoding: 'hex' });
  });
});
