import assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { parse } from '../../src/snippets/parser';
import { describeProblem, type SnippetProblem } from '../../src/snippets/problems';
import {
  type FileFailure,
  publishPlan,
  type PublishOutcome,
  type PublishPlan,
  type PublishScope,
} from '../../src/snippets/publishPlan';
import { positionAt, type SnippetDocument } from '../../src/snippets/syntax';

export const files: Readonly<Record<string, Uint8Array>> = {
  './build/firmware.bin': Uint8Array.from({ length: 256 }, (_, index) => index),
  'device.json': encodeUtf8('{"id": "{{device}}"}'),
  'broken.json': encodeUtf8('{"id": '),
};

const failures: Readonly<Record<string, FileFailure>> = {
  locked: 'notReadable',
  untrusted: 'notTrusted',
  unsaved: 'notSaved',
};

const scope: PublishScope = {
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  random: () => 0.5,
  counter: 7,
  connection: (profile) => ({ clientIdentifier: profile ?? 'bench', version: profile === 'old' ? 4 : 5 }),
  readFile: (path) => Promise.resolve(files[path] ?? failures[path] ?? 'notFound'),
};

/** The outcome for the last block of a file. */
export async function outcomeOf(text: string, changed: Partial<PublishScope> = {}): Promise<PublishOutcome> {
  const document = parse(text);
  return publishPlan(document, document.blocks[document.blocks.length - 1] ?? assert.fail('no block'), {
    ...scope,
    ...changed,
  });
}

export async function planOf(text: string, changed: Partial<PublishScope> = {}): Promise<PublishPlan> {
  const { plan, problems } = await outcomeOf(text, changed);
  return plan ?? assert.fail(problems.map(describeProblem).join('; '));
}

export const payloadText = ({ payload }: PublishPlan): string => new TextDecoder().decode(payload);

/** `line:column code "text"`, lines and columns from 1. */
export function shown(document: SnippetDocument, { code, start, end }: SnippetProblem): string {
  const { line, column } = positionAt(document, start);
  return `${line + 1}:${column + 1} ${code} ${JSON.stringify(document.text.slice(start, end))}`;
}
