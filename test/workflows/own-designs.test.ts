import { afterAll, beforeAll, expect, it } from 'vitest';
import { decide } from '../../models/strategy/decide.js';
import { exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import type { CampaignStatus } from '../../workflows/messages.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const given = (values: Record<string, string>) => ({ who: 'ann', why: 'as in the paper', values });

it('a person puts designs of their own in the place of a proposal, and beside all; both are predicted', async () => {
  const id = host.id('owned');
  const campaign = problemCampaign(id, {
    strategy: { initial: { trials: 3 } },
    approval: [{ costAbove: 0, first: 5 }],
    budget: { trials: 6 },
  });
  await host.control.start(campaign);
  const handle = host.client.workflow.getHandle(id);
  const waiting = () =>
    eventually(async () => {
      const status = await handle.query<CampaignStatus>('status').catch(() => null);
      return status?.waiting.find(({ needs }) => needs === 'approval')?.id;
    });
  for (let round = 1; round <= 3; round++) await host.control.approve(await waiting(), { who: 'ann' });
  const fourth = await eventually(async () => {
    const trial = await waiting();
    return trial.includes('/r4/') && trial;
  });
  await expect(host.control.edit(fourth, given({ x1: '99', x3: '1' }))).rejects.toThrow(/x1[\s\S]*x3|x3[\s\S]*x1/);
  const edited = await host.control.edit(fourth, given({ x1: '2.5' }));
  const [original] = (await host.control.trials(id)).filter(({ proposal }) => proposal.id === fourth);
  expect(original).toMatchObject({ state: 'withdrawn', rejected: { who: 'ann', why: 'as in the paper' } });
  expect(edited.proposal).toMatchObject({
    id: `${id}/r4/p2`,
    design: { x1: 2.5, x2: original!.proposal.design.x2 },
    reason: { kind: 'supplied', acquisition: null },
    basis: { fit: null, person: { who: 'ann', why: 'as in the paper', sinceRound: 5, insteadOf: fourth } },
  });
  // As the strategy of that round would have said: its own design is predicted as it was.
  const { round, basis, design } = original!.proposal;
  const { pending, remainingCost } = basis;
  const trials = (await host.control.trials(id)).slice(0, 3);
  const wish = { design, rowId: null, fidelity: 'exact', words: 'the same' };
  const { proposals } = await decide({ campaign, round, count: 1, pending, remainingCost, trials, wish });
  const { mean, sd, targetMean, targetSd } = original!.proposal.reason;
  expect(mean).not.toBeNull();
  expect(proposals[0]!.reason).toMatchObject({ mean, sd, targetMean, targetSd });
  expect(edited.proposal.reason.mean).not.toBe(mean);
  // Said again it is taken once; another is told who was first.
  expect((await host.control.edit(fourth, given({ x1: '2.5' }))).proposal.id).toBe(edited.proposal.id);
  await expect(host.control.edit(fourth, { ...given({ x1: '3' }), who: 'bob' })).rejects.toThrow(
    /taken back: ann was first, at .*: edit in favour of .*\/r4\/p2 \(as in the paper\)/,
  );

  await expect(host.control.add(id, given({ x1: '1' }))).rejects.toThrow(/x2/);
  const added = await host.control.add(id, given({ x1: '1', x2: '2' }));
  expect((await host.control.add(id, given({ x1: '1', x2: '2' }))).proposal.id).toBe(added.proposal.id);
  expect(added.proposal).toMatchObject({
    design: { x1: 1, x2: 2 },
    fidelity: 'exact',
    basis: { person: { who: 'ann' } },
  });
  expect(added.proposal.reason.mean).not.toBeNull();
  await eventually(async () => {
    const report = await host.control.status(id);
    for (const trial of await host.control.trials(id))
      if (trial.needs === 'approval')
        await host.control.approve(trial.proposal.id, { who: 'ann' }).catch(() => undefined);
    return report.phase === 'stopped';
  });
  const record = parseRecord(exportJson(await host.control.record(id)), id);
  expect(record.trials.filter(({ state }) => state === 'ended')).toHaveLength(6);
  const verification = await verifyRecord(record);
  expect(verification).toMatchObject({ mismatches: [], byPerson: 2 });
  const acts = record.audit.filter(({ action }) => action === 'edit' || action === 'add');
  expect(acts.map(({ action, details }) => [action, details.placed])).toEqual([
    ['edit', edited.proposal.id],
    ['add', added.proposal.id],
  ]);
  expect(acts[0]!.details.known).toMatchObject({ round: 4, generation: 1, mean, sd });
  const runs = await historiesOf(host.client, id);
  expect(await replayFaults(runs)).toEqual([]);
  await keepHistories('owned', runs);
});
