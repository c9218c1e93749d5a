/** Everything the page may load, as addresses its webview understands. */
export interface InspectorResources {
  readonly script: string;
  readonly style: string;
  readonly codicons: string;
  /** The source of the extension's own files for the Content Security Policy. */
  readonly cspSource: string;
  /** Unguessable, new for each page. */
  readonly nonce: string;
}

/** The inspector's page. It loads its own script and styles and nothing else, from nowhere else. */
export function inspectorHtml(resources: InspectorResources): string {
  const { script, style, codicons, cspSource, nonce } = resources;
  const policy = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    // Images of payloads, from bytes that the page has.
    'img-src blob:',
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="UTF-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <link rel="stylesheet" href="${codicons}" id="vscode-codicon-stylesheet" />
    <link rel="stylesheet" href="${style}" />
    <title>MQTT Inspector</title>
  </head>
  <body>
    <mqtt-inspector></mqtt-inspector>
    <script type="module" nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}
