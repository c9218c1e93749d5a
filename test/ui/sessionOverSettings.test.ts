import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { ClientError } from '../../src/client/clientFailure';
import { memoryLink } from '../../src/transport/memoryLink';
import type { ConnectionProfile } from '../../src/ui/connections/connectionProfile';
import { turn } from '../support/fakeClock';
import { MemorySessionStore } from '../support/memorySessionStore';
import { a } from '../support/packets';
import { RawPeer } from '../support/rawPeer';
import { benchProfile, windowConnection } from '../support/windowConnection';

const profile: ConnectionProfile = { ...benchProfile, userName: 'ada', keepAlive: 60 };

for (const kept of ['in the window', 'on the disk'])
  describe(`A connection of the window with other settings or another password goes on with its Session, kept ${kept}`, () => {
    /** A connection whose servers, packet by packet, are the test; and the packets after CONNECT of each. */
    const scripted = (version: ConnectionProfile['version'], clientId: string | undefined) => {
      const servers: RawPeer[] = [];
      const resuming = { ...profile, version, clientId, cleanStart: false };
      let password = 'secret';
      const stores = new Map<string, MemorySessionStore>();
      const sessionStore = (_: ConnectionProfile, key: string): MemorySessionStore => {
        const store = stores.get(key) ?? new MemorySessionStore();
        stores.set(key, store);
        return store;
      };
      const connection = windowConnection(resuming, {
        open: () => {
          const [clientEnd, serverEnd] = memoryLink();
          servers.push(new RawPeer(serverEnd, version === '5.0' ? 5 : 4));
          return Promise.resolve(clientEnd);
        },
        password: () => Promise.resolve(password),
        ...(kept === 'on the disk' && { sessionStore }),
      });
      const connected = async (sessionPresent: boolean): Promise<string[]> => {
        const connecting = connection.connect();
        await turn();
        await servers.at(-1)?.received();
        const lines = await servers.at(-1)?.send(a.connack({ sessionPresent }));
        await connecting;
        return lines ?? [];
      };
      return { connection, resuming, connected, servers, forget: () => (password = 'other') };
    };
    const message = { topicName: 't', payload: encodeUtf8('x'), qos: 1, retain: false } as const;

    it('which 5.0 lets nobody resume who does not know it [MQTT-3.2.2-4]', async () => {
      const { connection, resuming, connected } = scripted('5.0', undefined);
      await connected(false);
      await connection.disconnect();
      connection.update({ ...resuming, keepAlive: 30 });
      await connected(true);
      assert.equal(connection.state.state, 'connected');
      connection.dispose();
    });

    it('and sends what it said is kept, once, whatever is published besides', async () => {
      const { connection, connected, forget, servers } = scripted('3.1.1', 'c');
      await connected(false);
      const kept = connection.publish(message);
      await turn();
      const [told] = await Promise.all([
        kept.then(
          () => undefined,
          (error: unknown) => error,
        ),
        connection.disconnect(),
      ]);
      assert.ok(told instanceof ClientError && told.kept);
      forget();
      assert.deepEqual(await connected(true), ['PUBLISH q1 #1 dup t "x"']);
      let settled = false;
      void connection.publish({ ...message, topicName: 'later' }).finally(() => (settled = true));
      assert.deepEqual(await servers.at(-1)?.received(), ['PUBLISH q1 #2 later "x"']);
      // The acknowledgement of the one from before is not taken for that of another.
      assert.deepEqual(await servers.at(-1)?.send(a.acknowledgement('PUBACK', 1)), []);
      assert.equal(settled, false);
      await servers.at(-1)?.send(a.acknowledgement('PUBACK', 2));
      assert.equal(settled, true);
      connection.dispose();
    });

    it('but not at another server, for another user or Client Identifier, or where it is to start clean', async () => {
      for (const change of [
        { host: 'elsewhere' },
        { userName: 'eve' },
        { clientId: 'd' },
        { cleanStart: true },
      ]) {
        const { connection, resuming, connected } = scripted('3.1.1', 'c');
        await connected(false);
        void connection.publish(message).catch(() => undefined);
        await turn();
        await connection.disconnect();
        connection.update({ ...resuming, ...change });
        assert.deepEqual(await connected(false), [], JSON.stringify(change));
        connection.dispose();
      }
    });
  });
