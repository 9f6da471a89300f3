import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { giveAccess } from '../../activities/store/access.js';
import { redactorOf } from '../../models/domain/redaction.js';
import type { Role } from '../../models/domain/roles.js';
import { type ApiServer, startServer } from '../../scripts/serve/server.js';
import { type DurableHost, durableHost } from '../workflows/durable-host.js';
import { startChromium, type Watched, watch } from './browser.js';

/** A server with its page, and people who are logged in to it. */
export interface ServedPage {
  readonly url: string;
  /** A browser profile of its own, logged in by the one-time link, by its button. */
  enter(browser: Browser, role: Role, options?: BrowserContextOptions): Promise<Entered>;
  /** The answer of the API to a token of that role. */
  api(role: Role, method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

/** What the API answered. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: of each route its own
  readonly body: any;
}

/** A profile in which somebody is logged in. */
export interface Entered {
  readonly context: BrowserContext;
  readonly watched: Watched;
}

/** A host, its page and a browser. */
export interface OpenPage {
  readonly host: DurableHost;
  readonly served: ServedPage;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Starts all that a test of the page needs. @param program - Chromium */
export async function openPage(program: string): Promise<OpenPage> {
  const [host, browser] = await Promise.all([durableHost(), startChromium(program)]);
  const served = await servePage(host);
  return {
    ...{ host, served, browser },
    close: async () => {
      await browser.close();
      await served.close();
      await host.close();
    },
  };
}

/** Serves the page of a host. @param beatMs - how often streams say that they are alive */
async function servePage(host: DurableHost, beatMs = 1_000): Promise<ServedPage> {
  const { control, settings, store } = host;
  const place = { jobs: settings.home, shared: false, log: () => undefined };
  const server: ApiServer = await startServer(
    {
      control,
      databaseUrl: settings.databaseUrl,
      home: settings.home,
      redact: redactorOf({}),
      log: () => undefined,
      beatMs,
      place,
    },
    { host: '127.0.0.1', port: 0, names: [] },
  );
  const tokens = new Map<Role, Promise<string>>();
  const tokenOf = (role: Role) => {
    const token =
      tokens.get(role) ??
      giveAccess(store.query, {
        ...{ kind: 'token' as const, who: `a ${role}`, role, name: `${role} of the page` },
        ...{ madeBy: 'tester', lastsMs: 3_600_000 },
      });
    tokens.set(role, token);
    return token;
  };
  return {
    url: server.url,
    enter: async (browser, role, options = {}) => {
      const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
      context.setDefaultTimeout(120_000);
      const watched = await watch(context, server.url);
      const code = await giveAccess(store.query, {
        ...{ kind: 'login', who: `${role}-in-browser`, role, name: null, madeBy: 'tester', lastsMs: 60_000 },
      });
      const page = await context.newPage();
      await page.goto(`${server.url}/login?code=${code}`);
      await page.getByRole('button', { name: 'Log in' }).click();
      await page.waitForURL(`${server.url}/`);
      await page.close();
      return { context, watched };
    },
    api: async (role, method, path, body) => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        headers: {
          Authorization: `Bearer ${await tokenOf(role)}`,
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    },
    close: () => server.close(),
  };
}
