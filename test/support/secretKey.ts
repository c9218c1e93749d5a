import { randomBytes } from 'node:crypto';
import type { BrowserContext } from 'playwright-core';

/**
 * VS Code in a browser seals secrets with a key of which the server holds one half; the bare server has none to give, and
 * then a secret does not outlive the window.
 */
export async function keepSecrets(context: BrowserContext): Promise<void> {
  const half = randomBytes(32);
  await context.route('**/mint-key', (route) =>
    route.fulfill({ body: half, contentType: 'application/octet-stream' }),
  );
}
