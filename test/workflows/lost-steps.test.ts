import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveLab } from '../../activities/store/lab.js';
import { listSubmissions } from '../../activities/store/submission.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const device = (delayMs = 20) => ({ adapter: 'problem', settings: { problem: 'branin', delayMs } });
const both = { x1: '{x1}', x2: '{x2}' };
const recipe = [
  { step: 'make', on: 'robot', with: both, at: 'shelf', undo: { with: { x1: 0, x2: 0 } } },
  { step: 'weigh', on: 'balance', with: both, gives: ['value'] },
];

/** A campaign of one trial, whose last step takes ten minutes, once that has begun. */
async function begun(name: string): Promise<{ readonly lab: LabSpec; readonly id: string; readonly trialId: string }> {
  const lab = labSchema.parse({
    name: host.id(name),
    instruments: { robot: device(), balance: device(600_000) },
    positions: { shelf: { slots: 1 } },
  });
  await host.control.labs.up(lab, 'ann');
  const campaign = problemCampaign(host.id(name), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', recipe, cost: 2 }],
    budget: { trials: 1 },
  });
  await host.control.start(campaign, { historyLimit: 60 });
  const trialId = await eventually(async () => {
    const lines = await listSubmissions(host.store.query, campaign.id);
    return lines.find(({ step, state }) => step === 'weigh' && state === 'accepted')?.trialId;
  });
  return { lab, id: campaign.id, trialId };
}

const open = async (lab: LabSpec) =>
  (await host.control.labs.leases(lab.name)).filter(({ releasedAt }) => releasedAt === null);

const terminate = (trialId: string) => host.client.workflow.getHandle(trialId).terminate('by hand');

describe('a trial of several steps whose workflow is lost', () => {
  it('is settled on the instrument that has it, and taken back, where the campaign is aborted', async () => {
    const { lab, id, trialId } = await begun('aborted');
    while ((await historiesOf(host.client, id)).length < 2) {
      await host.control.pause(id, { who: 'ann' });
      await host.control.resume(id, { who: 'ann' });
    }
    await terminate(trialId);
    await host.control.abort(id, { who: 'ann' });
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
    const [trial] = (await host.control.record(id)).trials;
    expect(trial!.observation).toMatchObject({ outcome: 'cancelled' });
    expect(trial!.steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
      'make done',
      'weigh cancelled',
      'make~undo done',
    ]);
    const lines = await listSubmissions(host.store.query, id);
    expect(lines.map(({ state }) => state)).toEqual(['ended', 'ended', 'ended']);
    await eventually(async () => (await open(lab)).length === 0);
    for (const one of [id, trialId]) expect(await replayFaults(await historiesOf(host.client, one))).toEqual([]);
  });

  it('goes on with the step that runs; lost again and again it is left to a person, who says what became of that', async () => {
    const { lab, id, trialId } = await begun('again');
    const seen = new Set<string>();
    while ((await host.control.status(id)).running > 0) {
      const { runId, status } = await host.client.workflow.getHandle(trialId).describe();
      if (status.name === 'RUNNING' && !seen.has(runId)) await terminate(trialId).catch(() => undefined);
      seen.add(runId);
    }
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
    const [lost] = (await host.control.record(id)).trials;
    expect(lost!.observation).toMatchObject({ outcome: 'quarantined', cost: 2, cause: { code: 'workflowLost' } });
    expect(lost!.steps!.map(({ step, how }) => `${step} ${how}`)).toEqual(['make done', 'weigh unknown']);
    expect(await listSubmissions(host.store.query, id)).toMatchObject([{ state: 'ended' }, { state: 'unknown' }]);
    expect(await host.control.status(id)).toMatchObject({ unresolved: [trialId] });
    expect((await open(lab)).map(({ resource }) => resource).sort()).toEqual(['balance', 'shelf']);
    await host.store.transaction((query) =>
      saveLab(query, { ...lab, instruments: { ...lab.instruments, balance: lab.instruments.robot! } }, 'ann'),
    );
    const said = { verdict: 'notStarted', job: null, cause: null, who: 'ann', why: 'the pan is empty' } as const;
    await host.control.resolve(trialId, said);
    await host.control.waitUntilStopped(id, undefined, { pollMs: 100 });
    const record = await host.control.record(id);
    const ran = record.trials[0]!.steps!.filter(({ generation }) => generation === 2);
    expect(ran.map(({ step, how, carried }) => `${step} ${how}${carried ? ' before' : ''}`)).toEqual([
      'make done before',
      'weigh done',
    ]);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    await eventually(async () => (await open(lab)).length === 0);
  });
});
