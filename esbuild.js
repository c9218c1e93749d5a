// Bundles everything that runs: the extension, the terminal program, the webview, and what `npm start` and the tests load.
//   node esbuild.js               for development: source maps, nothing minified
//   node esbuild.js --production  as it ships
//   node esbuild.js --watch       and again whenever a source changes
//   node esbuild.js --manifest    writes what src/contributions says into package.json
const fs = require('node:fs');
const path = require('node:path');
const esbuild = require('esbuild');

const flags = new Set(process.argv.slice(2));
const unknown = [...flags].filter((flag) => !['--production', '--watch', '--manifest'].includes(flag));

const node = { platform: 'node', format: 'cjs', target: 'node20' };
const hostSuites = 'test/workbench/host';

/** Every bundle by its entry; VS Code itself is there at run time, and mocha finds its own parts in node_modules. */
const bundles = [
  { entry: 'src/extension.ts', outfile: 'dist/extension.js', ...node, external: ['vscode'] },
  {
    entry: 'src/cli/main.ts',
    outfile: 'dist/cli.js',
    ...node,
    banner: { js: '#!/usr/bin/env node' },
    // What it has for Node loads its parts in a way that cannot be bundled.
    alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  },
  {
    entry: 'media/inspector/main.ts',
    outfile: 'dist/inspector/main.js',
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
  },
  { entry: 'test/playground-device/main.ts', outfile: 'dist/playground.js', ...node },
  ...listed(hostSuites, '.ts').map((file) => ({
    entry: `${hostSuites}/${file}`,
    outfile: `dist/test/host/${path.basename(file, '.ts')}.js`,
    ...node,
    external: ['vscode', 'mocha'],
  })),
];

/** What is shipped as others made it. */
const copies = [
  ['node_modules/@vscode/codicons/dist/codicon.css', 'dist/codicons/codicon.css'],
  ['node_modules/@vscode/codicons/dist/codicon.ttf', 'dist/codicons/codicon.ttf'],
  ['node_modules/@vscode/codicons/LICENSE', 'dist/codicons/LICENSE'],
  // Its JavaScript is in the bundle, and looks for the rest beside that.
  ['node_modules/node-sqlite3-wasm/dist/node-sqlite3-wasm.wasm', 'dist/node-sqlite3-wasm.wasm'],
  ['node_modules/node-sqlite3-wasm/LICENSE', 'dist/node-sqlite3-wasm.LICENSE'],
];

async function main() {
  if (unknown.length > 0) throw new Error(`esbuild.js knows no ${unknown.join(' ')}`);
  process.chdir(__dirname);
  if (flags.has('--manifest')) return writeManifest();
  const absent = bundles.filter(({ entry }) => !fs.existsSync(entry)).map(({ entry }) => entry);
  if (absent.length > 0) throw new Error(`Nothing was built: there is no ${absent.join(' and no ')}`);
  fs.rmSync('dist', { recursive: true, force: true });
  for (const [from, to] of copies) {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(from, to);
  }
  const production = flags.has('--production');
  const options = bundles.map(({ entry, ...rest }) => ({
    ...rest,
    entryPoints: [entry],
    bundle: true,
    minify: production,
    sourcemap: !production,
    logLevel: 'warning',
  }));
  if (!flags.has('--watch')) {
    await Promise.all(options.map((each) => esbuild.build(each)));
    // Its time tells `npm start` whether there is anything to build.
    fs.writeFileSync('dist/built', '');
    return;
  }
  for (const each of options) await (await esbuild.context(each)).watch();
  console.log('Built; watching for changes. Ctrl+C ends it.');
}

/** package.json keeps what it says by hand; the parts that src/contributions describes are replaced. */
async function writeManifest() {
  const { outputFiles } = await esbuild.build({
    entryPoints: ['src/contributions/manifest.ts'],
    bundle: true,
    write: false,
    ...node,
  });
  const manifest = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(manifest, manifest.exports, require);
  const { contributes, activationEvents, capabilities } = manifest.exports;
  const described = JSON.parse(fs.readFileSync('package.json', 'utf8'));
  Object.assign(described, {
    activationEvents: activationEvents(),
    capabilities: capabilities(),
    contributes: contributes(),
  });
  fs.writeFileSync('package.json', `${JSON.stringify(described, undefined, 2)}\n`);
}

function listed(folder, ending) {
  const absolute = path.join(__dirname, folder);
  return fs.existsSync(absolute) ? fs.readdirSync(absolute).filter((file) => file.endsWith(ending)) : [];
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
