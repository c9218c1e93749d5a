import assert from 'node:assert/strict';
import { fakeVscode } from '../support/vscodeFake';
import { parseProfiles, type ProfileScope } from '../../src/ui/connections/connectionProfile';
import { mayConnect } from '../../src/ui/connections/trustGate';

const { window, workspace } = fakeVscode;

/** What is asked before a connection of these settings is made: question and detail. */
async function asked(entry: object, scope: ProfileScope = 'workspace'): Promise<readonly string[]> {
  const [parsed] = parseProfiles([{ name: 'bench', host: 'broker.corp', ...entry }], scope);
  assert.ok(parsed?.profile, parsed?.invalid?.problem);
  window.messages.length = 0;
  await mayConnect(parsed.profile);
  return window.messages.map(({ text, detail = '' }) => `${text} ${detail}`.replaceAll('\u200b', ''));
}

describe('Before a connection of an untrusted workspace is made', () => {
  beforeEach(() => (workspace.isTrusted = false));
  afterEach(() => {
    workspace.isTrusted = true;
    window.press = undefined;
    window.messages.length = 0;
  });

  it('a person is asked about the server', async () => {
    const [question = ''] = await asked({});
    assert.match(question, /^Connect to broker\.corp:1883\? .*"bench" comes from.*tells that server/);
    assert.doesNotMatch(question, /proxy|header/i);
  });

  it('the proxy that the settings put before it is named, without whoever uses it', async () => {
    const [question = ''] = await asked({ proxy: 'http://ada@evil:3128' });
    assert.match(question, /^Connect to broker\.corp:1883 through the proxy http:\/\/evil:3128\?/);
    assert.match(question, /learns the same of you.*reads everything/);
    assert.doesNotMatch(question, /ada/);
    const [secure = ''] = await asked({ transport: 'tls', proxy: 'socks5://[::1]' });
    assert.match(secure, /through the proxy socks5:\/\/\[::1\]:1080\?/);
    assert.doesNotMatch(secure, /reads everything/);
    assert.doesNotMatch((await asked({ proxy: 'none' }))[0] ?? '', /proxy/);
  });

  it('the headers that it would send are named, and a certificate that nobody looks at', async () => {
    const [question = ''] = await asked({
      transport: 'wss',
      headers: { Authorization: 'Bearer x', Cookie: 'y' },
      tls: { verify: false },
    });
    assert.match(question, /headers.*: Authorization, Cookie\. .*not be verified/);
    assert.doesNotMatch(question, /Bearer/);
  });

  it('it is only made when that is agreed to, and nobody is asked about what a person wrote or trusts', async () => {
    const [parsed] = parseProfiles([{ name: 'bench', host: 'h' }], 'workspace');
    assert.ok(parsed?.profile);
    assert.equal(await mayConnect(parsed.profile), false);
    window.press = 'Connect';
    assert.equal(await mayConnect(parsed.profile), true);
    assert.deepEqual(await asked({ proxy: 'http://evil' }, 'user'), []);
    workspace.isTrusted = true;
    assert.deepEqual(await asked({ proxy: 'http://evil' }), []);
  });
});
