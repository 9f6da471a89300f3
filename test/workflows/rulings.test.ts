import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAudit } from '../../activities/store/audit.js';
import { findCampaign, loadOutline } from '../../activities/store/campaign.js';
import { lastRound } from '../../activities/store/proposal.js';
import { loadTrials } from '../../activities/store/record.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { Judgement } from '../../models/domain/ruling.js';
import { restoredInput } from '../../scripts/durable/restored-state.js';
import { totalCost } from '../../scripts/outcome.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { callCliJson } from '../support/cli.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, hasHeard, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', note: 'she knows why' };
const says = (verdict: Judgement['verdict'], more: Partial<Judgement> = {}): Judgement => ({
  verdict,
  values: {},
  cause: null,
  who: 'ann',
  why: 'she looked',
  ...more,
});

/** The record of a campaign after a trip through a file, every proposal of it computed again. */
async function verified(id: string) {
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect((await verifyRecord(record)).mismatches).toEqual([]);
  const summary = await host.control.status(id);
  expect(summary.spent).toBeCloseTo(totalCost(record), 9);
  return record;
}

it('a campaign learns from what people rule, from the next round on', async () => {
  const id = host.id('ruled');
  const trial = (round: number) => `${id}/r${round}/p1`;
  // A surrogate decides from the fourth round on, so that what counts shows in the proposals.
  devices.hold(4);
  await host.control.start(problemCampaign(id, { strategy: { initial: { trials: 3 } }, budget: { trials: 10 } }));
  await expect(host.control.rule(trial(9), says('discard'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await eventually(async () => (await host.control.status(id)).measured >= 4);
  await hasHeard(host, trial(1));
  // In the middle of a round.
  const discarded = await host.control.rule(trial(1), says('discard'));
  expect(discarded).toMatchObject({
    observation: { outcome: 'quarantined' },
    rulings: [{ verdict: 'discard', seq: 1 }],
  });
  const since = discarded.rulings![0]!.sinceRound;
  expect(discarded.earlier).toMatchObject([
    { throughRound: since - 1, ruled: true, observation: { outcome: 'measured' } },
  ]);
  // Said again it is taken once; another who has not seen it is told who was first.
  await host.control.rule(trial(1), says('discard'));
  const unseen = { generation: 1, rulings: 0 };
  await expect(host.control.rule(trial(1), says('failed', { who: 'bob', cause: 'device' }), unseen)).rejects.toThrow(
    /no more as you saw it: ann was first, at .*: rule discard \(she looked\)/,
  );
  await host.control.pause(id, ann);
  devices.letGo();
  await eventually(async () => (await host.control.status(id)).running === 0);
  await hasHeard(host, trial(2));
  await hasHeard(host, trial(3));
  await host.control.rule(trial(2), says('notStarted'));
  await host.control.rule(trial(3), says('amend', { values: { value: -50 } }));
  await expect(host.control.rule(trial(3), says('amend', { values: { yield: 1 } }))).rejects.toThrow(
    /no outcome 'yield'/,
  );
  const handle = host.client.workflow.getHandle(id);
  const state = await handle.query<Record<string, unknown>>('status');
  expect(state).toMatchObject({ ruling: [], front: [{ trialId: trial(3), losses: [-50] }] });
  // Were its workflow lost now, it would go on from the store as it is.
  const { query } = host.store;
  const trials = await loadTrials(query, id);
  const [head, round, audit] = [
    (await findCampaign(query, id))!,
    await lastRound(query, id),
    await listAudit(query, id),
  ];
  const restored = restoredInput({ head, campaign: await loadOutline(query, id), round, audit, trials }).carried!.state;
  expect(state).toMatchObject({ ...restored });
  await host.control.resume(id, ann);
  const report = await host.control.waitUntilStopped(id);
  // One is discarded, and the one that never ran has given its place to another.
  expect(report).toMatchObject({ measured: 9, quarantined: 1, withdrawn: 1, spent: 10, best: { value: -50 } });
  expect(report.rounds).toBe(11);

  const record = await verified(id);
  expect(record.trials[1]).toMatchObject({ state: 'withdrawn', observation: null });
  expect(record.audit.filter(({ action }) => action === 'rule')).toHaveLength(3);
  const unruled = { ...record, trials: record.trials.map(({ earlier: _, rulings: __, ...rest }) => rest) };
  expect((await verifyRecord(unruled)).mismatches.length).toBeGreaterThan(0);

  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('ruled', runs);

  // It has stopped: what people hold of it still counts, and it stays as it is.
  const late = await host.control.rule(trial(3), says('release'));
  expect(late.rulings).toMatchObject([{ verdict: 'amend' }, { verdict: 'release', sinceRound: 12, seq: 2 }]);
  const after = await host.control.status(id);
  expect(after).toMatchObject({ phase: 'stopped', measured: 9 });
  expect(after.best!.value).toBeGreaterThan(-50);
  await verified(id);

  const { home, databaseUrl, temporalAddress } = host.settings;
  const env = { ATHANOR_HOME: home, DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress };
  const spoken = (verb: string, ...argv: string[]) =>
    callCliJson<TrialRecord>([verb, trial(3), ...argv, '--why', 'so', '--as', 'bob', '--json'], { env });
  expect(await spoken('amend', 'value=-60')).toMatchObject({
    observation: { outcome: 'measured', values: { value: -60 } },
  });
  expect((await spoken('discard')).observation!.outcome).toBe('quarantined');
  expect((await spoken('release', 'value=-70')).observation!.values).toEqual({ value: -70 });
  expect((await spoken('release')).rulings!.map(({ verdict, who }) => `${verdict} by ${who}`)).toEqual([
    ...['amend by ann', 'release by ann', 'amend by bob', 'discard by bob', 'release by bob', 'release by bob'],
  ]);
  await verified(id);
});

it('a quarantined value is released, and reaches the target', async () => {
  const id = host.id('released');
  const objectives = [{ name: 'value', direction: 'minimise', limits: [1e6, 1e7] }];
  const stop = [{ type: 'targetReached', value: 1e5 }];
  devices.hold(1);
  await host.control.start(problemCampaign(id, { objectives, stop, budget: { trials: 50 } }));
  await eventually(async () => (await host.control.status(id)).quarantined >= 1);
  await hasHeard(host, `${id}/r1/p1`);
  const released = await host.control.rule(`${id}/r1/p1`, says('release'));
  expect(released.observation).toMatchObject({ outcome: 'measured', cause: null });
  devices.letGo();
  const report = await host.control.waitUntilStopped(id);
  expect(report).toMatchObject({ measured: 1, stop: { reason: 'targetReached' } });
  await verified(id);
});

it('a trial that waited to be done again when its campaign stopped is not, once its value is released', async () => {
  const id = host.id('closed');
  const objectives = [{ name: 'value', direction: 'minimise', limits: [1e6, 1e7] }];
  devices.hold(1);
  await host.control.start(problemCampaign(id, { objectives, budget: { trials: 9 } }));
  const trial = `${id}/r1/p1`;
  await eventually(async () => (await host.control.status(id)).quarantined >= 1);
  await host.control.pause(id, ann);
  devices.letGo();
  await eventually(async () => (await host.control.status(id)).running === 0);
  await hasHeard(host, trial);
  await host.control.retry(trial, ann);
  await host.control.drain(id, ann);
  await host.control.waitUntilStopped(id);
  await host.control.rule(trial, says('release'));
  await host.control.extend(id, { ...ann, trials: 4 });
  const report = await host.control.waitUntilStopped(id);
  expect(report).toMatchObject({ measured: 1, quarantined: 3, spent: 4, stop: { reason: 'budgetTrials' } });
  const record = await verified(id);
  expect(record.trials[0]).toMatchObject({ observation: { outcome: 'measured' }, rulings: [{ verdict: 'release' }] });
  expect(record.trials[0]!.earlier).toMatchObject([{ ruled: true }]);
});
