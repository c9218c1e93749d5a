import { broker } from './broker';
import { client } from './client';
import { codec } from './codec';
import { inspector } from './inspector';

/** `only` is a part of the names of what is to be measured. */
const benches: Readonly<Record<string, (only?: string) => void | Promise<void>>> = {
  codec,
  client,
  broker,
  inspector,
};

/** Each name may go on with a colon and a part of the titles that are wanted: `client:QoS 2`. */
async function main(names: readonly string[]): Promise<number> {
  const wanted = names.map((name) => name.split(':') as [string, string?]);
  const unknown = wanted.filter(([name]) => !(name in benches)).map(([name]) => name);
  if (unknown.length > 0) {
    console.error(
      `No benchmark is called ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}.`,
    );
    return 2;
  }
  for (const [name, only] of wanted.length > 0
    ? wanted
    : Object.keys(benches).map((key) => [key] as [string]))
    await benches[name]?.(only);
  return 0;
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
