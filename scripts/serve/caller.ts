import type { Context, MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { type Access, accessOf } from '../../activities/store/access.js';
import type { Query } from '../../activities/store/client.js';
import { maySpeakAs, type Role } from '../../models/domain/roles.js';
import { refusal } from './problem.js';

/** What a request carries through the app. */
export interface ApiEnv {
  readonly Variables: { caller: Access };
}

/** Name of the cookie of a session. */
export const sessionCookie = 'athanor_session';

/** Finds out who asks: by a token (`Authorization: Bearer`), or the session of a browser. */
export function knownCaller(query: Query): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const bearer = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
    const secret = bearer ?? getCookie(c, sessionCookie);
    const access = secret === undefined ? null : await accessOf(query, secret);
    if (access === null) {
      c.header('WWW-Authenticate', 'Bearer');
      throw refusal(
        'UNAUTHENTICATED',
        secret === undefined
          ? "no token and no session: 'athanor token add' gives a token, the link that 'athanor serve' prints a session"
          : 'this token or session has ended, or never was one',
      );
    }
    c.set('caller', access);
    await next();
  };
}

/** Who asks, if they may do what needs a role. @throws {AthanorError} FORBIDDEN */
export function callerAs(c: Context<ApiEnv>, needed: Role): Access {
  const caller = c.get('caller');
  if (!maySpeakAs(caller.role, needed))
    throw refusal('FORBIDDEN', `${caller.who} is ${caller.role}; this needs ${needed}`);
  return caller;
}
