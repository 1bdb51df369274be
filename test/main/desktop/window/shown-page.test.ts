import { describe, expect, it } from 'vitest';
import { restartUrl, shownPage } from '../../../../main/desktop/window/shown-page.ts';

function html(url: string): string {
  expect(url).toMatch(/^data:text\/html;charset=utf-8,/);
  return decodeURIComponent(url.slice(url.indexOf(',') + 1));
}

describe('shownPage', () => {
  it('is the user interface, with the token where no server sees it', () => {
    const url = new URL(shownPage({ is: 'running', url: 'http://127.0.0.1:5000/' }, 'secret'));
    expect(url.hash).toBe('#token=secret');
    expect(url.pathname + url.search).toBe('/');
  });

  it('says after a crash what happened, what to do and when it goes on', () => {
    const page = html(
      shownPage(
        {
          is: 'failed',
          fault: { message: 'The port is taken.', remedy: 'Choose another one.', lastLines: 'at <main>' },
          restartAt: new Date(2026, 0, 2, 3, 4, 5),
        },
        'secret',
      ),
    );
    expect(page).toContain('<p>The port is taken.</p><p>Choose another one.</p>');
    expect(page).toContain(`href="${restartUrl.replace(/&/g, '&#38;')}"`);
    expect(page).toContain('04:05');
    expect(page).not.toContain('secret');
  });

  it('shows what a process wrote as text, never as markup', () => {
    const fault = { message: '<img src=x>', remedy: undefined, lastLines: '</pre><script>alert(1)</script>' };
    const page = html(shownPage({ is: 'failed', fault, restartAt: new Date() }, 'secret'));
    expect(page).not.toMatch(/<img|<script/);
    expect(page).toContain('&#60;script&#62;alert(1)');
  });

  it('loads nothing and runs nothing', () => {
    expect(html(shownPage({ is: 'starting' }, 'secret'))).toMatch(
      /Content-Security-Policy" content="default-src 'none'; style-src 'sha256-[\w+/]+=*'"/,
    );
  });
});
