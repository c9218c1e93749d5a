import assert from 'node:assert/strict';
import { qrCodePage } from '../../../src/ui/broker/qrCodePage';

describe('The page with a QR code', () => {
  const page = qrCodePage('mqtt://[::1]:1883/"><script>alert(1)</script>', 'n0nce');

  it('may load nothing but the image in it and its own style, and runs nothing', () => {
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page) ?? [];
    assert.equal(policy, "default-src 'none'; img-src data:; style-src 'nonce-n0nce'");
    assert.deepEqual(page.match(/<style[^>]*>/g), ['<style nonce="n0nce">']);
  });

  it('shows an address as text, whatever is in it', () => {
    assert.doesNotMatch(page, /<script/);
    assert.match(page, /<code>mqtt:\/\/\[::1\]:1883\/&#34;&#62;&#60;script&#62;/);
  });
});
