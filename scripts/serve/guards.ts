import type { Context, MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import type { Access } from '../../activities/store/access.js';
import type { Redact } from '../../models/domain/redaction.js';
import { maySpeakAs, type Role } from '../../models/domain/roles.js';
import type { ApiEnv } from './caller.js';
import { refusal } from './problem.js';

/**
 * Requests that came by another name are refused: pages of strangers whose names were made to point here speak by those.
 *
 * @param names - host:port, lower case
 */
export function ownNameOnly(names: () => ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const host = c.req.header('Host')?.toLowerCase() ?? '';
    if (!names().has(host)) throw refusal('MISDIRECTED', `no server of the name '${host}' is here`);
    await next();
  };
}

/** What changes something comes from this origin or from a program, as JSON. */
export function noStrangers(): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
      if (!isOwnOrigin(c)) throw refusal('FORBIDDEN', 'this was sent by a page of another site');
      const type = c.req.header('Content-Type') ?? '';
      if (!/^application\/json\s*(;|$)/i.test(type))
        throw refusal('UNSUPPORTED_MEDIA', `'${type}' was sent; application/json is wanted`);
    }
    await next();
  };
}

/** Bytes of a request; what a person enters of a trial may have a file with it, and a campaign has its tables. */
const mostBytes = 1_000_000;
const mostBytesWithFile = 100_000_000;

/** Requests that are larger than any that is to be sent here are refused before they are read. */
export function noFloods(): MiddlewareHandler<ApiEnv> {
  const limitOf = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: () => {
        throw refusal('TOO_LARGE', `at most ${maxSize / 1e6} MB are taken here at once`);
      },
    });
  const [usual, withFile] = [limitOf(mostBytes), limitOf(mostBytesWithFile)];
  return (c, next) => {
    // Who may enter nothing sends no file.
    const caller: Access | undefined = c.get('caller');
    const may = (role: Role) => caller !== undefined && maySpeakAs(caller.role, role);
    const isEntry = may('operator') && /\/trials\/[^/]+\/acts$/.test(c.req.path);
    const isCampaign = may('scientist') && /\/campaigns(\/validate)?$/.test(c.req.path);
    return (isEntry || isCampaign ? withFile : usual)(c, next);
  };
}

/**
 * An act says in `Athanor-Until` until when its sender waits, in milliseconds since 1970 by the clock of this server: one that
 * lay about for longer, as a stopped process or a sleeping machine lets it, is not done when nobody expects it any more.
 */
export function noLate(): MiddlewareHandler {
  return async (c, next) => {
    const until = c.req.header('Athanor-Until');
    if (until !== undefined && !(Number(until) >= Date.now()))
      throw refusal('TOO_LATE', 'this came later than its sender waited for, and was not done');
    await next();
  };
}

/** Whether a request came from a page of this server, or from no page at all. */
export function isOwnOrigin(c: Context): boolean {
  const site = c.req.header('Sec-Fetch-Site');
  const origin = c.req.header('Origin');
  const host = c.req.header('Host')?.toLowerCase() ?? '';
  return (site === undefined || site === 'same-origin') && (origin === undefined || isOriginOf(origin, host));
}

function isOriginOf(origin: string, host: string): boolean {
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Answers in JSON leave without secrets, wherever they come from: messages of devices, reasons of people, the log. */
export function noSecrets(redact: Redact): MiddlewareHandler {
  return async (c, next) => {
    await next();
    if (!/^application\/(problem\+)?json/.test(c.res.headers.get('Content-Type') ?? '')) return;
    const { status, headers } = c.res;
    c.res = new Response(redact(await c.res.text()), { status, headers });
  };
}

/**
 * Nothing from elsewhere, nothing inline, in nobody's frame; the stop process alone is spoken to besides.
 *
 * @param stopOrigin - where that is, as whoever asks reaches it; null where there is none
 */
export function quietHeaders(stopOrigin: (c: Context) => string | null): MiddlewareHandler {
  const also = (c: Context) => stopOrigin(c) ?? "'self'";
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      objectSrc: ["'none'"],
      baseUri: ["'none'"],
      connectSrc: ["'self'", also],
      formAction: ["'self'", also],
      frameAncestors: ["'none'"],
    },
    crossOriginOpenerPolicy: 'same-origin',
    // With less than the origin browsers say of a form that goes to the stop process that it came from nowhere.
    referrerPolicy: 'strict-origin',
    xFrameOptions: 'DENY',
  });
}
