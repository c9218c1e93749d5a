import assert from 'node:assert/strict';
import { Emitter } from '../../src/base/lifecycle';
import type { CaptureFileState } from '../../src/inspector/fileContract';
import { fileHandlers, type ShownFile } from '../../src/ui/inspector/fileHandlers';

describe('What the view of a capture file may ask', () => {
  it('is how the file stands, to stop reading and to read again', () => {
    const state: CaptureFileState = {
      ...{ name: 'a.pcap', phase: 'reading', read: 1, size: 2, notes: [], damaged: false },
      ...{ format: 'capture', outdated: false, grown: false },
    };
    const asked: string[] = [];
    const file = {
      state,
      onDidChange: new Emitter<void>().event,
      cancel: () => asked.push('cancel'),
      readAgain: () => asked.push('again'),
      showAdded: () => asked.push('added'),
    } as unknown as ShownFile;
    const handlers = fileHandlers(file);
    assert.equal(handlers.fileState(), state);
    void handlers.cancelReading();
    void handlers.readFileAgain();
    void handlers.showAdded();
    assert.deepEqual(asked, ['cancel', 'again', 'added']);
  });

  it('is nothing where the panel shows what this window captures', () => {
    const handlers = fileHandlers(undefined);
    assert.equal(handlers.fileState(), undefined);
    assert.equal(handlers.cancelReading(), undefined);
    assert.equal(handlers.readFileAgain(), undefined);
  });
});
