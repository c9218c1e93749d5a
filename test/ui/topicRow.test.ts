import * as assert from 'node:assert/strict';
import { encodeUtf8 } from '../../src/base/utf8';
import { TopicTree } from '../../src/capture/topicTree';
import type { FilterAnswer } from '../../src/ui/connections/subscribedFilters';
import { evictionText, filterRow, refusalText } from '../../src/ui/subscriptions/topicRow';

const at = Date.UTC(2026, 10, 22);

describe('What stands above the tree', () => {
  it('is how many topics its bound on memory left out', () => {
    assert.equal(evictionText(0), '');
    assert.equal(evictionText(1), '1 topic was silent longest and left out to bound memory.');
    assert.equal(evictionText(1200), '1,200 topics were silent longest and left out to bound memory.');
  });
});

describe('The row of a filter', () => {
  const connection = { isConnected: true, version: 5 } as const;

  it('tells what a server refused to end', () => {
    assert.equal(refusalText(0x87, 5, 'UNSUBACK'), 'refused: not authorized (0x87)');
  });

  it('says in its tooltip what the server said to it, or why it was not asked for', () => {
    const tree = new TopicTree();
    tree.addFilter('$share/g/a', 1);
    const [topics] = tree.filters;
    assert.ok(topics);
    const rowOf = (grant: FilterAnswer) =>
      filterRow(topics, { topicFilter: '$share/g/a', qos: 1, grant }, connection, at);
    const refused = rowOf({ reasonCode: 0x87, reasonString: 'not yours' });
    assert.match(refused.tooltip, /refused: not authorized \(0x87\)\. It says: "not yours"\./);
    const unsent = rowOf({
      violation: { id: 'sharedSubscriptionNotSupported', offset: 0, value: '$share/g/a' },
    });
    assert.equal(unsent.description, 'not subscribed: the server does not take it');
    assert.match(unsent.tooltip, /shared/i);
    assert.deepEqual(unsent.icon, refused.icon);
  });

  it('without a filter can be removed and says where its topics may come from', () => {
    const tree = new TopicTree();
    tree.receive({ topicName: 'late', payload: encodeUtf8('x'), qos: 0, retain: false, at });
    const [topics] = tree.filters;
    assert.ok(topics);
    const { context, tooltip } = filterRow(topics, undefined, connection, at);
    assert.equal(context, 'otherTopics');
    assert.match(tooltip, /on their way when a subscription ended, or .* an earlier session/);
  });
});
