import { SessionStoreError, type SessionStoreFailure } from '../base/sessionStoreError';
import { NewerDatabaseError } from './database';

/** What a store of Sessions rejects with, whatever went wrong. */
export function storeError(error: unknown): SessionStoreError {
  return error instanceof SessionStoreError ? error : new SessionStoreError(storeFailure(error));
}

/** Of the disk's failures Node has the code; of the engine's there are only words. */
function storeFailure(error: unknown): SessionStoreFailure {
  if (error instanceof NewerDatabaseError) return { code: 'newer' };
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ENOSPC', 'EDQUOT'].includes(code) || /is full/.test(detail)) return { code: 'full', detail };
  if (['EACCES', 'EPERM', 'EROFS'].includes(code) || /readonly/.test(detail))
    return { code: 'notPermitted', detail };
  return { code: 'unusable', detail };
}
