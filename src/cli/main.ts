import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { version } from '../../package.json';
import { runProgram } from './program';

// A reader that has seen enough, such as head, closes the pipe: nothing is wrong then.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

void runProgram(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
  input: async () => (process.stdin.isTTY ? undefined : await standardInput()),
  file: async (path) => ((await isFile(path)) ? await readFile(path) : undefined),
  secret: typedSecret,
  version,
}).then((exitCode) => (process.exitCode = exitCode));

async function standardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The terminal shows what is typed unless it is told not to. */
function typedSecret(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  return new Promise((resolve) => {
    const lines = createInterface({
      input: stdin,
      output: new Writable({ write: (_1, _2, done) => done() }),
      terminal: true,
    });
    lines.once('SIGINT', () => {
      stderr.write('\n');
      process.exit(130);
    });
    lines.once('line', (line) => {
      lines.close();
      stderr.write('\n');
      resolve(line);
    });
  });
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    // What is no file is read as the bytes themselves; a file that is there and cannot be read is an error.
    if (['ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw error;
  }
}
