import { runProgram } from './program';

void runProgram(process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
}).then((exitCode) => (process.exitCode = exitCode));
