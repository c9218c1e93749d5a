import * as vscode from 'vscode';
import type { Disposable } from '../../base/lifecycle';
import { DisposableStack } from '../../base/lifecycle';
import { mqttLanguage } from '../../contributions/languages';
import type { Connections } from '../connections/connections';
import { commandLink } from '../vscodeBindings';
import { publishBlocks } from './snippetBlocks';
import type { SnippetFiles } from './snippetFiles';

/** Publish over each PUBLISH block, and a way to choose the connection where there is more than one. */
export class SnippetLenses implements vscode.CodeLensProvider, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new vscode.EventEmitter<void>());
  private withChoice: boolean;
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly files: SnippetFiles,
    private readonly connections: Connections,
  ) {
    this.withChoice = connections.all().length > 1;
    this.held.add(connections.onDidChange(() => this.connectionsChanged()));
    this.held.add(vscode.languages.registerCodeLensProvider({ language: mqttLanguage.id }, this));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { version } = document;
    const uri = document.uri.toString();
    return publishBlocks(this.files.parsedDocument(document)).flatMap(({ line }) => {
      const range = new vscode.Range(line, 0, line, 0);
      const lenses = [
        new vscode.CodeLens(range, commandLink('publishSnippet', '$(play) Publish', { uri, line, version })),
      ];
      if (this.withChoice) {
        lenses.push(
          new vscode.CodeLens(range, commandLink('publishSnippetTo', '…to', { uri, line, version })),
        );
      }
      return lenses;
    });
  }

  dispose(): void {
    this.held.dispose();
  }

  private connectionsChanged(): void {
    const withChoice = this.connections.all().length > 1;
    if (withChoice === this.withChoice) return;
    this.withChoice = withChoice;
    this.changed.fire();
  }
}
