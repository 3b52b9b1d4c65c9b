import { expect, test } from 'vitest';
import { renderPage } from './page.ts';

test('what a page shows is escaped', () => {
  const html = renderPage({ title: '<b>"&\'', text: '</p><script>alert(1)</script>' });
  expect(html).toContain('<h1>&lt;b&gt;&quot;&amp;&#39;</h1>');
  expect(html).toContain('&lt;/p&gt;&lt;script&gt;');
  expect(html).not.toContain('<script');
});
