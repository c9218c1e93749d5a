// Types, types of the core and lint, each as one test: what TypeScript has parsed and found out for the first, the others
// use. Programs of their own would do that again, which is most of what they do.
import * as fs from 'node:fs';
import * as path from 'node:path';
import { ESLint } from 'eslint';
import ts from 'typescript';
import { root } from '../setup.mjs';

/** Parsed files by their path. They depend on no option in which the two projects differ, so both may hold the same. */
const parsed = new Map();

/** The program of a project as `tsc --noEmit -p` makes it, and what that would complain about. */
function compiled(project) {
  const complaints = [];
  const { options, fileNames, errors, projectReferences } = ts.getParsedCommandLineOfConfigFile(
    path.join(root, project),
    { noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (diagnostic) => complaints.push(diagnostic) },
  );
  // Rules go from nodes to their parents.
  const host = ts.createCompilerHost(options, true);
  const read = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!parsed.has(file)) parsed.set(file, read(file, ...rest));
    return parsed.get(file);
  };
  const program = ts.createProgram({
    rootNames: fileNames,
    options,
    host,
    projectReferences,
    configFileParsingDiagnostics: errors,
  });
  complaints.push(...ts.getPreEmitDiagnostics(program));
  return { program, complaints: ts.sortAndDeduplicateDiagnostics(complaints) };
}

const formatHost = {
  getCanonicalFileName: (file) => file,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

async function linted(program) {
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: {
      files: ['{src,media,test}/**/*.ts'],
      languageOptions: { parserOptions: { projectService: false, programs: [program] } },
    },
  });
  const results = await eslint.lintFiles(['.']);
  const formatter = await eslint.loadFormatter('stylish');
  const wrong = results.some(({ errorCount, fatalErrorCount }) => errorCount + fatalErrorCount > 0);
  return { wrong, told: await formatter.format(results) };
}

const counts = { passed: 0, failed: 0, skipped: 0 };

function count(name, wrong, told) {
  counts[wrong ? 'failed' : 'passed']++;
  if (wrong) console.log(`  failed: ${name}`);
  if (told !== '') console.log(told);
}

const whole = compiled('tsconfig.json');
count('types', whole.complaints.length > 0, ts.formatDiagnostics(whole.complaints, formatHost));
const core = compiled('src/tsconfig.core.json');
count('types of the core', core.complaints.length > 0, ts.formatDiagnostics(core.complaints, formatHost));
const lint = await linted(whole.program);
count('lint', lint.wrong, lint.told);

if (counts.failed > 0) process.exitCode = 1;
const report = process.env['MQTT_WORKBENCH_REPORT'];
if (report !== undefined) fs.writeFileSync(report, JSON.stringify(counts));
