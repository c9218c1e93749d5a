/*
 * Paths into a decoded payload, in the syntax that `where` has for them: `payload.path[0].x`. A name that does not read as
 * a word stands in brackets and quotes: `payload["odd name"]`.
 */

/** The payload itself. */
export const payloadRoot = 'payload';

/** As `where` reads names; what is told from it at sight stands bare. */
const word = /^[A-Za-z_$][\w$]*$/;

export function withName(path: string, name: string): string {
  return word.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}

export function withIndex(path: string, index: number): string {
  return `${path}[${index}]`;
}

/** A step from a value to one in it: the name of a member, or the place of an element from 0. */
export type PathStep = string | number;

const step = /\.([\p{L}_$][\p{L}\p{N}_$-]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/uy;

/** The steps of a path, or undefined where the text is none. */
export function parsePayloadPath(path: string): readonly PathStep[] | undefined {
  if (!path.startsWith(payloadRoot)) return undefined;
  const steps: PathStep[] = [];
  step.lastIndex = payloadRoot.length;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (!found) return undefined;
    const [, name, index, quoted] = found;
    if (name !== undefined) steps.push(name);
    else if (index !== undefined) steps.push(Number(index));
    else if (quoted !== undefined) {
      const parsed = unquotedName(quoted);
      if (parsed === undefined) return undefined;
      steps.push(parsed);
    }
  }
  return steps;
}

/** The last word of a path, for places that have little room. */
export function lastStep(path: string): string {
  const last = parsePayloadPath(path)?.at(-1);
  return last === undefined ? payloadRoot : typeof last === 'number' ? `[${last}]` : last;
}

function unquotedName(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    // An escape that JSON does not have: no path.
    return undefined;
  }
}
