import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { Access } from '../../activities/store/access.js';
import { openSession, sealSession, stopCookie, stopKey } from '../stopd/stop-session.js';
import type { ApiEnv } from './caller.js';

/** Where the stop process is: a port of the names that the API has, or an address of its own, as behind a proxy. */
export type StopAddress = { readonly port: number } | { readonly url: string };

/** How long a browser may stop the lab without having asked the API anything, milliseconds. */
const lastsMs = 30 * 24 * 3_600_000;
/** After how long it is given a new session of the stop process, milliseconds. */
const renewMs = 3_600_000;

/** The origin of the stop process as whoever asks reaches it; null where there is none. */
export function stopOriginOf(c: Context, stopAt: StopAddress | null): string | null {
  if (stopAt === null) return null;
  if ('url' in stopAt) return new URL(stopAt.url).origin;
  const host = c.req.header('Host') ?? '';
  return URL.canParse(`http://${host}`) ? `http://${new URL(`http://${host}`).hostname}:${stopAt.port}` : null;
}

/** Gives a browser a session of the stop process, which needs no server to know it. */
export function giveStopSession(c: Context, jobs: string, { who, role, until }: Access): void {
  const at = Date.now();
  setCookie(c, stopCookie, sealSession(stopKey(jobs), { who, role, at, until: Math.min(until, at + lastsMs) }), {
    httpOnly: true,
    sameSite: 'Lax',
    path: '/',
    maxAge: lastsMs / 1_000,
    secure: new URL(c.req.url).protocol === 'https:',
  });
}

/** A browser that asks the API has a fresh session of the stop process, too. */
export function stopSession(jobs: string): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const caller = c.get('caller');
    if (caller.kind === 'session') {
      const now = Date.now();
      const had = openSession(stopKey(jobs), getCookie(c, stopCookie), now);
      if (had === null || had.who !== caller.who || had.role !== caller.role || now - had.at > renewMs)
        giveStopSession(c, jobs, caller);
    }
    await next();
  };
}
