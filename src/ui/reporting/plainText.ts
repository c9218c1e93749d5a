/** Text as it stands, with nothing that VS Code would make a link of: in messages `[text](command:...)` is one. */
export function withoutLinks(text: string): string {
  return text.replace(/\](?=\()/g, ']\u200b');
}

/** Text for places where VS Code draws `$(name)` as an icon: status bar, quick pick and lenses. */
export function withoutIcons(text: string): string {
  return text.replace(/\\?\$\(/g, '\\$&');
}
