import * as path from 'node:path';

/** The repository's root, which is also the extension under development. */
export const repositoryRoot = path.resolve(__dirname, '../..');

/** Everything that is installed or recorded for tests and that git ignores. */
export const cacheFolder = path.join(repositoryRoot, '.cache');

export const playgroundFolder = path.join(repositoryRoot, 'test/playground');
