import type { Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { html, raw } from 'hono/html';
import { accessOf } from '../../activities/store/access.js';
import type { Store } from '../../activities/store/client.js';
import type { Redact } from '../../models/domain/redaction.js';
import type { Control } from '../durable/control-contract.js';
import { plotStyle } from '../report/plot-style.js';
import { type ApiEnv, sessionCookie } from './caller.js';
import { firstView } from './first-view.js';
import type { Overview } from './overview.js';
import type { PageFiles } from './page-files.js';

/** What the page is served from. */
export interface PageParts {
  readonly control: Control;
  readonly store: Store;
  readonly figures: Overview;
  readonly redact: Redact;
  /** Where the stop process is, as whoever asks reaches it; null where there is none. */
  readonly stopOrigin: (c: Context) => string | null;
  /** As it was built; null where it was not. */
  readonly page: PageFiles | null;
}

/** Addresses of views; each shows itself when its address is opened. */
const views = ['/', '/inbox', '/lab', '/start', '/c/:campaign', '/c/:campaign/:tab'];

/** The page that people keep open: its files, and for each view a document that says the first things without a script. */
export function pageRoutes(app: Hono<ApiEnv>, parts: PageParts): void {
  const { page, store } = parts;
  app.get('/assets/:name', (c) => {
    const file = page?.files.get(c.req.param('name'));
    if (file === undefined) return c.notFound();
    const isPacked = /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '');
    // Names hold a hash of what is in them.
    return c.body(isPacked ? file.packed : file.bytes, 200, {
      'Content-Type': file.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
      ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
    });
  });
  app.get('/figures.css', (c) =>
    c.body(plotStyle.text, 200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' }),
  );
  for (const view of views)
    app.get(view, async (c) => {
      const secret = getCookie(c, sessionCookie);
      const access = secret === undefined ? null : await accessOf(store.query, secret);
      c.header('Cache-Control', 'no-store');
      if (access === null) return c.html(documentOf(page, howToLogIn, null, false), 401);
      return c.html(documentOf(page, parts.redact(await said(c, parts)), parts.stopOrigin(c), true));
    });
}

async function said(c: Context<ApiEnv>, { control, figures }: PageParts): Promise<string> {
  const path = new URL(c.req.url).pathname;
  if (path !== '/' && path !== '/inbox') return '<p>This view needs a script, which is being loaded.</p>';
  return firstView(await figures.list(), await control.inbox(), Date.now());
}

const howToLogIn = `<h1>Athanor</h1>
<p>Nobody is logged in here. Open the link that <code>athanor serve</code> printed, or ask for another by <code>athanor token login</code>.</p>`;

/**
 * @param body - that is HTML already
 * @param stop - origin of the stop process; null where there is none
 */
function documentOf(page: PageFiles | null, body: string, stop: string | null, withScript: boolean) {
  const built = page !== null && withScript;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>Athanor</title>
<link rel="icon" href="data:," />
<link rel="stylesheet" href="/figures.css" />
${(page?.styles ?? []).map((name) => html`<link rel="stylesheet" href="/${name}" />`)}
${built ? html`<script type="module" src="/${page.script}"></script>` : ''}
</head>
<body>
<div id="page">${stop === null ? '' : html`<form class="stop-lab" method="post" action="${stop}/stop"><button>■ STOP LAB</button></form>`}<main class="plain">
${page === null ? html`<p>The page was not built: <code>npm run build</code> builds it.</p>` : ''}
${raw(body)}
</main></div>
</body>
</html>`;
}
