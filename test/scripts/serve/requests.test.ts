import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Access, giveAccess } from '../../../activities/store/access.js';
import { saveArtefact } from '../../../activities/store/artefact.js';
import type { Query } from '../../../activities/store/client.js';
import { labSchema } from '../../../models/domain/lab.js';
import type { Role } from '../../../models/domain/roles.js';
import { createApi } from '../../../scripts/serve/app.js';
import type { ApiEnv } from '../../../scripts/serve/caller.js';
import { EventFeed } from '../../../scripts/serve/event-feed.js';
import { onceByKey } from '../../../scripts/serve/keyed.js';
import { problemOf } from '../../../scripts/serve/problem.js';
import { type ApiServer, startServer } from '../../../scripts/serve/server.js';
import { manyTrials } from '../../support/many-trials.js';
import { type DurableHost, durableHost } from '../../workflows/durable-host.js';

const hasIpv6 = networkInterfaces().lo?.some(({ address }) => address === '::1') === true;
let host: DurableHost;
let server: ApiServer;
const secrets = {} as Record<Role, string>;
/** Reads all trials of a campaign, which only exports do. */
const readAll = vi.fn<DurableHost['control']['trials']>();
const quiet = {
  redact: (text: string) => text,
  log: () => undefined,
  place: { jobs: '/nowhere', shared: false, log: () => undefined },
};
beforeAll(async () => {
  host = await durableHost({ worker: false });
  const { control, settings, store } = host;
  readAll.mockImplementation(control.trials);
  server = await startServer(
    { control: { ...control, trials: readAll }, databaseUrl: settings.databaseUrl, ...quiet },
    { host: '127.0.0.1', port: 0, names: ['lab.example.org', 'Proxy.example.org:8443'] },
  );
  for (const role of ['viewer', 'operator'] as const)
    secrets[role] = await giveAccess(store.query, {
      ...{ kind: 'token', who: `a ${role}`, role, name: role, madeBy: 'tester', lastsMs: 3_600_000 },
    });
  await manyTrials(store, 'many', 1_000);
  await manyTrials(store, 'few', 20);
});
afterAll(async () => {
  await server?.close();
  await host?.close();
});

const bearer = (role: Role) => ({ Authorization: `Bearer ${secrets[role]}` });

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Sends what `fetch` would not: any name of the host, any claim of a length. */
function send(
  path: string,
  {
    method = 'GET',
    headers = {},
    body = '',
  }: { method?: string; headers?: Record<string, string>; body?: string } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request(`${server.url}${path}`, { method, headers, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => {
        sent.destroy();
        const type = answer.headers['content-type'] ?? '';
        resolve({ status: answer.statusCode!, type, text: Buffer.concat(pieces).toString() });
      });
    });
    sent.on('error', reject);
    if (headers['Content-Length'] === undefined) sent.end(body);
    else sent.flushHeaders();
  });
}

async function read(path: string, as: Role = 'viewer') {
  const answer = await fetch(`${server.url}/api/v1${path}`, { headers: bearer(as) });
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

describe('a server is called by its name', () => {
  it('or by one that it was given, with its own port or that which was told', async () => {
    const { port } = new URL(server.url);
    const good = [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      'lab.example.org',
      `LAB.example.org:${port}`,
    ];
    for (const Host of [...good, 'proxy.example.org:8443'])
      expect((await send('/api/v1/campaigns', { headers: { Host, ...bearer('viewer') } })).status, Host).toBe(200);
  });

  it.skipIf(!hasIpv6)('or by an address in brackets, where it listens at one of six', async () => {
    const { control, settings } = host;
    const parts = { control, databaseUrl: settings.databaseUrl, ...quiet };
    const other = await startServer(parts, { host: '::1', port: 0, names: [] });
    try {
      expect(other.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
      expect((await fetch(`${other.url}/healthz`)).status).toBe(200);
    } finally {
      await other.close();
    }
  });

  it('and answers to no other, whatever is asked', async () => {
    const { port } = new URL(server.url);
    const strange = [
      'evil.example',
      `evil.example:${port}`,
      'localhost',
      'lab.example.org:1',
      `lab.example.org.evil.example:${port}`,
    ];
    for (const Host of strange)
      for (const path of ['/api/v1/campaigns', '/api/v1/openapi.json', '/login?code=x', '/healthz', '/none']) {
        const answer = await send(path, { headers: { Host, ...bearer('viewer') } });
        expect([answer.status, answer.type, JSON.parse(answer.text).code], `${Host} ${path}`).toEqual([
          421,
          'application/problem+json',
          'MISDIRECTED',
        ]);
      }
    const posted = { method: 'POST', headers: { Host: 'evil.example', ...bearer('operator') } };
    expect((await send('/api/v1/campaigns/many/acts', posted)).status).toBe(421);
    expect((await send('/login', posted)).status).toBe(421);
  });
});

describe('of ten thousand trials', () => {
  it('a page is read, or one, and never all', async () => {
    const { body } = await read('/campaigns/many/trials?limit=3&after=r499-p9');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['many/r499/p10', 'many/r500/p1', 'many/r500/p2']);
    expect(body.next).toBe('r500-p2');
    const last = await read('/campaigns/many/trials?state=withdrawn&fidelity=exact&limit=2&after=r998-p2');
    expect(last.body.items.map(({ id }: { id: string }) => id)).toEqual(['many/r999/p2', 'many/r1000/p2']);
    expect(last.body.next).toBeNull();
    expect((await read('/campaigns/many/trials/r1000-p1')).body).toMatchObject({
      state: 'ended',
      values: { f: 1_000 },
    });
    const missing = await read('/campaigns/many/trials/r1001-p1');
    expect(missing).toMatchObject({
      status: 404,
      body: { detail: expect.stringContaining('many/r1/p1 to many/r1000/p10') },
    });
    expect((await read('/campaigns/none/trials')).status).toBe(404);
    expect(readAll).not.toHaveBeenCalled();
  });

  it('all are exported, or those that were asked for, in any format', async () => {
    const get = async (query: string) => {
      const response = await fetch(`${server.url}/api/v1/campaigns/many/export${query}`, { headers: bearer('viewer') });
      return { response, bytes: Buffer.from(await response.arrayBuffer()) };
    };
    const { response, bytes } = await get('?format=ndjson');
    expect(response.headers.get('Content-Type')).toBe('application/x-ndjson');
    expect(response.headers.get('Content-Disposition')).toBe('attachment; filename="many.ndjson"');
    const ids = bytes
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).proposal.id);
    expect(ids).toEqual((await host.control.trials('many')).map(({ proposal }) => proposal.id));
    const table = (await get('?units=yes')).bytes.toString().trim().split('\r\n');
    expect(table).toHaveLength(ids.length + 2);
    expect((await get('?state=withdrawn')).bytes.toString().trim().split('\r\n')).toHaveLength(1001);
    expect((await get('?format=parquet')).bytes.subarray(0, 4).toString()).toBe('PAR1');
    expect((await get('?format=xlsx')).response.status).toBe(422);
  });

  it('a page begins after a trial, and is refused where that is none', async () => {
    for (const after of ['r1', 'r0-p1', 'r99999999999-p1', 'many/r1/p1', ''])
      expect((await read(`/campaigns/many/trials?after=${encodeURIComponent(after)}`)).status, after).toBe(422);
  });
});

describe('a request that is too large', () => {
  const json = (role: Role) => ({ 'Content-Type': 'application/json', ...bearer(role) });
  const act = '/api/v1/campaigns/many/trials/r1-p3/acts';
  const entry = (bytes: number) => JSON.stringify({ act: 'enter', file: { name: 'a', base64: 'A'.repeat(bytes) } });

  it('is refused, as told before or as it comes, and one with a file only where that is larger than files may be', async () => {
    const large = JSON.stringify({ act: 'pause', reason: 'x'.repeat(1_000_000) });
    const refused = await send('/api/v1/campaigns/many/acts', {
      method: 'POST',
      headers: json('operator'),
      body: large,
    });
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      413,
      expect.objectContaining({ code: 'TOO_LARGE', detail: 'at most 1 MB are taken here at once' }),
    ]);
    const streamed = await send('/api/v1/campaigns/many/acts', {
      method: 'POST',
      headers: { ...json('operator'), 'Transfer-Encoding': 'chunked' },
      body: large,
    });
    expect(streamed.status).toBe(413);
    // Taken in, and not entered: this trial waits for nobody.
    expect((await send(act, { method: 'POST', headers: json('operator'), body: entry(2_000_000) })).status).toBe(409);
    const huge = { ...json('operator'), 'Content-Length': '100000001' };
    expect(await send(act, { method: 'POST', headers: huge })).toMatchObject({ status: 413 });
  });

  it('is none that who may enter nothing, or has not logged in, can send', async () => {
    expect((await send(act, { method: 'POST', headers: json('viewer'), body: entry(2_000_000) })).status).toBe(413);
    const unknown = { 'Content-Type': 'application/json', 'Content-Length': '90000000' };
    expect((await send(act, { method: 'POST', headers: unknown })).status).toBe(401);
    const form = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': '2000000' };
    expect((await send('/login', { method: 'POST', headers: form })).status).toBe(413);
  });
});

describe('who only reads', () => {
  it('leaves the log as it was, by every route; HEAD tells the same without a body', async () => {
    const { control, store } = host;
    await control.labs.up(
      labSchema.parse({
        name: 'bench',
        instruments: { scale: { adapter: 'person', settings: { instructions: 'weigh' } } },
        stock: { argon: { unit: 'L', amount: 5 } },
      }),
      'ada',
    );
    const places = {
      figure: 'best',
      campaign: 'few',
      trial: 'r1-p1',
      lab: 'bench',
      sha256: await saveArtefact(store.query, Buffer.from('a scan')),
    };
    await control.events.last({ limit: 1 });
    const everything = () => host.store.query('SELECT * FROM event ORDER BY seq');
    const acts = () => host.store.query('SELECT count(*) FROM audit');
    const before = [await everything(), await acts()];
    const { body: api } = await read('/openapi.json');
    const paths = Object.entries(api.paths as Record<string, object>).filter(([, methods]) => 'get' in methods);
    expect(paths.length).toBeGreaterThan(6);
    const named = paths.map(
      ([path]) => `/api/v1${path.replace(/\{(\w+)\}/g, (_, name: keyof typeof places) => places[name])}`,
    );
    for (const path of [...named, '/api/v1/openapi.json', '/login?code=none', '/healthz', '/readyz']) {
      const ended = new AbortController();
      const got = await fetch(`${server.url}${path}`, { headers: bearer('viewer'), signal: ended.signal });
      expect(got.status, path).toBe(200);
      // A stream has no end of its own.
      if (got.headers.get('Content-Type')!.startsWith('text/event-stream')) ended.abort();
      else await got.text();
      const head = await send(path, { method: 'HEAD', headers: bearer('viewer') });
      expect(head, path).toEqual({ status: 200, type: got.headers.get('Content-Type'), text: '' });
    }
    expect(await send('/api/v1/campaigns', { method: 'HEAD' })).toMatchObject({ status: 401, text: '' });
    expect([await everything(), await acts()]).toEqual(before);
  });

  it('follows nothing by HEAD, which nobody would end', async () => {
    const { control, store } = host;
    const feed = new EventFeed(control.events.list);
    const follow = vi.spyOn(feed, 'follow');
    const api = createApi({ control, home: host.settings.home, store, feed, names: () => new Set(['here']), ...quiet });
    const headers = { Host: 'here', ...bearer('viewer') };
    const answer = await api.request('/api/v1/events', { method: 'HEAD', headers });
    expect([answer.status, answer.headers.get('Content-Type'), answer.body]).toEqual([200, 'text/event-stream', null]);
    expect(follow).not.toHaveBeenCalled();
  });
});

describe('keys of requests', () => {
  it('are free after a day, and forgotten now and then, not for every request', async () => {
    const statements: string[] = [];
    const query: Query = (sql, parameters) => {
      statements.push(sql);
      return host.store.query(sql, parameters);
    };
    const app = new Hono<ApiEnv>();
    app.use(async (c, next) => {
      c.set('caller', { who: 'kim' } as Access);
      await next();
    });
    app.use(onceByKey(query));
    app.post('/', async (c) => c.json({ did: await c.req.json() }));
    app.onError((error, c) => c.json(problemOf(error), problemOf(error).status as 400));
    const ask = async (key: string, body: number) => {
      const headers = { 'Idempotency-Key': key };
      const answer = await app.request('/', { method: 'POST', headers, body: JSON.stringify(body) });
      return [
        answer.status,
        answer.headers.get('Idempotency-Replayed'),
        ((await answer.json()) as { did?: number }).did,
      ];
    };
    const ageing = (key: string) =>
      host.store.query("UPDATE kept_answer SET begun_at = now() - interval '25 hours' WHERE key = $1", [key]);
    expect(await ask('one', 1)).toEqual([200, null, 1]);
    expect(await ask('one', 2)).toEqual([422, null, undefined]);
    await ageing('one');
    expect(await ask('one', 2)).toEqual([200, null, 2]);
    expect(await ask('one', 2)).toEqual([200, 'true', 2]);
    expect(statements.filter((sql) => sql.startsWith('DELETE'))).toHaveLength(1);
    await ageing('one');
    // Another server begins by forgetting.
    const other = new Hono<ApiEnv>();
    other.use(async (c, next) => {
      c.set('caller', { who: 'kim' } as Access);
      await next();
    });
    other.use(onceByKey(query));
    other.post('/', (c) => c.json({}));
    await other.request('/', { method: 'POST', headers: { 'Idempotency-Key': 'two' } });
    expect(await host.store.query('SELECT key FROM kept_answer')).toEqual([{ key: 'two' }]);
  });
});
