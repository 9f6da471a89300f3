import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { html } from 'hono/html';
import { secureHeaders } from 'hono/secure-headers';
import { stream } from 'hono/streaming';
import { maySpeakAs, type Role } from '../../models/domain/roles.js';
import { latches } from '../safe-stop/latch.js';
import { ownNameOnly } from '../serve/guards.js';
import { problemOf, refusal } from '../serve/problem.js';
import { footOf, headOf, lineOf, pageOf, type StopView, styleHash } from './stop-page.js';
import { lastReport } from './stop-report.js';
import { checklist, type StopRuns } from './stop-run.js';
import { openSession, type StopSession, stopCookie } from './stop-session.js';

/** How old a session of the stop process may be whose owner releases a stop; the API gives a new one whenever it is used. */
const freshMs = 12 * 3_600_000;

/** What the stop process is made of: no server is among it. */
export interface StopParts {
  readonly jobs: string;
  readonly runs: StopRuns;
  readonly key: Buffer;
  /** By which it is called: host:port. */
  readonly names: () => ReadonlySet<string>;
  /** Origins of pages whose forms it takes, beside its own. */
  readonly pages: ReadonlySet<string>;
  /** Told to whoever asks whether it is there. */
  readonly instance: string;
  readonly log: (line: string) => void;
}

interface StopEnv {
  readonly Variables: { session: StopSession };
}

/**
 * The stop process: `POST /stop` and `/release` as plain forms, of the page's exact origin. It answers a line an instrument as they come, as
 * HTML, or as lines of JSON where `application/x-ndjson` is wanted. Who asks is told by a sealed cookie alone.
 */
export function createStopApp({ jobs, runs, key, names, pages, instance, log }: StopParts): Hono<StopEnv> {
  const app = new Hono<StopEnv>();
  const view = (session: StopSession): StopView => ({ session, latches: latches(jobs), report: lastReport(jobs) });
  const page = (c: Context<StopEnv>) => c.html(pageOf(view(c.get('session'))));
  const after = (c: Context<StopEnv>) =>
    wantsJson(c) ? c.json(stateOf(view(c.get('session')))) : c.redirect('/', 303);
  app.use(headers(), ownNameOnly(names), forPages(pages));
  app.get('/healthz', (c) => c.json({ instance }));
  app.use(async (c, next) => {
    const session = openSession(key, getCookie(c, stopCookie), Date.now());
    if (session === null)
      throw refusal(
        'UNAUTHENTICATED',
        "not logged in: open the page of 'athanor serve'; 'athanor lab stop' needs no login",
      );
    c.set('session', session);
    await next();
  });
  app.get('/', (c) => page(c));
  app.get('/state', (c) => c.json(stateOf(view(c.get('session')))));
  app.post('/stop', async (c) => {
    const { who } = c.get('session');
    const form = await c.req.parseBody();
    const asked = { lab: textOf(form.lab), who, why: textOf(form.reason) ?? 'STOP LAB' };
    const isJson = wantsJson(c);
    c.header('Content-Type', isJson ? 'application/x-ndjson' : 'text/html; charset=utf-8');
    c.header('X-Accel-Buffering', 'no');
    return stream(c, async (out) => {
      const write = (text: string) => out.write(text).catch(() => undefined);
      const line = (value: object) => `${JSON.stringify(value)}\n`;
      await write(isJson ? line({ type: 'stopping', ...asked, at: Date.now() }) : `${headOf('Stopping…')}<ul>\n`);
      let trouble: string | null = null;
      await runs
        .stop(asked, (row) => void write(isJson ? line({ type: 'row', ...row }) : lineOf(row)))
        .catch((error: Error) => {
          trouble = error.message;
          log(`stop: ${error.message}`);
        });
      const now = view(c.get('session'));
      if (isJson) await write(line({ type: 'stopped', trouble, ...stateOf(now) }));
      else await write(`</ul>${troubleOf(trouble)}${footOf(now)}`);
    });
  });
  app.post('/mark', async (c) => {
    const { instrument } = await c.req.parseBody();
    runs.mark(textOf(instrument) ?? '', asOperator(c).who);
    return after(c);
  });
  app.post('/release', async (c) => {
    const { who, at } = asOperator(c);
    if (Date.now() - at > freshMs)
      throw refusal(
        'FORBIDDEN',
        "your session here is too old to release a stop: load the page of 'athanor serve' once, or use 'athanor lab clear'",
      );
    const { reason, lab, check } = await c.req.parseBody({ all: true });
    const checks = [check].flat().filter((each) => typeof each === 'string');
    runs.release({ lab: textOf(lab), who, why: textOf(reason) ?? '', checks });
    log(`released by ${who}`);
    return after(c);
  });
  app.notFound((c) => c.text('there is no such page\n', 404));
  app.onError((error, c) => {
    const problem = problemOf(error);
    if (problem.status >= 500) log(`${c.req.method} ${c.req.path}: ${problem.detail}`);
    if (wantsJson(c))
      return c.body(JSON.stringify(problem), problem.status as 500, { 'Content-Type': 'application/problem+json' });
    const text = html`${problem.title}: ${problem.detail}`;
    return c.html(
      html`<!doctype html><meta charset="utf-8" /><title>Athanor</title><h1>Not done</h1><p>${text}</p><p><a href="/">Safe stop</a></p>`,
      problem.status as 500,
    );
  });
  return app;
}

/** What the stop process says of itself. */
function stateOf({ session, latches: stops, report }: StopView) {
  const { who, role } = session;
  return {
    stops: stops.map(({ lab, who: by, why, at }) => ({ lab, who: by, why, at })),
    report,
    checklist,
    you: { who, role },
    now: Date.now(),
  };
}

function asOperator(c: Context<StopEnv>): StopSession {
  const session = c.get('session');
  const needed: Role = 'operator';
  if (!maySpeakAs(session.role, needed))
    throw refusal('FORBIDDEN', `${session.who} is ${session.role}; this needs ${needed}`);
  return session;
}

/** Pages of the API's origins may ask and read; what changes something has to say which page it comes from. */
function forPages(pages: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const origin = c.req.header('Origin');
    const host = c.req.header('Host')?.toLowerCase() ?? '';
    const isOurs =
      origin !== undefined && (pages.has(origin) || origin === `http://${host}` || origin === `https://${host}`);
    if (isOurs) {
      c.header('Access-Control-Allow-Origin', origin);
      c.header('Access-Control-Allow-Credentials', 'true');
      c.header('Vary', 'Origin');
    }
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && !isOurs)
      throw refusal('FORBIDDEN', `this came from ${origin ?? 'no page'}, which is none of this lab's`);
    await next();
  };
}

function headers(): MiddlewareHandler {
  return secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [styleHash],
      baseUri: ["'none'"],
      formAction: ["'self'"],
      frameAncestors: ["'none'"],
    },
    referrerPolicy: 'strict-origin',
    xFrameOptions: 'DENY',
  });
}

function wantsJson(c: Context): boolean {
  return /json/.test(c.req.header('Accept') ?? '');
}

function troubleOf(trouble: string | null): string {
  return trouble === null
    ? ''
    : String(html`<p><strong>That nothing may begin could not be written down: ${trouble}</strong></p>`);
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 2_000) : null;
}
