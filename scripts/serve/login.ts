import type { Hono } from 'hono';
import { setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { accessOf, spendLogin } from '../../activities/store/access.js';
import type { Store } from '../../activities/store/client.js';
import { type ApiEnv, sessionCookie } from './caller.js';
import { isOwnOrigin } from './guards.js';
import { refusal } from './problem.js';
import { giveStopSession } from './stop-access.js';

/** How long a browser stays logged in, milliseconds. */
const sessionMs = 30 * 24 * 3_600_000;

/**
 * Logging in by a link that is good once. Looking at the link spends nothing, as mail programs and browsers do that by themselves; the
 * button does.
 */
export function loginRoutes(app: Hono<ApiEnv>, store: Store, jobs: string): void {
  app.get('/login', (c) =>
    c.html(html`<!doctype html>
      <html lang="en">
        <meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Athanor</title>
        <h1>Athanor</h1>
        <form method="post" action="/login">
          <input type="hidden" name="code" value="${c.req.query('code') ?? ''}" />
          <button>Log in</button>
        </form>
      </html>`),
  );
  app.post('/login', async (c) => {
    if (!isOwnOrigin(c)) throw refusal('FORBIDDEN', 'this was sent by a page of another site');
    const { code } = await c.req.parseBody();
    const secret =
      typeof code === 'string' ? await store.transaction((query) => spendLogin(query, code, sessionMs)) : null;
    if (secret === null)
      throw refusal(
        'UNAUTHENTICATED',
        "this link was used, or is too old: 'athanor serve' and 'athanor token login' give another",
      );
    const access = await accessOf(store.query, secret);
    if (access !== null) giveStopSession(c, jobs, access);
    setCookie(c, sessionCookie, secret, {
      httpOnly: true,
      sameSite: 'Lax',
      path: '/',
      maxAge: sessionMs / 1_000,
      secure: new URL(c.req.url).protocol === 'https:',
    });
    return c.redirect('/', 303);
  });
}
