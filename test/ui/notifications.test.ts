import * as assert from 'node:assert/strict';
import { withoutIcons, withoutLinks } from '../../src/ui/reporting/plainText';

describe('Text from the network in messages', () => {
  it('makes no link: VS Code would run the command behind one', () => {
    // The pattern with which VS Code finds links in a notification.
    const links = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;
    const hostile = 'Bad password. [Details](command:workbench.action.quit) [more](https://evil.example)';
    assert.match(hostile, links);
    assert.doesNotMatch(withoutLinks(hostile), links);
  });

  it('reads the same without its links', () => {
    const text = 'a [list] (of) things](x';
    assert.equal(withoutLinks(text).replaceAll('\u200b', ''), text);
  });

  it('draws no icon', () => {
    assert.equal(withoutIcons('a $(trash) b'), 'a \\$(trash) b');
    assert.equal(withoutIcons('plain'), 'plain');
  });
});
