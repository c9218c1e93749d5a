import type { LogRow } from '../../src/inspector/contract';
import type { DissectionContext } from '../../src/protocol/dissect';
import { excerptContext } from '../../src/protocol/excerpt';

/** All that is known of a row before its bytes are read. */
export function rowContext(row: LogRow): DissectionContext {
  return excerptContext(row);
}
