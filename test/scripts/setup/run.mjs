import { spawn } from 'node:child_process';

/**
 * Runs a program to its end. Resolves with its exit code and everything it printed; with `show` it prints as it goes.
 * A program that cannot be started has the code 127, as in a shell.
 */
export function run(command, commandArguments, { cwd, env, show = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, commandArguments, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Runs npm, also where it is a script that only a shell can start: the npm that started us says where it lies. */
export function npm(commandArguments, options) {
  const script = process.env.npm_execpath;
  if (script?.endsWith('npm-cli.js')) return run(process.execPath, [script, ...commandArguments], options);
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', commandArguments, options);
}

/** The last line of a failed program's output that says something; npm's own lines about logs do not. */
export function reason(output) {
  const lines = output.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim());
  const telling = lines.filter(
    (line) => line !== '' && !line.startsWith('A complete log') && !line.startsWith('npm warn'),
  );
  return (
    telling.find((line) => /ENOTFOUND|ECONN|ETIMEDOUT|E\d{3}|network|EACCES|ENOSPC/.test(line)) ??
    telling.at(-1) ??
    ''
  );
}
