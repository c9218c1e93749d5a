import { positionAt, type Block, type RequestLine, type SnippetDocument } from '../../snippets/syntax';

/** A block that publishes. */
export interface PublishBlock {
  readonly block: Block;
  readonly request: RequestLine;
  /** Of the request, from 0. */
  readonly line: number;
  /** The block's title, or the topic as it is written where there is none. */
  readonly title: string;
}

/** The PUBLISH blocks of a file, in its order. */
export function publishBlocks(document: SnippetDocument): readonly PublishBlock[] {
  return document.blocks.flatMap((block) => {
    const { request, title } = block;
    if (request?.verb !== 'PUBLISH') return [];
    const shown = title !== undefined && title.text !== '' ? title.text : request.argument.text;
    return [{ block, request, line: positionAt(document, request.start).line, title: shown }];
  });
}

/** The PUBLISH block that a line belongs to: the one that starts last at or before it. */
export function publishBlockAt(document: SnippetDocument, line: number): PublishBlock | undefined {
  return publishBlocks(document).find(({ block }) => {
    const first = positionAt(document, block.start).line;
    const last = positionAt(document, Math.max(block.start, block.end - 1)).line;
    return line >= first && line <= last;
  });
}
