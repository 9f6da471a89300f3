import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endAccess, giveAccess, listAccess } from '../../../activities/store/access.js';
import { redactorOf } from '../../../models/domain/redaction.js';
import type { Role } from '../../../models/domain/roles.js';
import { startWorker } from '../../../scripts/durable/worker.js';
import { type ApiServer, startServer } from '../../../scripts/serve/server.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../../workflows/durable-host.js';

let host: DurableHost;
let server: ApiServer;
const secrets = {} as Record<Role, string>;
beforeAll(async () => {
  host = await durableHost({ worker: false });
  const { control, settings } = host;
  const parts = {
    control,
    databaseUrl: settings.databaseUrl,
    home: settings.home,
    redact: redactorOf({ PGPASSWORD: 'hush-hush' }),
    log: () => undefined,
    place: { jobs: settings.home, shared: false, log: () => undefined },
    beatMs: 200,
  };
  server = await startServer(parts, { host: '127.0.0.1', port: 0, names: ['lab.example.org'] });
  for (const role of ['viewer', 'operator', 'scientist'] as const)
    secrets[role] = await giveAccess(host.store.query, {
      ...{ kind: 'token', who: `a ${role}`, role, name: `${role} of the tests`, madeBy: 'tester', lastsMs: 3_600_000 },
    });
});
afterAll(async () => {
  await server?.close();
  await host?.close();
});

interface Sent {
  readonly as?: Role | null;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call(method: string, path: string, { as = 'viewer', body, headers = {} }: Sent = {}) {
  const response = await fetch(`${server.url}${path}`, {
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
}

const benchCampaign = (id: string) =>
  problemCampaign(id, {
    objectives: [{ name: 'mass', direction: 'maximise', unit: 'g' }],
    fidelities: [{ name: 'bench', adapter: 'person', cost: 1, settings: { instructions: 'stir' } }],
    strategy: { initial: { trials: 2 } },
    parallel: 2,
    budget: { trials: 6 },
  });

describe('who asks', () => {
  it('is to be known, and may do what their role may', async () => {
    expect(await call('GET', '/api/v1/campaigns', { as: null })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHENTICATED' },
    });
    expect((await call('GET', '/api/v1/campaigns')).status).toBe(200);
    const paused = await call('POST', '/api/v1/campaigns/none/acts', { body: { act: 'pause' } });
    expect(paused).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
    const missing = await call('POST', '/api/v1/campaigns/none/acts', { as: 'operator', body: { act: 'pause' } });
    expect(missing).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it('is known by a link that is good once, until the session ends', async () => {
    const { query } = host.store;
    const code = await giveAccess(query, {
      ...{ kind: 'login', who: 'eve', role: 'viewer', name: null, madeBy: 'tester', lastsMs: 60_000 },
    });
    const looked = await call('GET', `/login?code=${code}`, { as: null });
    expect(looked.body).toContain(`value="${code}"`);
    const form = { as: null, body: `code=${code}`, headers: { 'Content-Type': 'application/x-www-form-urlencoded' } };
    const strange = { ...form, headers: { ...form.headers, Origin: 'https://evil.example' } };
    expect((await call('POST', '/login', strange)).status).toBe(403);
    const entered = await call('POST', '/login', form);
    expect(entered.status).toBe(303);
    const cookies = entered.headers.getSetCookie();
    const cookie = cookies.find((each) => each.startsWith('athanor_session='))!;
    // That of the stop process is not readable by scripts either.
    expect(cookies.find((each) => each.startsWith('athanor_stop='))).toMatch(/; HttpOnly; SameSite=Lax$/);
    expect(cookie).toMatch(/^athanor_session=\S+; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect((await call('POST', '/login', form)).status).toBe(401);
    const session = { as: null, headers: { Cookie: cookie.split(';')[0]! } };
    expect((await call('GET', '/api/v1/campaigns', session)).status).toBe(200);
    expect((await listAccess(query)).some(({ kind, who }) => kind === 'session' && who === 'eve')).toBe(true);
    await endAccess(query, { sessionsOf: 'eve' }, 'tester');
    expect((await call('GET', '/api/v1/campaigns', session)).status).toBe(401);
  });

  it('is no page of a stranger, and calls the server by its name', async () => {
    const body = { act: 'pause' };
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }])
      expect((await call('POST', '/api/v1/campaigns/none/acts', { as: 'operator', body, headers })).status).toBe(403);
    const plain = { as: 'operator' as const, body: '{"act":"pause"}', headers: { 'Content-Type': 'text/plain' } };
    expect((await call('POST', '/api/v1/campaigns/none/acts', plain)).status).toBe(415);
    const { headers } = await call('GET', '/healthz', { as: null });
    expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(headers.get('Content-Security-Policy')).not.toContain('unsafe');
  });
});

describe('a campaign by the API', () => {
  it('is followed, entered into, and answered once by key, to its end', async () => {
    const id = host.id('api');
    const worker = await startWorker(host.settings);
    await host.control.start(benchCampaign(id));
    const base = `/api/v1/campaigns/${id}`;
    const waiting = () =>
      eventually(async () => {
        const { body } = await call('GET', `/api/v1/inbox?campaign=${id}`);
        return body.trials.length > 0 && (body.trials as { trialId: string; instructions: string }[]);
      });
    const [first] = await waiting();
    expect(first!.instructions).toBe('stir');
    const path = `${base}/trials/${first!.trialId.split('/').slice(1).join('-')}/acts`;
    const wrong = await call('POST', path, {
      as: 'operator',
      body: { act: 'enter', values: { mass: '3 mL', heat: 1 } },
    });
    expect(wrong).toMatchObject({ status: 422, body: { code: 'INVALID_INPUT' } });
    expect(wrong.body.faults.map((fault: { path: string }) => fault.path)).toEqual(['mass', 'heat']);
    const unfit = await call('POST', path, { as: 'operator', body: { act: 'reject', reasn: 'x' } });
    expect([unfit.status, unfit.body.faults.length]).toEqual([422, 2]);

    const entry = { act: 'enter', values: { mass: '250 mg' }, file: { name: 'scale.txt', base64: btoa('250 mg') } };
    const keyed = { as: 'operator' as const, body: entry, headers: { 'Idempotency-Key': 'one' } };
    const all = await Promise.all(Array.from({ length: 20 }, () => call('POST', path, keyed)));
    const done = all.filter(({ status }) => status === 200);
    expect(done.length).toBeGreaterThan(0);
    expect(all.filter(({ status }) => status !== 200).every(({ status }) => status === 409)).toBe(true);
    const again = await call('POST', path, keyed);
    expect(again.headers.get('Idempotency-Replayed')).toBe('true');
    expect(again.body).toEqual(done[0]!.body);
    expect(again.body).toMatchObject({
      outcome: 'measured',
      values: { mass: 0.25 },
      artefacts: { 'scale.txt': expect.any(String) },
    });
    const other = await call('POST', path, { ...keyed, body: { ...entry, values: { mass: '1 g' } } });
    expect(other).toMatchObject({ status: 422, body: { code: 'KEY_TAKEN' } });
    const second = await call('POST', path, { as: 'operator', body: { ...entry, values: { mass: '1 g' } } });
    expect(second).toMatchObject({
      status: 409,
      body: { code: 'WRONG_STATE', detail: expect.stringContaining('a operator was first') },
    });

    const added = await call('POST', `${base}/proposals`, {
      ...{ as: 'scientist' as const, body: { reason: 'a hunch', values: { x1: 1, x2: 2 } } },
    });
    expect(added).toMatchObject({ status: 201, body: { design: { x1: 1, x2: 2 } } });
    await eventually(async () => {
      for (const { trialId } of (await call('GET', `/api/v1/inbox?campaign=${id}`)).body.trials)
        await call('POST', `${base}/trials/${trialId.split('/').slice(1).join('-')}/acts`, {
          ...{ as: 'operator' as const, body: { act: 'enter', values: { mass: 0.1 } } },
        });
      return (await call('GET', base)).body.phase === 'stopped';
    });
    const page = await call('GET', `${base}/trials?limit=4`);
    expect(page.body.items).toHaveLength(4);
    const rest = await call('GET', `${base}/trials?limit=4&after=${page.body.next}`);
    expect(rest.body).toMatchObject({ items: [{ state: 'ended' }, { state: 'ended' }], next: null });
    const acts = await host.store.query(
      "SELECT count(*)::int AS n FROM audit WHERE campaign_id = $1 AND action = 'enter'",
      [id],
    );
    expect(acts).toEqual([{ n: 6 }]);
    await worker.shutdown();
  });
});

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** Reads a stream of events until it has so many, or one of a kind. */
async function readStream(path: string, until: (events: readonly Told[]) => boolean, headers = {}) {
  const abort = new AbortController();
  const response = await fetch(`${server.url}${path}`, {
    headers: { Authorization: `Bearer ${secrets.viewer}`, ...headers },
    signal: abort.signal,
  });
  const events: Told[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body!) {
    text += decoder.decode(piece, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    for (const block of blocks) {
      const lines = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      events.push({ id: lines.get('id') ?? '', event: lines.get('event') ?? '', data: lines.get('data') ?? '' });
    }
    if (until(events)) break;
  }
  abort.abort();
  return events;
}

describe('the log by the API', () => {
  it('is a stream that goes on after the last event seen, with none lost or doubled', async () => {
    const { body } = await call('GET', '/api/v1/log?limit=500');
    const last = body.items.at(-1).seq as number;
    const of = (events: readonly Told[]) => events.filter(({ event }) => event === 'event');
    const behind = await readStream('/api/v1/events', (events) => of(events).length >= 5, {
      'Last-Event-ID': `${last - 5}`,
    });
    expect(of(behind).map(({ id }) => Number(id))).toEqual([1, 2, 3, 4, 5].map((i) => last - 5 + i));
    const streams = [1, 2, 3].map(() =>
      readStream(`/api/v1/events?after=${last}`, (events) => of(events).length >= 30),
    );
    for (let i = 0; i < 30; i++)
      await host.store.query("INSERT INTO event (kind, subject, body) VALUES ('test.said', $1, '{}')", [`${i}`]);
    for (const events of await Promise.all(streams))
      expect(of(events).map(({ data }) => (JSON.parse(data) as { subject: string }).subject)).toEqual(
        Array.from({ length: 30 }, (_, i) => `${i}`),
      );
    const lost = await readStream('/api/v1/events', (events) => events.length > 1, { 'Last-Event-ID': '999999' });
    expect(lost[0]!.event).toBe('resync');
    expect(lost[1]!.event).toBe('beat');
  });

  it('tells no secret, and ends with the access of who follows it', async () => {
    const { query } = host.store;
    const [{ seq }] = (await call('GET', '/api/v1/log?limit=500')).body.items.slice(-1);
    await query("INSERT INTO event (kind, subject, body) VALUES ('test.said', 'the password is hush-hush', '{}')");
    const page = await call('GET', `/api/v1/log?after=${seq}`);
    expect(page.body.items[0].subject).toBe('the password is ***');
    const streamed = await readStream(`/api/v1/events?after=${seq}`, (events) => events.some(({ id }) => id !== ''));
    expect(JSON.stringify(streamed)).not.toContain('hush-hush');
    const given = {
      kind: 'token',
      who: 'zoe',
      role: 'viewer',
      name: 'short',
      madeBy: 'tester',
      lastsMs: 60_000,
    } as const;
    const headers = { Authorization: `Bearer ${await giveAccess(query, given)}` };
    // It is read until it ends by itself.
    const following = readStream('/api/v1/events', () => false, headers);
    await eventually(async () =>
      (await listAccess(query)).some(({ name, usedAt }) => name === 'short' && usedAt !== null),
    );
    await endAccess(query, { token: 'short' }, 'tester');
    expect((await following).every(({ event }) => event !== 'resync')).toBe(true);
  });

  it('is described, with all routes', async () => {
    const { status, body } = await call('GET', '/api/v1/openapi.json', { as: null });
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    expect(Object.keys(body.paths)).toContain('/campaigns/{campaign}/trials/{trial}/acts');
  });
});
