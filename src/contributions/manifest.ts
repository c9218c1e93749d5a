import { commandCategory, commandDefinition, commandId, type CommandName, commands } from './commands';
import { mqttLanguage } from './languages';
import { keybindings, menus } from './menus';
import { settingGroups } from './settings';
import {
  captureFileEndings,
  captureFileViewType,
  inspectorViewType,
  viewContainer,
  viewId,
  type ViewName,
  views,
  welcomes,
} from './views';

const commandNames = Object.keys(commands) as readonly CommandName[];
const viewNames = Object.keys(views) as readonly ViewName[];

/** The `contributes` block of package.json. */
export function contributes(): object {
  return {
    commands: commandNames.map((name) => {
      const { title, shortTitle, icon } = commandDefinition(name);
      return {
        command: commandId(name),
        title,
        ...(shortTitle !== undefined && { shortTitle }),
        category: commandCategory,
        ...(icon !== undefined && { icon: `$(${icon})` }),
      };
    }),
    menus: {
      commandPalette: commandNames.flatMap((name) => {
        const { palette } = commandDefinition(name);
        return palette === undefined
          ? []
          : [{ command: commandId(name), when: palette === false ? 'false' : palette }];
      }),
      ...Object.fromEntries(
        Object.entries(menus).map(([menu, items]) => [
          menu,
          items.map(({ command, when, group }) => ({ command: commandId(command), when, group })),
        ]),
      ),
    },
    keybindings: keybindings.map(({ command, key, mac, when }) => ({
      command: commandId(command),
      key,
      mac,
      when,
    })),
    configuration: settingGroups.map(({ title, settings }, place) => ({
      title,
      order: place + 1,
      properties: Object.fromEntries(
        // Without an order of its own VS Code puts them in that of their names.
        Object.entries(settings).map(([name, definition], index) => [
          `mqttWorkbench.${name}`,
          { ...definition, order: index + 1 },
        ]),
      ),
    })),
    viewsContainers: { activitybar: [viewContainer] },
    views: {
      [viewContainer.id]: viewNames.map((name) => ({
        id: viewId(name),
        name: views[name].name,
        icon: `$(${views[name].icon})`,
        initialSize: views[name].initialSize,
        contextualTitle: viewContainer.title,
      })),
    },
    viewsWelcome: welcomes.map(({ view, when, text, buttons }) => ({
      view: viewId(view),
      contents: [
        text,
        ...buttons.map(([caption, command]) => `[${caption}](command:${commandId(command)})`),
      ].join('\n'),
      ...(when !== undefined && { when }),
    })),
    customEditors: [
      {
        viewType: captureFileViewType,
        displayName: 'MQTT Inspector',
        selector: captureFileEndings.map((ending) => ({ filenamePattern: `*.${ending}` })),
        priority: 'default',
      },
    ],
    languages: [
      {
        id: mqttLanguage.id,
        aliases: [mqttLanguage.name],
        extensions: [mqttLanguage.extension],
        configuration: `./${mqttLanguage.configuration}`,
      },
    ],
    grammars: [
      {
        language: mqttLanguage.id,
        scopeName: mqttLanguage.scopeName,
        path: `./${mqttLanguage.grammar}`,
        // Inside a body written as JSON the editor's own help for JSON applies: comments, brackets, completion of words.
        embeddedLanguages: { 'meta.embedded.block.json': 'json' },
      },
    ],
  };
}

/**
 * When VS Code loads the extension, on top of what it derives from the contributions (views, commands and languages):
 * an inspector that was open when the window closed comes back with it.
 */
export function activationEvents(): readonly string[] {
  return [`onWebviewPanel:${inspectorViewType}`];
}

/** The `capabilities` block of package.json. */
export function capabilities(): object {
  return {
    untrustedWorkspaces: {
      supported: 'limited',
      description:
        "Connections that the workspace's settings define ask before they connect; neither they nor snippets may read files. Capture files that somebody opens are read. The local broker is reachable from this computer alone.",
    },
    virtualWorkspaces: true,
  };
}
