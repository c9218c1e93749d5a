import type { Span } from '../base/spans';
import { decodeUtf8 } from '../base/utf8';
import type { ProtocolVersion, QoS } from '../protocol/controlPacket';
import type { Properties } from '../protocol/properties';
import { encodeBody, fileBody, jsonFault, type BodyFault, type FileBody } from './body';
import type { BuiltInSources } from './builtIns';
import { metadataErrors, metadataProblems } from './metadata';
import { problem, type ProblemCode, severityOf, type SnippetProblem } from './problems';
import { publishHeaders, topicFault, type PublishHeaders, type ValueFault } from './publishHeaders';
import type { Block, Header, SnippetDocument, Word } from './syntax';
import { Variables, type Expansion } from './variables';

/** What a plan needs to know of the connection that will send it. */
export interface PlannedConnection {
  readonly clientIdentifier: string;
  readonly version: ProtocolVersion;
}

/**
 * Why there are no bytes: the workspace is not trusted, so its files are left alone; or the `.mqtt` file is not saved, so
 * its path has no beginning.
 */
export type FileFailure = 'notFound' | 'notReadable' | 'notTrusted' | 'notSaved';

const fileProblems: Readonly<Record<FileFailure, ProblemCode>> = {
  notFound: 'fileNotFound',
  notReadable: 'fileNotReadable',
  notTrusted: 'fileNotTrusted',
  notSaved: 'fileNotSaved',
};

/** What one sending is made of beside the file. */
export interface PublishScope extends Omit<BuiltInSources, 'clientIdentifier'> {
  /** The connection that will send: of the profile the block names, or the one that serves when it names none. */
  readonly connection: (profile: string | undefined) => PlannedConnection | undefined;
  /** Reads a file; the path is as written, relative to the `.mqtt` file or absolute. */
  readonly readFile: (path: string) => Promise<Uint8Array | FileFailure>;
}

/** A message ready to be sent, every byte of it. */
export interface PublishPlan {
  readonly topicName: string;
  readonly payload: Uint8Array;
  readonly qos: QoS;
  readonly retain: boolean;
  /** The profile that the block names. */
  readonly connection: string | undefined;
  readonly properties: Properties;
  /** Of `# @note`: to be shown, and agreed to, before anything is sent. */
  readonly note: string | undefined;
}

/** Either a plan or the problems that keep the block from being sent. */
export type PublishOutcome =
  | { readonly plan: PublishPlan; readonly problems: readonly [] }
  | { readonly plan: undefined; readonly problems: readonly SnippetProblem[] };

/** Makes of a PUBLISH block the message it means. Where anything is wrong there is no message at all. */
export async function publishPlan(
  document: SnippetDocument,
  block: Block,
  scope: PublishScope,
): Promise<PublishOutcome> {
  const draft = new PublishDraft(document, block, scope);
  const payload = draft.file ? await readPayload(draft, draft.file, scope) : draft.payload;
  const problems = [...ownErrors(document, block), ...metadataErrors(block), ...draft.problems];
  if (problems.length > 0 || !payload || draft.topicName === undefined) return { plan: undefined, problems };
  const { qos, retain, connection, properties } = draft.headers;
  const note = block.metadata.find(({ name }) => name.text === 'note')?.value.text;
  return {
    plan: { topicName: draft.topicName, payload, qos, retain, connection, properties, note },
    problems: [],
  };
}

/** What can be said to be wrong with a file without sending, connecting or reading other files. In its order, each once. */
export function problemsOf(document: SnippetDocument): readonly SnippetProblem[] {
  const found = [...document.problems];
  for (const block of document.blocks) {
    found.push(...metadataProblems(block));
    if (block.request?.verb) found.push(...new PublishDraft(document, block, imaginaryScope).problems);
  }
  const unique = new Map(found.map((one) => [[one.code, one.start, one.end, ...one.details].join(' '), one]));
  return [...unique.values()].sort((a, b) => a.start - b.start);
}

/** Some values for what only a sending knows. */
const imaginaryScope: Omit<PublishScope, 'readFile'> = {
  now: 0,
  random: () => 0,
  counter: 0,
  connection: () => ({ clientIdentifier: 'client', version: 5 }),
};

/** A file that a body is: its path with the variables replaced, and where that is written. */
interface PlannedFile {
  readonly path: string;
  readonly place: Span;
  readonly replaceVariables: boolean;
}

/** Everything of a plan but what is in other files. */
class PublishDraft {
  readonly headers: PublishHeaders = {
    qos: 0,
    retain: false,
    connection: undefined,
    bodyFormat: 'text',
    properties: {},
  };
  readonly topicName: string | undefined;
  /** Undefined where it comes from `file` or is wrong. */
  readonly payload: Uint8Array | undefined;
  readonly file: PlannedFile | undefined;
  readonly variables: Variables;
  private readonly own: SnippetProblem[] = [];
  private connection: PlannedConnection | undefined;

  constructor(document: SnippetDocument, block: Block, scope: Omit<PublishScope, 'readFile'>) {
    const clientIdentifier = (): string | undefined => this.connection?.clientIdentifier;
    const { now, random, counter } = scope;
    this.variables = new Variables(document, block, {
      now,
      random,
      counter,
      get clientIdentifier() {
        return clientIdentifier();
      },
    });
    const { request } = block;
    if (request?.verb !== 'PUBLISH') {
      if (!request) this.report(problem('noRequest', { start: block.start, end: block.start }));
      else if (request.verb) this.report(problem('verbNotSupported', request.word, request.verb));
      return;
    }
    // Which connection sends is asked first: $clientId may stand in any of the others.
    const isConnection = ({ name }: Header): boolean => name.text.toLowerCase() === 'connection';
    this.readHeaders(block.headers.filter(isConnection));
    this.connection = scope.connection(this.headers.connection);
    this.readHeaders(block.headers.filter((header) => !isConnection(header)));
    this.topicName = this.readTopic(request.word, request.argument);
    const file = block.body && fileBody(block.body.text);
    if (block.body && file) this.file = this.planFile(block.body, file);
    else this.payload = this.encode(block.body ? this.variables.expand(block.body) : nothing);
  }

  get problems(): readonly SnippetProblem[] {
    return [...this.own, ...this.variables.problems];
  }

  report(found: SnippetProblem): undefined {
    this.own.push(found);
    return undefined;
  }

  /** The bytes of a text in the format of the `Body` header. */
  encode(expansion: Expansion | undefined): Uint8Array | undefined {
    if (!expansion) return undefined;
    const encoded = encodeBody(expansion.text, this.headers.bodyFormat);
    if (encoded instanceof Uint8Array) return encoded;
    return this.report(faultAt(encoded, expansion.placeOf(encoded.at)));
  }

  private readTopic(word: Word, argument: Word): string | undefined {
    if (argument.text === '') return this.report(problem('missingTopic', word, word.text));
    const topicName = this.variables.expand(argument)?.text;
    if (topicName !== undefined) this.reportValue(topicFault(topicName), argument);
    return topicName;
  }

  private readHeaders(headers: readonly Header[]): void {
    const seen = new Set<string>();
    for (const { name, value } of headers) {
      const lowerCase = name.text.toLowerCase();
      const header = publishHeaders.find((known) => known.name.toLowerCase() === lowerCase);
      if (!header) {
        this.report(problem('unknownHeader', name, name.text, 'PUBLISH'));
        continue;
      }
      if (seen.has(lowerCase) && !header.repeatable)
        this.report(problem('duplicateHeader', name, header.name));
      seen.add(lowerCase);
      if (header.property && this.connection && this.connection.version < 5) {
        this.report(problem('headerNeedsVersion5', name, header.name));
      }
      const expanded = this.variables.expand(value);
      if (expanded)
        this.reportValue(header.read(expanded.text, this.headers), value.text === '' ? name : value);
    }
  }

  private planFile(body: Word, { path, replaceVariables }: FileBody): PlannedFile | undefined {
    const place = { start: body.start + path.start, end: body.start + path.end };
    const expanded = this.variables.expand(place)?.text;
    return expanded === undefined ? undefined : { path: expanded, place, replaceVariables };
  }

  private reportValue(wrong: ValueFault, place: Span): void {
    if (wrong) this.report(problem(wrong[0], place, ...wrong.slice(1)));
  }
}

/** Of a block without a body, which sends a payload of no bytes. */
const nothing: Expansion = { text: '', placeOf: (run) => run };

/** The payload that a file gives. Its bytes are sent as they are; `Body: json` checks them first. */
async function readPayload(
  draft: PublishDraft,
  { path, place, replaceVariables }: PlannedFile,
  { readFile }: PublishScope,
): Promise<Uint8Array | undefined> {
  const bytes = await readFile(path);
  if (typeof bytes === 'string') return draft.report(problem(fileProblems[bytes], place, path));
  const json = draft.headers.bodyFormat === 'json';
  if (!replaceVariables && !json) return bytes;
  const text = decodeUtf8(bytes);
  if (text === undefined) return draft.report(problem('fileNotText', place, path));
  if (replaceVariables) return draft.encode(draft.variables.expandForeign(text, place));
  const wrong = jsonFault(text);
  return wrong ? draft.report(faultAt(wrong, place)) : bytes;
}

function ownErrors(document: SnippetDocument, { start, end }: Span): readonly SnippetProblem[] {
  return document.problems.filter(
    (found) => found.start >= start && found.start < end && severityOf(found) === 'error',
  );
}

function faultAt({ code, details }: BodyFault, place: Span): SnippetProblem {
  return problem(code, place, ...details);
}
