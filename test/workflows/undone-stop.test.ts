import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Judgement } from '../../models/domain/ruling.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { changedDevices } from '../support/changed-devices.js';
import { type DurableHost, durableHost, eventually, hasHeard, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
/** All calls that begin a job wait for this but the first. */
let gate: Promise<void> = Promise.resolve();
let calls = 0;
beforeAll(async () => {
  host = await durableHost(
    changedDevices((device) => ({
      submit: async (...given) => {
        calls += 1;
        if (calls > 1) await gate;
        return device.submit(...given);
      },
    })),
  );
});
afterAll(() => host?.close());

const ann = { who: 'ann', note: 'she knows why' };
const amended = (value: number): Judgement => ({
  verdict: 'amend',
  values: { value },
  cause: null,
  who: 'ann',
  why: 'the scale was off',
});

it('a campaign that a wrong value is about to end goes on when a person has put it right', async () => {
  const id = host.id('undone');
  let release = () => {};
  gate = new Promise((resolve) => {
    release = resolve;
  });
  const stop = [{ type: 'targetReached', value: -1e6 }];
  await host.control.start(problemCampaign(id, { stop, parallel: 2, budget: { trials: 4 } }));
  await eventually(async () => (await host.control.status(id)).measured === 1);
  await host.control.pause(id, ann);
  const [measured] = (await host.control.record(id)).trials.filter(({ state }) => state === 'ended');
  const trial = measured!.proposal.id;
  await hasHeard(host, trial);
  await host.control.rule(trial, amended(-2e6));
  const asked = () => host.client.workflow.getHandle(id).query<CampaignStatus>('status');
  expect(await asked()).toMatchObject({ phase: 'draining', stop: { reason: 'targetReached' } });
  await host.control.rule(trial, amended(5));
  // It was paused when the rule was met.
  expect(await asked()).toMatchObject({ phase: 'paused', stop: null });
  await host.control.resume(id, ann);
  release();
  const report = await host.control.waitUntilStopped(id);
  expect(report).toMatchObject({ measured: 4, stop: { reason: 'budgetTrials' } });
  expect((await verifyRecord(await host.control.record(id))).mismatches).toEqual([]);
  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('ruled', runs);
});

it('one that has stopped for a wrong value is told to go on, by the rules that it had', async () => {
  const id = host.id('undone-later');
  const stop = [{ type: 'targetReached', value: 1e6 }];
  await host.run(problemCampaign(id, { stop, budget: { trials: 3 } }));
  expect(await host.control.isStopUndone(id)).toBe(false);
  await expect(host.control.resume(id, ann)).rejects.toThrow(/has stopped .*reached/);
  await host.control.rule(`${id}/r1/p1`, amended(3e6));
  expect(await host.control.status(id)).toMatchObject({ phase: 'stopped', measured: 1 });
  expect(await host.control.isStopUndone(id)).toBe(true);
  await host.control.resume(id, ann);
  const second = await host.control.waitUntilStopped(id);
  expect(second).toMatchObject({
    measured: 2,
    stop: { reason: 'targetReached', text: expect.stringContaining('/r2/p1') },
  });
  // Given another budget instead, it keeps the rule, which another trial meets.
  await host.control.rule(`${id}/r2/p1`, amended(2e6));
  await host.control.extend(id, { ...ann, trials: 9 });
  const third = await host.control.waitUntilStopped(id);
  expect(third).toMatchObject({
    measured: 3,
    stop: { reason: 'targetReached', text: expect.stringContaining('/r3/p1') },
  });
  const record = await host.control.record(id);
  expect(record.audit.map(({ action }) => action)).toEqual(['rule', 'resume', 'rule', 'extend']);
  expect(record.audit[3]!.details).toMatchObject({ ended: 'targetReached', lifted: [] });
  expect((await verifyRecord(record)).mismatches).toEqual([]);
});

it('one that is given another budget keeps the rule that it stopped for, where only another still holds', async () => {
  const id = host.id('undone-other');
  const stop = [{ type: 'targetReached', value: 1e6 }];
  await host.run(problemCampaign(id, { stop, budget: { trials: 3 }, maxConsecutiveFailures: 1 }));
  const failed = { ...amended(0), verdict: 'failed' as const, values: {}, cause: 'chemistry' as const };
  await host.control.rule(`${id}/r1/p1`, failed);
  await host.control.extend(id, { ...ann, trials: 9 });
  expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 1, stop: { reason: 'targetReached' } });
  const { audit } = await host.control.record(id);
  expect(audit.at(-1)!.details).toMatchObject({ ended: 'targetReached', lifted: ['failures'] });
});
