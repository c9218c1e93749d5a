import * as vscode from 'vscode';
import { hexByte } from '../../base/bytes';
import { ClientError } from '../../client/clientFailure';
import type { ConnectionArgument } from '../../contributions/arguments';
import type { CommandHandlers } from '../../contributions/commands';
import { isReasonCodeOfOtherSide, reasonCodeTable } from '../../protocol/reasonCodes';
import { askSteps } from '../reporting/askSteps';
import { showInformation, showWarning } from '../reporting/notifications';
import { explainClientFailure } from '../reporting/clientFailure';
import { saying } from '../reporting/serverReasons';
import type { ConnectionPicker } from './connectionPicker';
import { lengthProblem } from './fieldProblems';
import type { LiveConnection } from './liveConnection';

interface ReasonItem extends vscode.QuickPickItem {
  readonly code: number;
}

/** What the usual ones lead to; of the others the name says it. */
const consequences: Readonly<Record<number, string>> = {
  0x00: 'the server does not publish the will',
  0x04: 'the server publishes the will, if the connection has one',
};

/** Table 2-6 lets DISCONNECT have it, and table 3-10, which says who sends what, does not. */
const badAuthenticationMethod = 0x8c;

/** The Reason Codes that a client may leave with (3.14.2.1, table 3-10). */
export function leavingReasons(): readonly { readonly code: number; readonly name: string }[] {
  return reasonCodeTable.filter(
    ({ code, packets }) =>
      packets.includes('DISCONNECT') &&
      code !== badAuthenticationMethod &&
      !isReasonCodeOfOtherSide(code, 'DISCONNECT', 'client'),
  );
}

/** The commands of a connection that is up and speaks 5.0: what older versions have no packet for. */
export class Version5Commands implements Pick<CommandHandlers, 'disconnectWithReason' | 'reauthenticate'> {
  constructor(private readonly picker: Pick<ConnectionPicker, 'pick'>) {}

  readonly disconnectWithReason = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(
      argument,
      'Connection to disconnect with a reason',
      speaks5,
      'No connection is up that speaks MQTT 5.0: DISCONNECT has a reason there only.',
    );
    if (!connection || !isStillUp(connection)) return;
    const { name } = connection.profile;
    const picked = await vscode.window.showQuickPick(reasonItems(), {
      title: `Disconnect ${name}`,
      placeHolder: 'Reason Code of DISCONNECT',
      matchOnDescription: true,
      matchOnDetail: true,
    });
    if (!picked) return;
    const answers = await askSteps(`Disconnect ${name}`, [
      {
        key: 'reasonString',
        label: 'Reason String',
        prompt: 'Reason String, for people at the server; leave it empty for none',
        problem: (text) => {
          const problem = lengthProblem(text);
          return problem && `The Reason String ${problem}`;
        },
      },
    ]);
    if (!answers || !isStillUp(connection)) return;
    const { reasonString } = answers;
    await connection.disconnect({
      reasonCode: picked.code,
      ...(reasonString !== '' && { properties: { reasonString } }),
    });
  };

  readonly reauthenticate = async (argument?: ConnectionArgument): Promise<void> => {
    const connection = await this.picker.pick(
      argument,
      'Connection to authenticate again',
      ({ canReauthenticate }) => canReauthenticate,
      'No connection is up that has an "authentication" in its settings.',
    );
    if (!connection || !isStillUp(connection)) return;
    const { name } = connection.profile;
    if (!connection.canReauthenticate) {
      void showWarning(
        `${name} has no "authentication" in its settings, so there is nothing to authenticate again by.`,
      );
      return;
    }
    try {
      const { properties } = await connection.reauthenticate();
      void showInformation(`${name} was authenticated again.${saying(properties)}`);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      const { state, profile } = connection;
      // That it ended, and why, is told of every connection that is not made again by itself.
      if (state.state === 'disconnected' && state.failure !== undefined) return;
      const { short } = explainClientFailure(error.failure, profile);
      const rest = state.state === 'connected' ? 'stays connected' : 'its connection ended';
      void showWarning(`${name} was not authenticated again, and ${rest}: ${short}.`);
    }
  };
}

function speaks5({ isConnected, version }: LiveConnection): boolean {
  return isConnected && version === 5;
}

/** Whether there is anybody to tell. A menu that was opened, or a question, may outlast the connection. */
function isStillUp(connection: LiveConnection): boolean {
  if (speaks5(connection)) return true;
  const { name } = connection.profile;
  void showWarning(`${name} is not connected with MQTT 5.0 any more, so nothing was sent.`);
  return false;
}

function reasonItems(): ReasonItem[] {
  return leavingReasons().map(({ code, name }) => ({
    ...{ code, label: name, description: `0x${hexByte(code).toUpperCase()}` },
    ...(consequences[code] !== undefined && { detail: consequences[code] }),
  }));
}
