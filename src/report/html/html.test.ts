import { describe, expect, it } from 'vitest';
import { embeddedJson, html, trusted } from './html.ts';

describe('html', () => {
  it('escapes text in content and attributes', () => {
    const evil = `"'><script>alert(1)</script>&`;
    expect(html`<p title="${evil}">${evil}</p>`.markup).toBe(
      '<p title="&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;">' +
        '&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;</p>',
    );
  });

  it('leaves markup alone and joins lists', () => {
    const rows = ['a', 'b<'].map((text) => html`<li>${text}</li>`);
    expect(html`<ul>${rows}${trusted('<hr>')}${3}</ul>`.markup).toBe(
      '<ul><li>a</li><li>b&lt;</li><hr>3</ul>',
    );
  });
});

describe('embeddedJson', () => {
  it('cannot end the script element it stands in, and reads back the same', () => {
    const value = { text: '</script><!-- \u2028 & ü' };
    const { markup } = embeddedJson(value);
    expect(markup).not.toMatch(/[<>&\u2028]/u);
    expect(JSON.parse(markup)).toEqual(value);
  });
});
