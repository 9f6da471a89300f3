import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { saveArtefact } from '../../../activities/store/artefact.js';
import { labSchema } from '../../../models/domain/lab.js';
import { type TestApi, testApi } from '../../support/api-server.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from '../../workflows/durable-host.js';

let host: DurableHost;
let api: TestApi;
beforeAll(async () => {
  host = await durableHost();
  api = await testApi(host);
});
afterAll(async () => {
  await api?.close();
  await host?.close();
});

interface Resource {
  readonly name: string;
  readonly state: string;
  readonly seen: number;
}

it('a lab is told with who has what and who waits, and what people do to it is done and told', async () => {
  const name = host.id('bench');
  const lab = labSchema.parse({
    name,
    instruments: {
      oven: {
        adapter: 'problem',
        settings: { problem: 'branin', delayMs: 3_600_000 },
        can: ['heat'],
        uses: { argon: 1 },
      },
      scale: { adapter: 'person', settings: { instructions: 'weigh' } },
    },
    stock: { argon: { unit: 'L', amount: 5, warnBelow: 4 } },
    positions: { shelf: { slots: 2 } },
  });
  await host.control.labs.up(lab, 'ada');
  const id = host.id('baked');
  await host.control.start(
    problemCampaign(id, {
      lab: { name },
      fidelities: [{ name: 'exact', adapter: 'lab', instrument: 'oven', cost: 1 }],
      parallel: 2,
    }),
  );
  const path = `/labs/${name}`;
  const shown = async () => (await api.call('GET', path)).body;
  const resource = async (of: string) => ((await shown()).resources as Resource[]).find((each) => each.name === of)!;
  const full = await eventually(async () => {
    const now = await shown();
    return now.resources[0].inFlight.length === 1 && now.resources[0].queue?.length === 1 && now;
  });
  expect(full).toMatchObject({
    ...{ name, registeredBy: 'ada', simulated: false, instruments: ['oven', 'scale'], positions: ['shelf'], stops: [] },
    resources: [
      {
        ...{
          name: 'oven',
          kind: 'instrument',
          adapter: 'problem',
          simulated: true,
          can: ['heat'],
          state: 'busy',
          slots: 1,
        },
        inFlight: [{ campaign: id, step: null, slot: 1, held: false }],
        queue: [{ campaign: id, step: null, short: null, paused: false }],
        ...{ standstills: [], maintenance: null, worker: null, seen: 0 },
      },
      { name: 'scale', adapter: 'person', simulated: false, state: 'free' },
      { name: 'shelf', kind: 'position', adapter: null, slots: 2 },
    ],
    stock: [{ name: 'argon', unit: 'L', left: 4, low: false, warnBelow: 4, seen: 0 }],
    waits: [{ campaign: id, on: ['oven'] }],
  });
  expect((await api.call('GET', '/labs')).body.items).toMatchObject([{ name, instruments: ['oven', 'scale'] }]);
  const [lease] = (await api.call('GET', `${path}/leases`)).body.items;
  expect(lease).toMatchObject({ resource: 'oven', campaign: id, until: null, slot: 1 });

  const act = (of: string, body: object, more: object = {}) =>
    api.call('POST', `${path}/instruments/${of}/acts`, { as: 'operator', body, ...more });
  expect((await act('oven', { act: 'fault', reason: 'smoke' }, { as: 'viewer' })).status).toBe(403);
  expect(await act('oven', { act: 'fault' })).toMatchObject({ status: 422, body: { faults: [{ path: 'reason' }] } });
  expect(await act('oben', { act: 'fault', reason: 'smoke' })).toMatchObject({
    ...{ status: 404, body: { detail: expect.stringContaining('oven') } },
  });
  const keyed = { headers: { 'Idempotency-Key': 'f' } };
  const fault = await act('oven', { act: 'fault', reason: 'smoke' }, keyed);
  expect(fault.body).toMatchObject({ changed: true, lab: { resources: [{ name: 'oven', state: 'fault' }, {}, {}] } });
  expect((await act('oven', { act: 'fault', reason: 'smoke' }, keyed)).body).toEqual(fault.body);
  expect((await shown()).obstacles).toMatchObject([
    { kind: 'fault', name: 'oven', text: expect.stringContaining('smoke') },
  ]);
  const stale = await act('oven', { act: 'clear', reason: 'looked', seen: 0 });
  expect(stale).toMatchObject({ status: 409, body: { detail: expect.stringContaining('a operator was first') } });
  const { seen } = await resource('oven');
  expect((await act('oven', { act: 'clear', reason: 'looked', seen })).body).toMatchObject({
    changed: true,
    freed: [],
  });
  const paused = await act('oven', { act: 'pause', reason: 'door' });
  expect(paused.body).toMatchObject({
    changed: true,
    jobs: [{ outcome: 'paused' }],
    lab: { resources: [{ state: 'paused' }, {}, {}] },
  });
  expect((await act('oven', { act: 'resume', reason: 'shut' })).body.jobs).toMatchObject([{ outcome: 'goes on' }]);
  expect((await act('scale', { act: 'pause', reason: 'lunch' })).status).toBe(409);

  const refill = (more: object) =>
    api.call('POST', `${path}/acts`, {
      as: 'operator',
      body: { act: 'refill', stock: 'argon', reason: 'new', ...more },
    });
  expect((await refill({ amount: 500, unit: 'mL' })).body.lab.stock).toMatchObject([{ left: 4.5 }]);
  expect((await refill({ amount: 1, unit: 'kg' })).status).toBe(422);
  expect((await refill({ amount: -100 })).status).toBe(409);
  const log = await api.call('GET', `${path}/acts?limit=3`);
  expect(log.body.items.map(({ act: what, who }: { act: string; who: string }) => [what, who])).toEqual([
    ['up', 'ada'],
    ['fault', 'a operator'],
    ['clear', 'a operator'],
  ]);
  const rest = await api.call('GET', `${path}/acts?after=${log.body.next}`);
  expect(rest.body).toMatchObject({
    items: [
      { act: 'pause' },
      { act: 'paused' },
      { act: 'resume' },
      { act: 'resumed' },
      { act: 'refill', name: 'argon' },
    ],
    next: null,
  });
  expect((await api.call('GET', '/labs/none')).status).toBe(404);
  await host.control.abort(id, { who: 'ada' });
});

it('a lab of which its file says so is simulated in all of it', async () => {
  const name = host.id('pretended');
  const oven = { adapter: 'http', settings: { url: 'http://127.0.0.1:9' } };
  await host.control.labs.up(labSchema.parse({ name, simulated: true, instruments: { oven } }), 'ada');
  const { body } = await api.call('GET', `/labs/${name}`);
  expect(body).toMatchObject({ simulated: true, resources: [{ simulated: true }] });
});

it('files come back as they were given, by their sha256, and are never shown in place', async () => {
  const bytes = Buffer.from('<script>alert(1)</script>'.repeat(100_000));
  const sha = createHash('sha256').update(bytes).digest('hex');
  await saveArtefact(host.store.query, bytes);
  const answer = await fetch(`${api.url}/api/v1/files/${sha}?name=scan%20(1).html`, {
    headers: { Authorization: `Bearer ${api.secrets.viewer}` },
  });
  expect(
    createHash('sha256')
      .update(Buffer.from(await answer.arrayBuffer()))
      .digest('hex'),
  ).toBe(sha);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': `${bytes.length}`,
    'content-disposition': "attachment; filename*=UTF-8''scan%20%281%29.html",
    'repr-digest': `sha-256=:${Buffer.from(sha, 'hex').toString('base64')}:`,
    'x-content-type-options': 'nosniff',
  });
  expect((await api.call('GET', `/files/${sha}`, { headers: { 'If-None-Match': `"${sha}"` } })).status).toBe(304);
  expect((await api.call('GET', `/files/${'0'.repeat(64)}`)).status).toBe(404);
  expect((await api.call('GET', `/files/${sha}`, { as: null })).status).toBe(401);
});
