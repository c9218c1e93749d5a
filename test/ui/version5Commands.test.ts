import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { ScramServer, type ScramSecret, scramSecret } from '../../src/broker/scramAuthenticator';
import type { BrokerServer } from '../../src/broker/brokerServer';
import { reasonCodeName } from '../../src/protocol/reasonCodes';
import { connectSocket } from '../../src/transport/socketTransport';
import { systemClock } from '../../src/transport/systemClock';
import { systemCrypto } from '../../src/transport/systemCrypto';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { connectionRow } from '../../src/ui/connections/connectionRow';
import type { LiveConnection } from '../../src/ui/connections/liveConnection';
import { leavingReasons, Version5Commands } from '../../src/ui/connections/version5Commands';
import { eventually } from '../support/eventually';
import { startOwnBroker } from '../support/ownBroker';
import { a } from '../support/packets';
import { ScriptedConnection } from '../support/scriptedConnection';
import { benchProfile, windowConnection } from '../support/windowConnection';

const { window } = fakeVscode;
const argument = { connectionKey: benchProfile.key };
const told = (): readonly string[] => window.messages.map(({ kind, text }) => `${kind}: ${text}`);

function commandsOf(connection: LiveConnection): Version5Commands {
  return new Version5Commands({ pick: () => Promise.resolve(connection) });
}

/** Answers the next input box. */
async function answer(text: string): Promise<string | undefined> {
  const box = await eventually(
    () => Promise.resolve(window.boxes.shift()),
    (found) => assert.ok(found),
  );
  assert.ok(box);
  box.value = text;
  box.accepted.fire();
  return box.validationMessage;
}

beforeEach(() => {
  window.messages.length = window.boxes.length = window.picks.length = 0;
  window.pick = undefined;
});

describe('Disconnect with Reason', () => {
  async function connected(more: Partial<ConnectionProfile> = {}, connack = a.connack()) {
    const bench = new ScriptedConnection(more);
    await bench.connected(connack);
    return { bench, commands: commandsOf(bench.connection) };
  }

  it('offers what a client may say and nothing that a server alone may (3.14.2.1, table 3-10) [MQTT-3.14.2-1]', async () => {
    const codes = leavingReasons().map(({ code }) => code);
    const wanted = [0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x90, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99];
    assert.deepEqual(codes, wanted);
    const { bench, commands } = await connected();
    await commands.disconnectWithReason(argument);
    assert.deepEqual(
      window.picks[0]?.labels,
      codes.map((code) => reasonCodeName(code, 'DISCONNECT', 5)),
    );
    assert.equal(bench.connection.state.state, 'connected');
    bench.connection.dispose();
  });

  it('says the reason that was picked, in words as well where there are any, and stays away', async () => {
    for (const reasonString of ['', 'firmware update ✓']) {
      const { bench, commands } = await connected();
      window.pick = 'Disconnect with Will Message';
      const done = commands.disconnectWithReason(argument);
      await answer(reasonString);
      await bench.server.received();
      const packet = bench.server.packets.at(-1);
      assert.ok(packet?.type === 'DISCONNECT');
      assert.equal(packet.reasonCode, 0x04);
      assert.deepEqual(packet.properties, reasonString === '' ? {} : { reasonString });
      bench.server.drop();
      await done;
      assert.deepEqual(bench.connection.state, { state: 'disconnected' });
      assert.deepEqual([bench.failures, told()], [[], []]);
    }
  });

  it('stays connected where the words are more than the server takes [MQTT-3.14.2-3]', async () => {
    const { bench, commands } = await connected({}, a.connack({ properties: { maximumPacketSize: 20 } }));
    window.pick = 'Unspecified error';
    const done = commands.disconnectWithReason(argument);
    await answer('much more than fits');
    await assert.rejects(done, /packetTooLarge/);
    assert.equal(bench.connection.state.state, 'connected');
    bench.connection.dispose();
  });

  it('complains about a reason that is no string of MQTT', async () => {
    const { bench, commands } = await connected();
    window.pick = 'Unspecified error';
    void commands.disconnectWithReason(argument);
    assert.match((await answer('x'.repeat(65_536))) ?? '', /^The Reason String has more than 65535 bytes/);
    bench.connection.dispose();
  });

  it('says that nothing was sent where the connection went while it was asked for', async () => {
    const { bench, commands } = await connected();
    window.pick = 'Unspecified error';
    const done = commands.disconnectWithReason(argument);
    await eventually(
      () => Promise.resolve(window.boxes.length),
      (count) => assert.equal(count, 1),
    );
    bench.server.drop();
    await bench.server.received();
    await answer('');
    await done;
    assert.match(told().join(), /^warning: bench is not connected with MQTT 5\.0 any more, so nothing was/);
    bench.connection.dispose();
  });

  it('is in the menu of connections that are up with 5.0 alone', async () => {
    const contextOf = async (more: Partial<ConnectionProfile>) => {
      const { bench } = await connected(more);
      const { context } = connectionRow(bench.connection);
      bench.connection.dispose();
      return context;
    };
    assert.equal(await contextOf({}), 'connection.connected5');
    assert.equal(await contextOf({ version: '3.1.1' }), 'connection.connected');
  });
});

describe('Re-authenticate', () => {
  let broker: BrokerServer;
  let secret: ScramSecret | undefined;
  let password: string;
  let connection: LiveConnection;

  beforeEach(async () => {
    secret = await scramSecret(systemCrypto, 'SCRAM-SHA-256', 'pencil');
    password = 'pencil';
    const methods = [new ScramServer('SCRAM-SHA-256', { find: () => secret }, systemCrypto)];
    broker = await startOwnBroker({ accessControl: { authenticate: () => true, methods } });
    connection = windowConnection(
      { ...benchProfile, reconnect: false, userName: 'ada', connect: { authentication: 'scram-sha-256' } },
      {
        open: () => connectSocket({ host: '127.0.0.1', port: broker.port }),
        clock: systemClock,
        password: () => Promise.resolve(password),
      },
    );
    await connection.connect();
    assert.equal(connection.state.state, 'connected');
  });

  afterEach(async () => {
    connection.dispose();
    await broker.close();
  });

  it('proves anew who the connection is while it stays up (4.12.1), and says so', async () => {
    assert.equal(connectionRow(connection).context, 'connection.authenticated5');
    await commandsOf(connection).reauthenticate(argument);
    assert.deepEqual(told(), ['information: bench was authenticated again.']);
    assert.equal(connection.state.state, 'connected');
  });

  it('takes the password that was entered since', async () => {
    secret = await scramSecret(systemCrypto, 'SCRAM-SHA-256', 'brush');
    password = 'brush';
    await commandsOf(connection).reauthenticate(argument);
    assert.deepEqual(told(), ['information: bench was authenticated again.']);
  });

  it('leaves it to the connection to say why it ended where the server refuses [MQTT-4.12.1-2]', async () => {
    const failures: string[] = [];
    connection.onDidFail(({ kind }) => failures.push(kind));
    password = 'wrong';
    await commandsOf(connection).reauthenticate(argument);
    assert.deepEqual([failures, told()], [['disconnectedByServer'], []]);
    assert.equal(connection.state.state, 'disconnected');
  });

  it('stays connected where the password cannot be used, and says so', async () => {
    password = '\u0007';
    await commandsOf(connection).reauthenticate(argument);
    assert.match(
      told().join(),
      /^warning: bench was not authenticated again, and stays connected: user name or password has characters/,
    );
    assert.equal(connection.state.state, 'connected');
  });

  it('is not for a connection that proves nothing', async () => {
    const bench = new ScriptedConnection();
    await bench.connected();
    await commandsOf(bench.connection).reauthenticate(argument);
    assert.match(told().join(), /^warning: bench has no "authentication" in its settings/);
    bench.connection.dispose();
  });
});
