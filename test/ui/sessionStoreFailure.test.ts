import * as assert from 'node:assert/strict';
import { prunedText, setAsideText } from '../../src/ui/reporting/sessionStoreFailure';
import { tellsEach } from '../support/toldFailures';

describe('A connection whose session cannot be kept', () => {
  tellsEach([
    [
      { kind: 'storeFailed', failure: { code: 'inUse' } },
      'session in use by another window',
      /goes on in another window\. .*Disconnect it there/,
      'openSettings',
    ],
    [
      { kind: 'storeFailed', failure: { code: 'full', detail: 'database or disk is full' } },
      'the session cannot be kept on the disk',
      /no room for it: database or disk is full\. .*Make room on the disk/,
      'openSettings',
    ],
    [
      { kind: 'storeFailed', failure: { code: 'notPermitted', detail: 'EACCES: permission denied' } },
      'the session cannot be kept on the disk',
      /cannot be written: EACCES: permission denied\. .*Let this user write there/,
      'openSettings',
    ],
    [
      { kind: 'storeFailed', failure: { code: 'newer' } },
      'the session is of a newer version',
      /A newer version of this extension keeps it.*Update the extension/,
      'openSettings',
    ],
    [
      { kind: 'storeFailed', failure: { code: 'unusable', detail: 'EIO' } },
      'the session cannot be kept on the disk',
      /The disk says: EIO\. /,
      'openSettings',
    ],
  ]);
});

describe('A session that was set aside', () => {
  it('is told with what was lost with it, as far as anybody knows', () => {
    const told = (messages?: number) => setAsideText('bench', 'a packet is broken', messages);
    assert.match(
      told(2),
      /^bench: .*\(a packet is broken\)\. 2 messages that waited in it are not sent\. .*aside/,
    );
    assert.match(told(1), / 1 message that waited in it is not sent\. /);
    assert.match(told(0), / No message waited in it\. /);
    assert.match(told(), / Messages that may have waited in it are not sent\. /);
  });
});

describe('A session that had to go for others', () => {
  it('is told with what was lost with it', () => {
    assert.equal(
      prunedText({ lastUsed: Date.UTC(2026, 2, 3), messages: 2 }),
      'A session that was kept on this computer and last used on 3 March 2026 was removed to make room for others. 2 messages that waited in it are not sent.',
    );
  });
});
