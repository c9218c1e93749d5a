import * as vscode from 'vscode';
import { assertNever } from '../../base/assert';
import { DisposableStack, type Disposable } from '../../base/lifecycle';
import { mqttLanguage } from '../../contributions/languages';
import {
  describeProblem,
  type ProblemSeverity,
  severityOf,
  type SnippetProblem,
} from '../../snippets/problems';
import { problemsOf } from '../../snippets/publishPlan';
import type { SnippetFiles } from './snippetFiles';

/** What is wrong in the `.mqtt` files that are open, underlined while they are written. */
export class SnippetDiagnostics implements Disposable {
  private readonly held = new DisposableStack();
  private readonly collection = this.held.add(vscode.languages.createDiagnosticCollection(mqttLanguage.id));

  constructor(private readonly files: SnippetFiles) {
    this.held.add(vscode.workspace.onDidOpenTextDocument((document) => this.check(document)));
    this.held.add(vscode.workspace.onDidChangeTextDocument(({ document }) => this.check(document)));
    this.held.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => this.collection.delete(uri)));
    for (const document of vscode.workspace.textDocuments) this.check(document);
  }

  dispose(): void {
    this.held.dispose();
  }

  private check(document: vscode.TextDocument): void {
    if (document.languageId !== mqttLanguage.id) return;
    const problems = problemsOf(this.files.parsedDocument(document));
    this.collection.set(
      document.uri,
      problems.map((problem) => diagnosticOf(problem, document)),
    );
  }
}

function diagnosticOf(problem: SnippetProblem, document: vscode.TextDocument): vscode.Diagnostic {
  const range = new vscode.Range(document.positionAt(problem.start), document.positionAt(problem.end));
  const diagnostic = new vscode.Diagnostic(range, describeProblem(problem), severities(severityOf(problem)));
  diagnostic.source = 'MQTT';
  diagnostic.code = problem.code;
  return diagnostic;
}

function severities(severity: ProblemSeverity): vscode.DiagnosticSeverity {
  switch (severity) {
    case 'error':
      return vscode.DiagnosticSeverity.Error;
    case 'warning':
      return vscode.DiagnosticSeverity.Warning;
    default:
      return assertNever(severity);
  }
}
