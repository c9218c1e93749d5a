import * as vscode from 'vscode';
import { parseHexDump } from '../../base/hexDump';
import { explainHexDump, explainOmitted } from '../../base/hexDumpProblem';
import { showError, showInformation } from '../reporting/notifications';
import type { InspectBytesDependencies } from './inspectBytes';
import { inspectBytes } from './inspectBytes';

interface Dependencies extends InspectBytesDependencies {
  /** Runs before the first row is entered: the log may still have to come back from the last window. */
  readonly ready: () => Promise<void>;
}

/**
 * **Decode as MQTT**: takes the selection of the active editor, or the whole text where nothing is selected, for bytes
 * and opens their packets in the inspector.
 */
export async function decodeSelection(dependencies: Dependencies): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    await showError(
      'There is no text to decode. Open a file with a hex dump or a C array and select the bytes.',
    );
    return;
  }
  const { document, selection } = editor;
  const range = selection.isEmpty ? undefined : new vscode.Range(selection.start, selection.end);
  const parsed = parseHexDump(document.getText(range));
  const from = range?.start ?? new vscode.Position(0, 0);
  if ('problem' in parsed) {
    await showError(explainHexDump(parsed.problem, { line: from.line, column: from.character }));
    return;
  }
  await dependencies.ready();
  const name = `${vscode.workspace.asRelativePath(document.uri)}:${from.line + 1}`;
  const omitted = explainOmitted(parsed.omitted, from.line);
  await Promise.all([
    inspectBytes(dependencies, name, parsed.bytes),
    omitted === undefined ? undefined : showInformation(`${name}: ${omitted}`),
  ]);
}
