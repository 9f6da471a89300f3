import { giveAccess } from '../../activities/store/access.js';
import type { Role } from '../../models/domain/roles.js';
import { type ApiServer, startServer } from '../../scripts/serve/server.js';
import type { StopAddress } from '../../scripts/serve/stop-access.js';
import type { DurableHost } from '../workflows/durable-host.js';

/** What is sent besides method and path. */
interface Sent {
  readonly as?: Role | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** What was answered; `body` is parsed where it is JSON. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what is answered is what these tests are about.
  readonly body: any;
}

/** An API over a host, with a token for each role. */
export interface TestApi extends ApiServer {
  readonly secrets: Readonly<Record<Role, string>>;
  /** Asks it, as a viewer where nobody is named. */
  call(method: string, path: string, sent?: Sent): Promise<Answered>;
}

/** Starts the API over a host. @param stopAt - where its pages find the stop process; nowhere where absent */
export async function testApi(
  { control, settings, store }: DurableHost,
  stopAt: () => StopAddress | null = () => null,
): Promise<TestApi> {
  const log = () => undefined;
  const server = await startServer(
    {
      ...{ control, databaseUrl: settings.databaseUrl, home: settings.home, redact: (text) => text },
      ...{ log, stopAt, beatMs: 200 },
      place: { jobs: settings.home, shared: false, log },
    },
    { host: '127.0.0.1', port: 0, names: [] },
  );
  const secrets = {} as Record<Role, string>;
  for (const role of ['viewer', 'operator', 'scientist', 'admin'] as const)
    secrets[role] = await giveAccess(store.query, {
      ...{ kind: 'token', who: `a ${role}`, role, name: `${role} of the tests`, madeBy: 'tester', lastsMs: 3_600_000 },
    });
  return {
    ...server,
    secrets,
    call: async (method, path, { as = 'viewer', body, headers = {} } = {}) => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(as === null ? {} : { Authorization: `Bearer ${secrets[as]}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('Content-Type') ?? '');
      return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
    },
  };
}
