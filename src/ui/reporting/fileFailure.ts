/** Why a file could not be read or written, as a sentence with what to do. */
export function describeFileFailure(error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case 'ENOENT':
    case 'FileNotFound':
      return 'It is not there any more, or its folder is not.';
    case 'EACCES':
    case 'EPERM':
    case 'NoPermissions':
      return 'This user has no permission for it. Choose another folder, or change its permissions.';
    case 'EROFS':
      return 'Its disk can only be read. Choose a folder on another one.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'The disk is full. Make room, or choose a folder on another one.';
    case 'EISDIR':
    case 'FileIsADirectory':
      return 'It is a folder.';
    case 'ENOTDIR':
      return 'What should be its folder is a file.';
    default:
      return /[.!?]$/.test(detail) ? detail : `${detail}.`;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
