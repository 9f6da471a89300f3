import { afterAll, beforeAll, expect, it } from 'vitest';
import { createCampaign } from '../../../activities/store/campaign.js';
import { openStore, type Store } from '../../../activities/store/client.js';
import {
  endTuning,
  enterTraining,
  findTuning,
  forgetTuning,
  leaveTraining,
  loadTuning,
  loadTuningStates,
  saveTuned,
  saveTuning,
  saveTuningState,
} from '../../../activities/store/tuning.js';
import { nothingMade, type TuneOrder } from '../../../models/domain/tuning.js';
import { createTestDatabase, type TestDatabase } from '../../support/services.js';
import { problemCampaign } from '../../workflows/durable-host.js';

const campaignId = 'tuned';
const order: TuneOrder = { n: 1, at: 0, round: 3, pending: [], measured: 9, trigger: 'by hand', who: 'ann' };
const [some, other] = ['a'.repeat(64), 'b'.repeat(64)];
const ref = { campaignId, n: 1 };

let database: TestDatabase;
let store: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = openStore(database.url, { connections: 2 });
  await store.transaction((query) => createCampaign(query, problemCampaign(campaignId)));
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
});

const begin = (dataHash: string) => saveTuning(store.query, campaignId, order, dataHash);
const state = (byte: number) => saveTuningState(store.query, ref, 0, Uint8Array.of(byte));

it('goes on from its last states with the same data, and begins anew with other data', async () => {
  await begin(some);
  await state(1);
  await state(2);
  await begin(some);
  expect([...(await loadTuningStates(store.query, ref))]).toEqual([[0, Uint8Array.of(2)]]);
  expect(await loadTuning(store.query, ref)).toEqual({ order, dataHash: some, made: null, end: null });
  await begin(other);
  expect((await loadTuningStates(store.query, ref)).size).toBe(0);
});

it('knows how many workers were lost in it since it last got on', async () => {
  await begin(some);
  const enter = () => enterTraining(store.query, ref);
  expect([await enter(), await enter(), await enter()]).toEqual([0, 1, 2]);
  await state(1);
  expect(await enter()).toBe(1);
  await leaveTraining(store.query, ref);
  expect(await enter()).toBe(0);
  await leaveTraining(store.query, ref);
});

it('that was forgotten cannot be ended, so that nothing else is said of it, and there is none', async () => {
  await forgetTuning(store.query, ref);
  expect(await endTuning(store.query, ref, nothingMade('too late'))).toBe(false);
  expect(await findTuning(store.query, ref)).toBeNull();
  await expect(loadTuning(store.query, ref)).rejects.toThrow("the store has no fine-tuning 1 of 'tuned'");
});

it('ends once, keeps what was made once, and lets go of its states', async () => {
  await begin(some);
  await state(3);
  const made = { tuned: { learned: ['x'] } as never, at: '2026-11-30T00:00:00.000Z' };
  await saveTuned(store.query, ref, made, some);
  await saveTuned(store.query, ref, { ...made, at: '2026-12-01T00:00:00.000Z' }, other);
  const end = nothingMade('it was no better');
  expect(await endTuning(store.query, ref, end)).toBe(true);
  expect(await endTuning(store.query, ref, nothingMade('again'))).toBe(false);
  await forgetTuning(store.query, ref);
  await begin(other);
  expect(await loadTuning(store.query, ref)).toEqual({ order, dataHash: some, made: { ...made, network: some }, end });
  expect((await loadTuningStates(store.query, ref)).size).toBe(0);
});
