import { strict as assert } from 'node:assert';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { becomes } from '../support/eventually';
import { freePort } from '../support/freePort';
import { type Mosquitto, startMosquitto } from '../support/mosquitto';
import type { ViewPane } from '../support/viewPane';
import { watchPort } from '../support/watchedPort';
import type { Workbench } from '../support/workbench';
import { useBench } from './bench';
import { addConnection, connect, copied } from './person';

const user = { name: 'ada', password: 'correct horse $(battery)' };

describe('Connections in real VS Code', function () {
  this.timeout(120_000);
  let broker: Mosquitto;
  let workbench: Workbench;
  let view: ViewPane;

  useBench(
    // Tall enough for every row: what is scrolled away is not drawn.
    { suite: 'connections', viewport: { width: 1280, height: 1400 }, broker: { user } },
    (bench) => {
      ({ broker, workbench } = bench);
      view = workbench.view('Connections');
    },
  );

  it('has a button where there is none, which asks for one step by step and can go back', async () => {
    assert.match(await view.welcome(), /Nothing is connected yet/);
    await workbench.screenshot('empty');
    await view.pressWelcome('Add Connection');
    const { quickInput } = workbench;
    await quickInput.waitFor('Name of the connection');
    await quickInput.type(' ');
    await quickInput.accept();
    assert.match(await quickInput.complaint(), /needs a name/);
    await quickInput.answer('Add Connection · Name', 'draft');
    await quickInput.pick('How to get to the server', 'MQTT over TCP');
    await quickInput.waitFor('Host');
    await quickInput.type('http://127.0.0.1');
    await quickInput.accept();
    assert.match(await quickInput.complaint(), /"http:\/\/" is none of mqtt:\/\//);
    await workbench.screenshot('form-complaint');
    await workbench.page.getByRole('button', { name: 'Back' }).click();
    await quickInput.waitFor('How to get to the server');
    await workbench.page.getByRole('button', { name: 'Back' }).click();
    await quickInput.waitFor('Name of the connection');
    assert.equal(await quickInput.value(), 'draft');
    await quickInput.cancel();
    await becomes(() => view.rows(), []);
  });

  for (const version of ['3.1.1', '5.0'] as const) {
    describe(`over MQTT ${version}`, () => {
      const name = `bench ${version}`;

      it('are added by hand, with the password outside the settings, and connect', async () => {
        await workbench.runCommand('MQTT: Add Connection…');
        const { quickInput } = workbench;
        await quickInput.answer('Name of the connection', name);
        await quickInput.pick('How to get to the server', 'MQTT over TCP');
        await quickInput.answer("Host: the server's name or address", '127.0.0.1');
        await quickInput.answer('Port', String(broker.port));
        await quickInput.pick('Protocol version', `MQTT ${version}`);
        await quickInput.answer('User name', user.name);
        await quickInput.waitFor('Password');
        assert.equal(await quickInput.isPassword(), true);
        await quickInput.answer('Password', user.password);
        await quickInput.pick('Where to save the connection', 'User settings');
        await view.waitForRow(name, `127.0.0.1:${broker.port} · ${version}`);
        const settings = fs.readFileSync(workbench.server.settingsFile, 'utf8');
        assert.ok(settings.includes(name) && settings.includes(user.name), settings);
        assert.ok(!settings.includes(user.password), settings);

        await connect(workbench, name);
        const row = await view.waitForRow(name, `0/s · 127.0.0.1:${broker.port} · ${version}`);
        assert.match(row.ariaLabel, /connected, .* messages a second/);
        await broker.logged(
          new RegExp(`New client connected from 127\\.0\\.0\\.1.* as mqttWorkbench.*u'ada'`),
        );
        await view.setExpanded(name, true);
        await view.waitForRow('session: new', '60 s keep alive');
        await workbench.waitForStatus(`${name} · 0/s`);
        await workbench.screenshot(`connected-${version}`);
      });

      it('say DISCONNECT when they are disconnected', async () => {
        await view.pressInline(name, 'Disconnect');
        await view.waitForRow(name, /^[^/]*$/);
        await broker.logged(/Received DISCONNECT from mqttWorkbench/);
      });

      if (version === '5.0') {
        it('say DISCONNECT with a reason that is picked, and why in words', async () => {
          const watched = await watchPort(broker.port);
          try {
            await addConnection(workbench, { name: 'watched', port: watched.port, version, user });
            await connect(workbench, 'watched');
            await view.contextMenu('watched', 'Disconnect with Reason…');
            const { quickInput } = workbench;
            await quickInput.waitFor('Reason Code of DISCONNECT');
            await workbench.screenshot('disconnect-reason');
            await quickInput.pick('Reason Code of DISCONNECT', 'Administrative action');
            await quickInput.answer('Reason String', 'moving house');
            await view.waitForRow('watched', /^[^/]*$/);
            const told = (): Promise<unknown> =>
              Promise.resolve(
                watched.packets(5).flatMap((packet) => {
                  if (packet.type !== 'DISCONNECT') return [];
                  return [{ reasonCode: packet.reasonCode, ...packet.properties }];
                }),
              );
            await becomes(told, [{ reasonCode: 0x98, reasonString: 'moving house' }]);
          } finally {
            await watched.stop();
          }
          await view.contextMenu('watched', 'Remove Connection…');
          await workbench.answerDialog('Remove');
          await view.waitForRowGone('watched');
        });
      }

      it('say why a wrong password does not let them in, and take another one', async () => {
        await view.contextMenu(name, 'Set Password…');
        await workbench.quickInput.answer('Password', 'wrong');
        await view.pressInline(name, 'Connect');
        // What mosquitto answers to a wrong password is "not authorized".
        await view.waitForRow(
          name,
          version === '5.0' ? 'not authorized (0x87)' : 'not authorized (return code 5)',
        );
        const toast = await workbench.notification('refused the connection: not authorized');
        assert.match((await toast.textContent()) ?? '', /wrong password.*Check user name and password/);
        await workbench.screenshot(`wrong-password-${version}`);
        await workbench.answerNotification('refused the connection', 'Enter Password…');
        await workbench.quickInput.answer('Password', user.password);
        await view.waitForRow(name, '/s');
        await view.pressInline(name, 'Disconnect');
        await view.waitForRow(name, /^[^/]*$/);
      });

      it('say that nothing listens on a wrong port', async () => {
        const port = await freePort();
        await addConnection(workbench, { name: `nobody ${version}`, port, version });
        await view.pressInline(`nobody ${version}`, 'Connect');
        await view.waitForRow(`nobody ${version}`, `refused: nothing listens on 127.0.0.1:${port}`);
        const toast = await workbench.notification(`127.0.0.1:${port} refused the connection`);
        assert.match(
          (await toast.textContent()) ?? '',
          /nothing listens on port \d+\. Start the server there, or correct the port/,
        );
        await workbench.clearNotifications();
      });

      it('say that a port speaks HTTP', async () => {
        const server = http.createServer((_, response) => response.end('hello'));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        try {
          await addConnection(workbench, { name: `web ${version}`, port, version });
          await view.pressInline(`web ${version}`, 'Connect');
          await view.waitForRow(`web ${version}`, 'not an MQTT server: an HTTP server answers');
          const toast = await workbench.notification('does not speak MQTT');
          assert.match(
            (await toast.textContent()) ?? '',
            /"HTTP\/1\.1 400 Bad Request".*MQTT usually listens on port 1883/,
          );
          await workbench.screenshot(`http-${version}`);
          await workbench.clearNotifications();
        } finally {
          await new Promise((resolve) => server.close(resolve));
        }
      });

      it('say that the server dropped them, come back with it, and give up when told to', async () => {
        const name = `dropped ${version}`;
        const first = await startMosquitto();
        const { port } = first;
        await addConnection(workbench, { name, port, version });
        await connect(workbench, name);
        await first.stop();
        // Mosquitto 5.0 says that it shuts down; before there is nothing to say it with. The next attempts are refused.
        const waiting = /^in \d+ s: (connection dropped|disconnected by the server|refused).* · attempt \d+/;
        await view.waitForRow(name, waiting);
        await workbench.screenshot(`reconnecting-${version}`);
        await view.contextMenu(name, 'Publish…');
        const { quickInput } = workbench;
        await quickInput.answer('Topic to publish to', 'late');
        await quickInput.answer('Payload', 'x');
        await quickInput.pick('Quality of service', 'QoS 1');
        await quickInput.pick('Whether the server keeps the message', 'Not retained');
        const second = await startMosquitto({ port });
        await view.waitForRow(name, '/s');
        await second.logged(/Received PUBLISH from .*'late'/);
        await second.stop();
        await view.waitForRow(name, waiting);
        await view.pressInline(name, 'Disconnect');
        await view.waitForRow(name, new RegExp(`^127\\.0\\.0\\.1:${port} · ${version}`));
      });
    });
  }

  describe('that exist', () => {
    it('are edited, keeping the password that is stored', async () => {
      await view.contextMenu('bench 5.0', 'Edit Connection…');
      const { quickInput } = workbench;
      await quickInput.answer('Name of the connection', 'desk');
      for (const step of ['How to get to the server', "Host: the server's name or address", 'Port']) {
        await quickInput.waitFor(step);
        await quickInput.accept();
      }
      await quickInput.pick('Protocol version', 'MQTT 3.1.1');
      for (const step of ['User name', 'keep the one that is stored']) {
        await quickInput.waitFor(step);
        await quickInput.accept();
      }
      await quickInput.pick('Save the connection', 'Save');
      await view.waitForRow('desk', `127.0.0.1:${broker.port} · 3.1.1`);
      await view.waitForRowGone('bench 5.0');
      await connect(workbench, 'desk');
      await view.pressInline('desk', 'Disconnect');
      await view.waitForRow('desk', /^[^/]*$/);
    });

    it('say DISCONNECT when the window reloads, and do not connect by themselves after it', async () => {
      await connect(workbench, 'desk');
      const client = [...broker.log().matchAll(/ as (mqttWorkbench\w+) /g)].at(-1)?.[1] ?? 'nobody';
      await workbench.reload();
      await workbench.openContainer('MQTT');
      await view.waitForRow('desk', /3\.1\.1$/);
      // Once when it was disconnected by hand, once now.
      await broker.logged(new RegExp(`(Received DISCONNECT from ${client}[^]*){2}`));
      await workbench.waitForStatus(/^\s*MQTT\s*$/);
    });

    it('copy their address', async () => {
      await view.contextMenu('desk', 'Copy Address');
      await copied(workbench, `127.0.0.1:${broker.port}`);
    });

    it('are removed after a question, and their password with them', async () => {
      await view.contextMenu('desk', 'Remove Connection…');
      assert.match(await workbench.dialog(), /Remove the connection "desk".*stored password/);
      await workbench.answerDialog('Remove');
      await view.waitForRowGone('desk');
      await addConnection(workbench, {
        name: 'desk',
        port: broker.port,
        version: '5.0',
        user: { ...user, password: '' },
      });
      await view.pressInline('desk', 'Connect');
      await view.waitForRow('desk', 'not authorized');
      await workbench.clearNotifications();
    });

    it('of hand-written settings that make no sense say what is wrong', async () => {
      await workbench.runCommand('Preferences: Open User Settings (JSON)');
      const editor = workbench.editor('settings.json');
      await editor.waitOpen();
      const settings = JSON.parse(fs.readFileSync(workbench.server.settingsFile, 'utf8')) as Record<
        string,
        unknown
      >;
      settings['mqttWorkbench.connections'] = [{ name: 'typo', host: 'h', port: 99999 }];
      await editor.replaceAll(JSON.stringify(settings));
      await editor.save();
      await view.waitForRow('typo', 'port: A port is a whole number from 1 to 65535.');
      await view.waitForRowGone('desk');
      await workbench.screenshot('invalid');
    });

    it('leave nothing uncaught behind', () => assert.deepEqual(workbench.errors(), []));
  });
});
