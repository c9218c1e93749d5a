import * as vscode from 'vscode';
import type { Clock } from '../../base/clock';
import type { Disposable } from '../../base/lifecycle';
import { DisposableStack } from '../../base/lifecycle';
import { mqttLanguage } from '../../contributions/languages';
import { namedConnection } from '../../snippets/namedConnection';
import type { Connections } from '../connections/connections';
import { commandLink } from '../vscodeBindings';
import { lensTitles } from './lensTitles';
import { publishBlocks } from './snippetBlocks';
import type { SnippetFiles } from './snippetFiles';

/** Publish over each PUBLISH block, with the connection it goes to, and a way to choose another where there is one. */
export class SnippetLenses implements vscode.CodeLensProvider, Disposable {
  private readonly held = new DisposableStack();
  private readonly changed = this.held.add(new vscode.EventEmitter<void>());
  private shown: string;
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(
    private readonly files: SnippetFiles,
    private readonly connections: Connections,
    private readonly clock: Clock,
  ) {
    this.shown = this.toShow();
    this.held.add(connections.onDidChange(() => this.connectionsChanged()));
    this.held.add(vscode.languages.registerCodeLensProvider({ language: mqttLanguage.id }, this));
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { version } = document;
    const uri = document.uri.toString();
    const parsed = this.files.parsedDocument(document);
    const lasting = this.lastingNames();
    const count = this.connections.all().length;
    const sources = { now: this.clock.now(), random: Math.random, counter: 0 };
    return publishBlocks(parsed).flatMap(({ block, line }) => {
      const range = new vscode.Range(line, 0, line, 0);
      const argument = { uri, line, version };
      const titles = lensTitles(namedConnection(parsed, block, sources), lasting, count);
      const { publish, publishTo } = titles;
      return [
        new vscode.CodeLens(range, commandLink('publishSnippet', publish, argument)),
        ...(publishTo === undefined
          ? []
          : [new vscode.CodeLens(range, commandLink('publishSnippetTo', publishTo, argument))]),
      ];
    });
  }

  dispose(): void {
    this.held.dispose();
  }

  private connectionsChanged(): void {
    const toShow = this.toShow();
    if (toShow === this.shown) return;
    this.shown = toShow;
    this.changed.fire();
  }

  /** What of the connections stands in lenses. */
  private toShow(): string {
    return JSON.stringify([this.lastingNames(), this.connections.all().length > 1]);
  }

  private lastingNames(): readonly string[] {
    return this.connections.all().flatMap(({ isLasting, profile }) => (isLasting ? [profile.name] : []));
  }
}
