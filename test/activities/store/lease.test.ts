import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import { saveLab } from '../../../activities/store/lab.js';
import {
  freeHeld,
  type Grant,
  type GrantAnswer,
  grantLease,
  isLeased,
  leaseLog,
  openLeases,
  releaseLease,
  settleHeld,
} from '../../../activities/store/lease.js';
import { saveRound } from '../../../activities/store/proposal.js';
import { clearStandstill, listStandstills, saveStandstill } from '../../../activities/store/standstill.js';
import { refillStock, stockOf } from '../../../activities/store/stock.js';
import { closeSubmission, findSubmission, openSubmission, renewFence } from '../../../activities/store/submission.js';
import { labSchema } from '../../../models/domain/lab.js';
import { decide } from '../../../models/strategy/decide.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

let database: TestDatabase;
let store: Store;
let trials: readonly string[];
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 6 });
  const campaign = problemCampaign('c');
  const asked = { round: 1, count: 9, pending: [], remainingCost: null };
  const decision = await decide({ campaign, ...asked, trials: [] });
  trials = decision.proposals.map(({ id }) => id);
  await store.transaction(async (query) => {
    await createCampaign(query, campaign);
    await saveRound(query, { campaignId: 'c', ...asked, ...decision });
    await saveLab(query, labSchema.parse({ name: 'bench', instruments: { oven: { adapter: 'problem' } } }), 'ann');
  });
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const grant = (resource: string, key: string, more: Partial<Grant> = {}): Promise<GrantAnswer> =>
  store.transaction((query) =>
    grantLease(query, {
      lab: 'bench',
      resource,
      adapter: 'problem',
      place: 1,
      key,
      holder: `w-${key}`,
      campaignId: 'c',
      askedAt: 1_000,
      at: 2_000,
      uses: {},
      anyOf: [resource],
      after: null,
      begun: false,
      ...more,
    }),
  );
const release = (resource: string, key: string) =>
  store.transaction((query) => releaseLease(query, { lab: 'bench', resource, key, at: 3_000 }));
const fenceOf = (answer: GrantAnswer) => ('lease' in answer ? answer.lease.fence : Number.NaN);

/** A line of the ledger for a job in a slot. */
const began = (resource: string, i: number) =>
  openSubmission(store.query, {
    key: `${trials[i]}/g1/run`,
    trialId: trials[i]!,
    adapter: 'problem',
    fidelity: 'exact',
    requestSha: 's',
    home: null,
    generation: 1,
    instrument: `bench/${resource}`,
    slot: `bench/${resource}#1`,
  });

describe('a slot', () => {
  it('is leased to one job, however often and at the same time it is asked for', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => grant('one', `k${i % 4}`)));
    const had = answers.filter((answer) => 'lease' in answer);
    expect(new Set(had.map((answer) => answer.lease.key)).size).toBe(1);
    expect(answers.filter((answer) => 'taken' in answer)).toHaveLength(8 - had.length);
    expect(await openLeases(store.query, 'bench', { resource: 'one' })).toHaveLength(1);
  });

  it('has a greater fence each time, and a log', async () => {
    const first = fenceOf(await grant('logged', 'a'));
    expect(fenceOf(await grant('logged', 'a'))).toBe(first);
    expect(await release('logged', 'a')).toEqual({ held: false, undrawn: false });
    const second = fenceOf(await grant('logged', 'b'));
    expect(second).toBeGreaterThan(first);
    expect(await isLeased(store.query, 'bench/logged#1', 'a')).toBe(false);
    expect(await isLeased(store.query, 'bench/logged#1', 'b')).toBe(true);
    const log = (await leaseLog(store.query, 'bench')).filter(({ resource }) => resource === 'logged');
    expect(log.map(({ key, grantedAt, releasedAt }) => [key, grantedAt, releasedAt])).toEqual([
      ['a', 2_000, 3_000],
      ['b', 2_000, null],
    ]);
  });

  it('that another job has moves for it alone', async () => {
    const key = `${trials[0]}/g1/run`;
    await grant('fenced', key);
    await began('fenced', 0);
    expect(await renewFence(store.query, key)).toBeGreaterThan(1);
    // A person gave it back, and another has it: who was held up until then moves nothing.
    await store.query(`UPDATE lease SET released_at = now() WHERE key = $1`, [key]);
    await grant('fenced', 'other');
    expect(await renewFence(store.query, key)).toBeNull();
    expect(await renewFence(store.query, key, false)).toBeNull();
    await closeSubmission(store.query, key, 'ended');
  });

  it.each([
    ['failed', 1],
    ['amend', 6],
    ['release', 7],
    ['discard', 8],
  ])('is held where its job may still run, until a person rules on it: %s', async (verdict, i) => {
    const key = `${trials[i]}/g1/run`;
    await grant('held', key);
    await began('held', i);
    expect(await release('held', key)).toEqual({ held: true, undrawn: false });
    expect(await grant('held', 'other')).toMatchObject({ taken: { key, heldAt: 3_000 } });
    // Its own workflow goes on with it.
    expect(await grant('held', key)).toMatchObject({ lease: { key, heldAt: null } });
    await closeSubmission(store.query, key, 'unknown');
    expect(await release('held', key)).toEqual({ held: true, undrawn: false });
    const settle = () => store.transaction((query) => settleHeld(query, { lab: 'bench', resource: 'held', at: 4_000 }));
    await settle();
    expect(await openLeases(store.query, 'bench', { resource: 'held' })).toHaveLength(1);
    await store.query(
      `INSERT INTO attempt (trial_id, outcome, values, noise, cost, duration_ms, artefacts, details, generation)
       VALUES ($1, 'quarantined', '{}', '{}', 0, 0, '{}', '{}', 1)`,
      [trials[i]],
    );
    await store.query(
      `INSERT INTO ruling (trial_id, generation, seq, verdict, values, cause, who, why, since_round, at, request_id)
       VALUES ($1, 1, 1, $2, '{}', $3, 'ann', 'w', 1, now(), $4)`,
      [trials[i], verdict, verdict === 'failed' ? 'device' : null, `r${i}`],
    );
    await settle();
    expect(await openLeases(store.query, 'bench', { resource: 'held' })).toEqual([]);
  });

  it('that is held goes over to the next generation of its job, or is freed by a person', async () => {
    const key = `${trials[2]}/g1/run`;
    await grant('heir', key);
    await began('heir', 2);
    await closeSubmission(store.query, key, 'unknown');
    await release('heir', key);
    const next = await grant('heir', `${trials[2]}/g2/run`, { after: key });
    expect(next).toMatchObject({ lease: { place: 1, key: `${trials[2]}/g2/run` } });
    await store.query(`UPDATE lease SET held_at = now() WHERE key = $1`, [`${trials[2]}/g2/run`]);
    const freed = await store.transaction((query) => freeHeld(query, { lab: 'bench', resource: 'heir', at: 5_000 }));
    expect(freed).toEqual([`${trials[2]}/g2/run`]);
  });

  it('is noted with its job where that had noted another', async () => {
    const key = `${trials[3]}/g1/run`;
    await grant('moved', key);
    await began('moved', 3);
    await store.query(`UPDATE lease SET released_at = now() WHERE key = $1`, [key]);
    await grant('moved', key, { place: 2 });
    expect(await findSubmission(store.query, key)).toMatchObject({ slot: 'bench/moved#2' });
    expect(await renewFence(store.query, key)).not.toBeNull();
  });

  it('is granted to nobody while its instrument stands still', async () => {
    const word = { lab: 'bench', resource: 'still', who: 'ann', why: 'smoke' };
    expect(await saveStandstill(store.query, 'fault', word)).toBe(true);
    expect(await saveStandstill(store.query, 'fault', { ...word, who: 'bob' })).toBe(false);
    expect(await grant('still', 'a')).toMatchObject({ stands: { kind: 'fault', why: 'smoke', who: 'ann' } });
    expect(await listStandstills(store.query, 'bench')).toHaveLength(1);
    expect(await clearStandstill(store.query, 'fault', word)).toBe(true);
    expect(await grant('still', 'a')).toHaveProperty('lease');
  });
});

it('of several instruments one alone is leased for a job', async () => {
  const anyOf = ['left', 'right'];
  const both = await Promise.all(anyOf.map((name) => grant(name, 'any', { anyOf })));
  expect(both.filter((answer) => 'lease' in answer)).toHaveLength(1);
  expect(both.filter((answer) => 'elsewhere' in answer)).toHaveLength(1);
  // A position is had beside it.
  expect(await grant('shelf', 'any', { anyOf: ['shelf'] })).toHaveProperty('lease');
});

describe('stock', () => {
  it('is given to no trial that has not begun while its campaign is paused, or has its trials cancelled', async () => {
    const phase = (name: string) => store.query(`UPDATE campaign SET phase = $1 WHERE id = 'c'`, [name]);
    for (const name of ['paused', 'aborting']) {
      await phase(name);
      expect(await grant('pump', 'q1')).toEqual({ paused: true });
    }
    expect(await grant('pump', 'q2', { begun: true })).toHaveProperty('lease');
    await store.query(`UPDATE lease SET released_at = now() WHERE key = 'q2'`);
    await phase('running');
    expect(await grant('pump', 'q1')).toHaveProperty('lease');
    // What it has it keeps.
    await phase('paused');
    expect(await grant('pump', 'q1')).toHaveProperty('lease');
    await phase('running');
    await store.query(`UPDATE lease SET released_at = now() WHERE key = 'q1'`);
  });

  it('is drawn once a key, with the lease or not at all, and counted in decimals', async () => {
    const put = (stock: string, amount: number) =>
      refillStock(store.query, { lab: 'bench', stock, amount, who: 'ann', why: 'new' });
    await put('acid', 1);
    await put('base', 0.05);
    for (let i = 0; i < 10; i++) {
      await grant('pump', `p${i}`, { uses: { acid: 0.1 } });
      await grant('pump', `p${i}`, { uses: { acid: 0.1 } });
      await store.query(`UPDATE lease SET released_at = now() WHERE key = $1`, [`p${i}`]);
    }
    expect((await stockOf(store.query, 'bench')).get('acid')).toBe(0);
    expect(await grant('pump', 'p10', { uses: { acid: 0.1 } })).toEqual({ short: 'acid' });
    await put('acid', 0.1);
    // Of two none is drawn where one does not suffice.
    expect(await grant('pump', 'p11', { uses: { acid: 0.1, base: 0.1 } })).toEqual({ short: 'base' });
    expect((await stockOf(store.query, 'bench')).get('acid')).toBe(0.1);
    expect(await openLeases(store.query, 'bench', { resource: 'pump' })).toEqual([]);
    // What was drawn is not drawn again where the slot was given back and is had again.
    expect(await grant('pump', 'p9', { uses: { acid: 0.1 } })).toHaveProperty('lease');
    expect((await stockOf(store.query, 'bench')).get('acid')).toBe(0.1);
  });

  it('that was drawn for a job which never began is there again, and drawn anew with the next lease', async () => {
    await refillStock(store.query, { lab: 'bench', stock: 'ink', amount: 1, who: 'ann', why: 'new' });
    const left = async () => (await stockOf(store.query, 'bench')).get('ink');
    for (let i = 0; i < 2; i++) {
      await grant('plotter', 'q', { uses: { ink: 1 } });
      expect(await left()).toBe(0);
      expect(await release('plotter', 'q')).toEqual({ held: false, undrawn: true });
      expect(await left()).toBe(1);
    }
    const key = `${trials[4]}/g1/run`;
    await grant('plotter', key, { uses: { ink: 1 } });
    await began('plotter', 4);
    await closeSubmission(store.query, key, 'ended');
    expect(await release('plotter', key)).toEqual({ held: false, undrawn: false });
    expect(await left()).toBe(0);
  });
});
