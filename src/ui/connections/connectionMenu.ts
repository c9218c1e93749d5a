import * as vscode from 'vscode';
import type { CommandName } from '../../contributions/commands';
import { withoutIcons } from '../reporting/plainText';
import { runCommand } from '../vscodeBindings';
import { connectionRow } from './connectionRow';
import type { Connections } from './connections';

interface MenuItem extends vscode.QuickPickItem {
  run?(): Promise<void>;
}

/** The quick pick behind the status bar's item: the connections, each to connect or disconnect, and what to do next. */
export async function showConnectionMenu(connections: Connections, brokerRuns: boolean): Promise<void> {
  const rows = connections.all().map((connection): MenuItem => {
    const { label, description } = connectionRow(connection);
    const down = connection.state.state === 'disconnected';
    const action = down ? 'Connect' : 'Disconnect';
    return {
      label: `$(${down ? 'plug' : 'debug-disconnect'}) ${action} ${withoutIcons(label)}`,
      description: withoutIcons(description),
      run: () => runCommand(down ? 'connect' : 'disconnect', { connectionKey: connection.key }),
    };
  });
  const separator: MenuItem = { label: '', kind: vscode.QuickPickItemKind.Separator };
  const up = connections.connected().length > 0;
  const picked = await vscode.window.showQuickPick(
    [
      ...rows,
      ...(rows.length > 0 ? [separator] : []),
      ...(up ? [command('publish', 'send', 'Publish…'), command('subscribe', 'rss', 'Subscribe…')] : []),
      command('openInspector', 'search', 'Open Inspector'),
      command('addConnection', 'add', 'Add Connection…'),
      ...(brokerRuns
        ? [
            command('showBrokerAddresses', 'link', 'Show Local Broker Addresses…'),
            command('stopBroker', 'debug-stop', 'Stop Local Broker'),
          ]
        : [command('startBroker', 'play', 'Start Local Broker')]),
    ],
    { placeHolder: 'MQTT connections', matchOnDescription: true },
  );
  await picked?.run?.();
}

function command(name: CommandName, icon: string, caption: string): MenuItem {
  return { label: `$(${icon}) ${caption}`, run: () => runCommand(name) };
}
