import * as vscode from 'vscode';

/**
 * Lines of text for a tooltip, the first of them in bold: what is wrapped and may be scrolled, as a plain tooltip may not.
 * Whatever stands in the text is shown as it is, and nothing of it becomes a command.
 */
export function markdownLines(text: string): vscode.MarkdownString {
  const [first = '', ...others] = text.split('\n');
  const markdown = new vscode.MarkdownString('**').appendText(first).appendMarkdown('**');
  for (const line of others) markdown.appendMarkdown('  \n').appendText(line);
  return markdown;
}
