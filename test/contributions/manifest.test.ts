import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { argumentShapes, isArgument, type ArgumentName } from '../../src/contributions/arguments';
import { commandDefinition, commandId, type CommandName, commands } from '../../src/contributions/commands';
import { contributes } from '../../src/contributions/manifest';
import { menus } from '../../src/contributions/menus';
import { settingGroups, settings } from '../../src/contributions/settings';
import { rowContexts, viewId, type ViewName, views, welcomes } from '../../src/contributions/views';
import { showConnectionsCommand } from '../../src/inspector/contract';
import { repositoryRoot } from '../support/paths';

const names = Object.keys(commands) as readonly CommandName[];
const items = Object.values(menus).flat();

describe('What the extension contributes', () => {
  for (const name of names) {
    it(`has a title for ${name} that says in the palette whether it asks for more`, () => {
      const { title } = commandDefinition(name);
      assert.match(title, /^[A-Z].*[^.]$/);
    });
  }

  it('has an icon wherever a command stands as one', () => {
    const asIcons = items.filter(({ group }) => /^(inline|navigation)/.test(group));
    assert.deepEqual(
      asIcons.filter(({ command }) => commandDefinition(command).icon === undefined),
      [],
    );
  });

  it('reaches every command from the palette, a menu, a row or an empty view', () => {
    const inMenus = new Set<CommandName>(items.map(({ command }) => command));
    // "more" at the end of a long list runs these.
    const onRows = new Set<CommandName>(['showMoreTopics', 'showMoreBrokerRows']);
    const hidden = names.filter((name) => commandDefinition(name).palette === false);
    assert.deepEqual(
      hidden.filter((name) => !inMenus.has(name) && !onRows.has(name)),
      [],
    );
  });

  it('has only rows in menus that views make', () => {
    for (const { when } of items) {
      const pattern = /viewItem =~ \/(.*)\/$/.exec(when)?.[1];
      if (pattern === undefined) continue;
      assert.ok(
        rowContexts.some((context) => new RegExp(pattern).test(context)),
        when,
      );
    }
  });

  it('puts each command once into each place', () => {
    for (const [menu, entries] of Object.entries(menus)) {
      const places = entries.map(({ command, when, group }) => `${command} ${when} ${group.split('@')[0]}`);
      assert.equal(new Set(places).size, places.length, menu);
    }
  });

  it('has something to say where a view is empty', () => {
    for (const view of Object.keys(views) as ViewName[]) {
      assert.ok(
        welcomes.some((welcome) => welcome.view === view),
        view,
      );
    }
  });

  it('has defaults that its own schemas take', () => {
    assert.deepEqual(settings.connections.default, []);
    const budget = settings['capture.budget'];
    assert.ok(budget.default >= budget.minimum && budget.default <= budget.maximum);
  });

  it('has each setting in one section, and in each first what people need first', () => {
    const shown = settingGroups.flatMap((group) => Object.keys(group.settings));
    assert.deepEqual([...shown].sort(), Object.keys(settings).sort());
    const { configuration } = contributes() as {
      readonly configuration: readonly {
        readonly title: string;
        readonly order: number;
        readonly properties: Readonly<Record<string, { readonly order: number }>>;
      }[];
    };
    const byOrder = <T extends { readonly order: number }>(all: readonly T[]): T[] =>
      [...all].sort((one, other) => one.order - other.order);
    assert.deepEqual(
      byOrder(configuration).map(({ title }) => title),
      ['Connections', 'Local Broker', 'Broker Limits', 'Inspector and Capture', 'Flight Recorder'],
    );
    const broker = Object.entries(configuration[1]?.properties ?? {}).map(([id, { order }]) => ({
      id,
      order,
    }));
    assert.deepEqual(
      byOrder(broker)
        .slice(0, 6)
        .map(({ id }) => id.replace('mqttWorkbench.broker.', '')),
      ['listeners', 'host', 'keepState', 'quiet', 'anonymous', 'rules'],
    );
  });

  it('never lets a password stand in the settings', () => {
    assert.equal(settings.connections.items.additionalProperties, false);
    assert.ok(
      !Object.keys(settings.connections.items.properties).some((key) => /password|secret/i.test(key)),
    );
  });

  it('names files that are there', () => {
    const text = JSON.stringify(contributes());
    const files = [...text.matchAll(/"(?:\.\/)?(media\/[^"]+)"/g)].map(([, file]) => file ?? '');
    assert.ok(files.length >= 2);
    for (const file of files) assert.ok(fs.existsSync(path.join(repositoryRoot, file)), file);
  });

  it('has the view that the inspector links to', () =>
    assert.equal(showConnectionsCommand, `${viewId('connections')}.focus`));

  it('has an icon for the tab of the inspector in light and dark', () => {
    for (const theme of ['light', 'dark']) {
      const icon = path.join(repositoryRoot, 'media', 'icons', `inspector-${theme}.svg`);
      assert.match(fs.readFileSync(icon, 'utf8'), /^<svg /);
    }
  });

  it('uses one prefix for everything', () => {
    for (const name of names) assert.equal(commandId(name), `mqttWorkbench.${name}`);
    for (const name of Object.keys(views) as ViewName[]) assert.equal(viewId(name), `mqttWorkbench.${name}`);
  });
});

describe('The argument of a command', () => {
  const values: Readonly<Record<'string' | 'number', unknown>> = { string: 'text', number: 1 };

  for (const [name, shape] of Object.entries(argumentShapes) as [
    ArgumentName,
    Record<string, 'string' | 'number'>,
  ][]) {
    const whole = Object.fromEntries(Object.entries(shape).map(([field, type]) => [field, values[type]]));

    it(`"${name}" is taken with all its fields and any others`, () => {
      assert.equal(isArgument(name, whole), true);
      assert.equal(isArgument(name, { ...whole, more: 1 }), true);
    });

    it(`"${name}" is not taken without one of them, or with one of another type`, () => {
      for (const field of Object.keys(shape)) {
        assert.equal(isArgument(name, { ...whole, [field]: undefined }), false);
        assert.equal(isArgument(name, { ...whole, [field]: {} }), false);
      }
      for (const other of [undefined, null, 1, 'text', []]) assert.equal(isArgument(name, other), false);
    });
  }
});
