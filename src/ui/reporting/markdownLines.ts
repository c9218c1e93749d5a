import * as vscode from 'vscode';

/**
 * Lines of text for a tooltip, the first of them in bold: what is wrapped and may be scrolled, as a plain tooltip may not.
 * Whatever stands in the text is shown as it is, and nothing of it becomes a link or an icon.
 */
export function markdownLines(text: string): vscode.MarkdownString {
  const [first = '', ...others] = text.split('\n').map(escaped);
  return new vscode.MarkdownString([`**${first.trim()}**`, ...others].join('  \n'));
}

/** `appendText` of VS Code would make every space one that no line is broken at. */
function escaped(text: string): string {
  return text.replace(/[!-/:-@[-`{-~]/g, '\\$&');
}
