import type { PacketType } from '../../../src/protocol/controlPacket';
import { packetTypeNames } from '../../../src/protocol/controlPacket';
import type { FieldNode } from '../../../src/protocol/dissect';
import { dissect } from '../../../src/protocol/dissect';
import type { ViolationId } from '../../../src/protocol/violations';
import { violationTable } from '../../../src/protocol/violations';
import type { SourceFile } from '../../support/sources';
import { sourceFiles } from '../../support/sources';
import type { Vector } from '../../support/vectors';
import { loadVectors } from '../../support/vectors';
import type { SpecificationVersion } from './statements';
import type { Place, Tag } from './tags';
import { misspeltTags, tagsIn } from './tags';

/** A rule that a vector breaks, and has to be found to break. */
export interface BrokenRule extends Place {
  readonly version: SpecificationVersion;
  readonly violation: ViolationId;
  readonly clause: string;
  readonly packet: PacketType | undefined;
  /** Labels of the fields around the byte that breaks it, the outermost first. */
  readonly fields: readonly string[];
}

/** Everything the repository says about statements. */
export interface Findings {
  readonly sourceTags: readonly Tag[];
  readonly testTags: readonly Tag[];
  readonly misspelt: readonly string[];
  /** The lines that report each violation. */
  readonly raised: ReadonlyMap<ViolationId, readonly Place[]>;
  readonly brokenRules: readonly BrokenRule[];
}

/** Below test/: what is no test itself. The scripts of the broker are; those of the repository are programs. */
const noTests = /^test\/(conventions|support|scripts(?!\/broker\/)|bench)\//;
const reporting = /^src\/(protocol|session|broker)\/(?!\w+Catalogue\.ts$)/;

/** Reads sources, tests and vectors. */
export function findInRepository(): Findings {
  const sources = ['src', 'media'].flatMap((folder) => sourceFiles(folder, ['.ts']));
  const tests = sourceFiles('test', ['.ts', '.json']).filter(({ path }) => !noTests.test(path));
  return {
    sourceTags: sources.flatMap(tagsIn),
    testTags: tests.flatMap(tagsIn),
    misspelt: [...sources, ...tests].flatMap(misspeltTags),
    raised: raisedIn(sources.filter(({ path }) => reporting.test(path))),
    brokenRules: brokenRules(loadVectors(), tests),
  };
}

function raisedIn(sources: readonly SourceFile[]): ReadonlyMap<ViolationId, readonly Place[]> {
  const raised = new Map<ViolationId, Place[]>();
  for (const { path, text } of sources) {
    for (const [index, content] of text.split('\n').entries()) {
      for (const [, word] of content.matchAll(/'(\w+)'/g)) {
        if (!isViolation(word)) continue;
        const places = raised.get(word) ?? [];
        places.push({ path, line: index + 1 });
        raised.set(word, places);
      }
    }
  }
  return raised;
}

function isViolation(word: string | undefined): word is ViolationId {
  return word !== undefined && Object.hasOwn(violationTable, word);
}

function brokenRules(vectors: readonly Vector[], tests: readonly SourceFile[]): BrokenRule[] {
  const linesOfNames = new Map(
    tests
      .filter(({ path }) => path.startsWith('test/vectors/'))
      .flatMap(({ path, text }) =>
        text.split('\n').flatMap((content, index) => {
          const name = /"name": ("(?:[^"\\]|\\.)*")/.exec(content)?.[1];
          return name === undefined ? [] : [[JSON.parse(name) as string, { path, line: index + 1 }] as const];
        }),
      ),
  );
  return vectors.flatMap(({ name, version, bytes, context, violations }) => {
    const place = linesOfNames.get(name);
    // 3.1 is a version of its own: what is shown of it is not shown of 3.1.1.
    if (!place || version === 3 || violations.length === 0) return [];
    const { fields } = dissect(bytes, context);
    return violations.map(({ id, clause, offset }) => ({
      ...place,
      version: version === 5 ? ('5.0' as const) : ('3.1.1' as const),
      violation: id,
      clause,
      packet: packetTypeNames[(bytes[0] ?? 0) >> 4] as PacketType | undefined,
      fields: labelsAround(fields, offset),
    }));
  });
}

function labelsAround(fields: readonly FieldNode[], offset: number): string[] {
  const field = fields.find(({ start, end }) => start <= offset && offset < end);
  return field ? [field.label, ...labelsAround(field.children, offset)] : [];
}
