import { strict as assert } from 'node:assert';
import { build } from 'esbuild';
import { repositoryRoot } from '../support/paths';
import { sourceFiles } from '../support/sources';
import { folders, forbiddenImports } from './layers';

describe('Imports', () => {
  for (const folder of Object.keys(folders)) {
    it(`of ${folder} point down, and sideways only as a type`, () => {
      const prefix = folder === 'media' ? 'media/' : `src/${folder}/`;
      const files = [...sourceFiles('src', ['.ts']), ...sourceFiles('media', ['.ts'])].filter((file) =>
        file.path.startsWith(prefix),
      );
      assert.deepEqual(
        files.flatMap(({ path, text }) => forbiddenImports(path, text)),
        [],
      );
    });
  }

  it('are all seen: every source lies in a folder of the table', () => {
    const files = [...sourceFiles('src', ['.ts']), ...sourceFiles('media', ['.ts'])];
    assert.deepEqual(
      files
        .filter(({ path }) => path !== 'src/extension.ts')
        .filter(
          ({ path }) =>
            !Object.keys(folders).some(
              (folder) => path.startsWith(`src/${folder}/`) || path.startsWith(`${folder}/`),
            ),
        )
        .map(({ path }) => path),
      [],
    );
  });

  it("leave the webview's code out of the extension's bundle", async () => {
    const { metafile } = await build({
      absWorkingDir: repositoryRoot,
      entryPoints: ['src/extension.ts'],
      bundle: true,
      platform: 'node',
      external: ['vscode'],
      metafile: true,
      write: false,
    });
    const inputs = Object.keys(metafile.inputs);
    assert.deepEqual(
      inputs.filter((file) => /^media\/|node_modules\/(lit|@vscode-elements|@tanstack)\//.test(file)),
      [],
    );
  });
});

describe('The check of imports', () => {
  const cases: readonly (readonly [file: string, statement: string, verdict: 'allowed' | RegExp])[] = [
    ['src/protocol/wire.ts', "import { concat } from '../base/bytes';", 'allowed'],
    ['src/protocol/packets/publish.ts', "import { F } from '../wire';", 'allowed'],
    ['src/base/bytes.ts', "import { wire } from '../protocol/wire';", /base may not know protocol/],
    ['src/base/bytes.ts', "import type { Wire } from '../protocol/wire';", /base may not know protocol/],
    ['src/session/pump.ts', "import type { Packet } from '../protocol/controlPacket';", 'allowed'],
    ['src/session/pump.ts', "import type { PacketLog } from '../capture/packetLog';", 'allowed'],
    ['src/session/pump.ts', "import { type PacketLog, type Row } from '../capture/packetLog';", 'allowed'],
    [
      'src/session/pump.ts',
      "import { PacketLog } from '../capture/packetLog';",
      /only know the types of capture/,
    ],
    [
      'src/session/pump.ts',
      "import { type Row, PacketLog } from '../capture/packetLog';",
      /only know the types/,
    ],
    ['src/session/pump.ts', "import '../capture/packetLog';", /only know the types of capture/],
    [
      'src/session/pump.ts',
      "export { PacketLog } from '../capture/packetLog';",
      /only know the types of capture/,
    ],
    ['src/session/pump.ts', "export type { PacketLog } from '../capture/packetLog';", 'allowed'],
    [
      'src/session/pump.ts',
      "const log = await import('../capture/packetLog');",
      /only know the types of capture/,
    ],
    ['src/session/pump.ts', "type Log = import('../capture/packetLog').PacketLog;", 'allowed'],
    [
      'src/session/pump.ts',
      "type Client = import('../client/mqttClient').MqttClient;",
      /session may not know client/,
    ],
    ['src/session/pump.ts', "import { setTimeout } from 'node:timers';", /session may not use node:\*/],
    ['src/session/pump.ts', "import { setTimeout } from 'timers/promises';", /session may not use node:\*/],
    ['src/payload/json.ts', "const fs = require('fs');", /payload may not use node:\*/],
    [
      'src/capture/packetLog.ts',
      "import { MqttClient } from '../client/mqttClient';",
      /capture may not know client/,
    ],
    ['src/client/mqttClient.ts', "import * as net from 'node:net';", /client may not use node:\*/],
    ['src/client/mqttClient.ts', "import type { Socket } from '../transport/socketTransport';", 'allowed'],
    [
      'src/client/mqttClient.ts',
      "import { connect } from '../transport/socketTransport';",
      /only know the types/,
    ],
    ['src/transport/socketTransport.ts', "import * as net from 'node:net';", 'allowed'],
    ['src/transport/socketTransport.ts', "import type { Transport } from '../session/pump';", 'allowed'],
    [
      'src/transport/socketTransport.ts',
      "import { Pump } from '../session/pump';",
      /only know the types of session/,
    ],
    [
      'src/transport/socketTransport.ts',
      "import type { Wire } from '../protocol/wire';",
      /may not know protocol/,
    ],
    ['src/ui/reporting.ts', "import * as vscode from 'vscode';", 'allowed'],
    ['src/ui/inspector/panel.ts', "import { PacketLog } from '../../capture/packetLog';", 'allowed'],
    ['src/ui/reporting.ts', "import * as fs from 'node:fs';", /ui may not use node:\*/],
    ['src/ui/reporting.ts', "import { activate } from '../extension';", /nothing imports the top/],
    ['src/cli/broker.ts', "import * as vscode from 'vscode';", /cli may not use vscode/],
    ['src/cli/broker.ts', "import { report } from '../ui/reporting';", /may only know the types of ui/],
    ['src/snippets/parser.ts', "import type * as vscode from 'vscode';", /snippets may not use vscode/],
    ['media/inspector/app.ts', "import { html } from 'lit';", 'allowed'],
    ['media/inspector/app.ts', "import '@vscode-elements/elements/dist/vscode-tree';", 'allowed'],
    ['media/inspector/app.ts', "import { dissect } from '../../src/protocol/dissect';", 'allowed'],
    [
      'media/inspector/app.ts',
      "import type { PacketLog } from '../../src/capture/packetLog';",
      /may not know capture/,
    ],
    ['media/inspector/app.ts', "import type { Uri } from 'vscode';", /media may not use vscode/],
    ['src/helpers/all.ts', 'export const a = 1;', /lies in no folder of the table/],
    ['src/session/pump.ts', "import { x } from '../helpers/all';", /lies in no folder of the table/],
    ['src/extension.ts', "import * as fs from 'node:fs';", 'allowed'],
    ['src/cli/main.ts', "import { version } from '../../package.json';", 'allowed'],
    ['src/broker/broker.ts', "import { version } from '../../package.json';", /may not use package\.json/],
  ];

  for (const [file, statement, verdict] of cases) {
    it(`${verdict === 'allowed' ? 'allows' : 'refuses'} ${statement} in ${file}`, () => {
      const found = forbiddenImports(file, `\n${statement}\n`);
      if (verdict === 'allowed') assert.deepEqual(found, []);
      else assert.match(found.join('\n'), verdict);
    });
  }
});
