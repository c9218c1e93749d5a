import { codec } from './codec';

const benches: Readonly<Record<string, () => void | Promise<void>>> = { codec };

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    console.error(
      `No benchmark is called ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}.`,
    );
    return 2;
  }
  for (const name of names.length > 0 ? names : Object.keys(benches)) await benches[name]?.();
  return 0;
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
