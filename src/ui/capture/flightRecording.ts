import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import type { Pace } from '../../base/slices';
import type { PacketLog } from '../../capture/packetLog';
import { capturedEndpoints } from '../../capture/pcap/capturedEndpoints';
import { FlightRecorder } from '../../capture/recording/flightRecorder';
import { isRecordingName } from '../../capture/recording/recordingFolder';
import { commandId } from '../../contributions/commands';
import { concealSecrets } from '../../inspector/concealment';
import { absoluteFolder, RecordingDirectory } from '../../storage/recordingDirectory';
import { describeFileFailure } from '../reporting/fileFailure';
import type { LogSink } from '../reporting/logSink';
import { showError, showInformation, showWarning } from '../reporting/notifications';
import { onDidChangeSetting, readSetting, writeUserSetting } from '../vscodeBindings';
import { showCaptureFile } from './openCaptureFile';
import { recorderConfiguration, type RecorderConfiguration } from './recorderSettings';
import { recorderText } from './recorderText';

export interface FlightRecordingDependencies {
  readonly packets: PacketLog;
  /** Where recordings go unless the settings say otherwise. */
  readonly folder: string;
  /** What writes the files, with its version. */
  readonly application: string;
  /** Runs before the first packet is recorded: what comes back from the last window was recorded then. */
  readonly ready: () => Promise<void>;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: LogSink;
}

/** The flight recorder as the settings want it, its item in the status bar, and what can be done with its files. */
export class FlightRecording implements Disposable {
  private readonly held = new DisposableStack();
  private readonly item = this.held.add(
    vscode.window.createStatusBarItem('mqttWorkbench.flightRecorder', vscode.StatusBarAlignment.Left),
  );
  private configuration: RecorderConfiguration;
  private recorder: FlightRecorder | undefined;
  /** Of the recorder that is there now: a failure is told once until it is over. */
  private isFailing = false;
  /** Changes of the settings take their turns. */
  private turns: Promise<void> = Promise.resolve();

  readonly commands = {
    showFlightRecorder: () => this.showMenu(),
    toggleFlightRecorder: () => this.toggle(),
    openLatestRecording: () => this.openLatest(),
    openRecordings: () => this.openFolder(),
  };

  constructor(private readonly dependencies: FlightRecordingDependencies) {
    this.item.name = 'MQTT Flight Recorder';
    this.item.command = commandId('showFlightRecorder');
    this.configuration = this.configured();
    for (const name of ['enabled', 'folder', 'fileSize', 'files'] as const) {
      this.held.add(onDidChangeSetting(`flightRecorder.${name}`, () => this.apply()));
    }
    if (this.configuration.enabled) this.apply();
  }

  /** Resolves when everything that was captured by now is in a file, if it is to be. Never rejects. */
  async catchUp(): Promise<void> {
    await this.recorder?.catchUp();
  }

  /** Ends the recording with everything in it. Never rejects. */
  async stop(): Promise<void> {
    await this.turns;
    const { recorder } = this;
    this.recorder = undefined;
    await recorder?.stop();
  }

  dispose(): void {
    this.recorder?.dispose();
    this.held.dispose();
  }

  private configured(): RecorderConfiguration {
    return recorderConfiguration(readSetting, this.dependencies.folder, absoluteFolder);
  }

  private apply(): void {
    this.turns = this.turns.then(async () => {
      await this.stopRecorder();
      this.configuration = this.configured();
      if (this.configuration.enabled) await this.start(this.configuration);
      else this.item.hide();
    });
  }

  private async stopRecorder(): Promise<void> {
    const { recorder } = this;
    this.recorder = undefined;
    await recorder?.stop();
  }

  private async start({ folder, folderProblem, fileBytes, files }: RecorderConfiguration): Promise<void> {
    const { packets, application, clock, pace, ready, log } = this.dependencies;
    await ready();
    if (folderProblem !== undefined) void showWarning(folderProblem);
    const recorder = new FlightRecorder({
      ...{ log: packets, fileBytes, files, application, clock, pace },
      folder: new RecordingDirectory(folder, isRecordingName),
      endpointsOf: (connection) => capturedEndpoints(packets, connection),
      conceal: (...row) => concealSecrets(...row).bytes,
    });
    this.recorder = recorder;
    this.isFailing = false;
    recorder.onDidChange(() => this.update(recorder));
    this.update(recorder);
    this.item.show();
    log.info(`The flight recorder records to ${folder}.`);
  }

  private update(recorder: FlightRecorder): void {
    if (recorder !== this.recorder) return;
    const { state } = recorder;
    const { folder } = this.configuration;
    const { shown, spoken } = recorderText(state, folder);
    const isFailing = state.phase === 'failing';
    if (this.item.text !== shown) this.item.text = shown;
    if (this.item.tooltip !== spoken) {
      this.item.tooltip = spoken;
      this.item.accessibilityInformation = { label: spoken, role: 'button' };
    }
    if (isFailing === this.isFailing) return;
    this.isFailing = isFailing;
    this.item.backgroundColor = isFailing
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    if (!isFailing) return;
    const why = describeFileFailure(state.failure);
    this.dependencies.log.error(`The flight recorder cannot write to ${folder}: ${String(state.failure)}`);
    void showError(
      `The flight recorder cannot write to ${folder}. ${why} It goes on trying, and what is captured meanwhile is recorded then as far as the capture budget holds it.`,
      { caption: 'Open Settings', run: openSettings },
      { caption: 'Turn Off', run: () => this.toggle() },
    );
  }

  private async showMenu(): Promise<void> {
    const { enabled, folder } = this.configuration;
    const state = this.recorder?.state;
    const chosen = await vscode.window.showQuickPick(
      [
        { label: 'Open Latest Recording', run: () => this.openLatest() },
        { label: 'Open Flight Recorder Folder', description: folder, run: () => this.openFolder() },
        { label: enabled ? 'Turn Off' : 'Turn On', run: () => this.toggle() },
        { label: 'Open Settings', run: openSettings },
      ],
      {
        title: 'Flight Recorder',
        placeHolder: state ? recorderText(state, folder).brief : 'Nothing is recorded to the disk',
      },
    );
    await chosen?.run();
  }

  private async toggle(): Promise<void> {
    const enabled = !this.configuration.enabled;
    await writeUserSetting('flightRecorder.enabled', enabled);
  }

  private async openLatest(): Promise<void> {
    await this.catchUp();
    const { folder, enabled } = this.configuration;
    const files = await new RecordingDirectory(folder, isRecordingName).list();
    const latest = [...files].sort((a, b) => b.modified - a.modified)[0];
    if (latest) await showCaptureFile(vscode.Uri.joinPath(vscode.Uri.file(folder), latest.name));
    else await this.tellNothing(enabled);
  }

  private async openFolder(): Promise<void> {
    const { folder, enabled } = this.configuration;
    const uri = vscode.Uri.file(folder);
    const files = await new RecordingDirectory(folder, isRecordingName).list();
    const first = files[0];
    if (!first) {
      await this.tellNothing(enabled);
      return;
    }
    const isHere = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
    if (isHere) await vscode.commands.executeCommand('revealFileInOS', vscode.Uri.joinPath(uri, first.name));
    else await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  }

  private async tellNothing(enabled: boolean): Promise<void> {
    if (enabled) {
      await showInformation('There is no recording yet: the first packet that is captured begins one.');
      return;
    }
    await showInformation('There is no recording: the flight recorder is off.', {
      caption: 'Turn On',
      run: () => this.toggle(),
    });
  }
}

function openSettings(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', 'mqttWorkbench.flightRecorder');
}
