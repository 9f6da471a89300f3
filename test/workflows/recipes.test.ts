import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveLab } from '../../activities/store/lab.js';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { totalCost } from '../../scripts/outcome.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const device = (more: object = {}, settings: object = {}) => ({
  adapter: 'problem',
  settings: { problem: 'branin', delayMs: 20, ...settings },
  ...more,
});

/** A lab of that name in the store. */
async function labOf(name: string, instruments: object = {}, more: object = {}): Promise<LabSpec> {
  const all = { robot: device(), oven: device({ can: ['heat'] }), kiln: device({ can: ['heat'] }), balance: device() };
  const positions = { shelf: { slots: 2 }, tray: { slots: 2 } };
  const lab = labSchema.parse({ name: host.id(name), instruments: { ...all, ...instruments }, positions, ...more });
  await host.control.labs.up(lab, 'ann');
  return lab;
}

const both = { x1: '{x1}', x2: '{x2}' };
const recipe = [
  { step: 'make', on: 'robot', with: both, at: 'shelf', undo: { with: { x1: 0, x2: 0 } } },
  { step: 'anneal', on: 'heat', with: { x1: '{x1}', x2: 10 }, at: 'tray', undo: { with: { x1: 1, x2: 1 } } },
  { step: 'weigh', on: 'balance', with: both, gives: ['value'] },
];

const campaignIn = (lab: LabSpec, id: string, more: object = {}, steps: readonly object[] = recipe): Campaign =>
  problemCampaign(host.id(id), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', recipe: steps, cost: 3 }],
    ...more,
  });

/** The histories of a campaign, its trials and the instruments of its lab replay; kept where that is asked for. */
async function replayed(name: string, { id }: Campaign, lab: LabSpec, trials: readonly string[]): Promise<void> {
  const instruments = Object.keys({ ...lab.instruments, ...lab.positions });
  const all = { campaign: [id], trial: trials, instrument: instruments.map((one) => `instrument/${lab.name}/${one}`) };
  for (const [kind, ids] of Object.entries(all)) {
    const runs = (await Promise.all(ids.map((one) => historiesOf(host.client, one)))).flat();
    expect(await replayFaults(runs)).toEqual([]);
    if (kind !== 'instrument' || name === 'resolved') await keepHistories(`recipe-${name}-${kind}`, runs);
  }
}

const openLeases = async (lab: LabSpec) =>
  (await host.control.labs.leases(lab.name)).filter(({ releasedAt }) => releasedAt === null);

describe('campaigns of three-step trials', () => {
  it('run each step on an instrument of the lab, one start a key, and give all slots back', async () => {
    const lab = await labOf('three');
    const record = await host.run(campaignIn(lab, 'three', { parallel: 3, budget: { trials: 7 } }));
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(7).fill('measured'));
    for (const { proposal, observation, steps } of record.trials) {
      expect(steps!.map(({ step, how }) => `${step} ${how}`)).toEqual(['make done', 'anneal done', 'weigh done']);
      expect(steps!.map(({ values }) => values)).toEqual([undefined, undefined, observation!.values]);
      expect(steps!.map(({ key }) => key)).toEqual(
        ['make', 'anneal', 'weigh'].map((step) => `${proposal.id}/g1/${step}`),
      );
      expect(observation).toMatchObject({ cost: 3, cause: null });
      expect(observation!.values.value).toEqual(expect.any(Number));
      const [make, anneal, weigh] = steps!.map(({ instrument }) => instrument);
      expect([make, weigh]).toEqual([`${lab.name}/robot`, `${lab.name}/balance`]);
      expect([`${lab.name}/oven`, `${lab.name}/kiln`]).toContain(anneal);
      for (const { startedAt, endedAt, job } of steps!) {
        expect(job).toEqual(expect.any(String));
        expect(startedAt!).toBeLessThanOrEqual(endedAt!);
      }
    }
    await eventually(async () => (await openLeases(lab)).length === 0);
    const leases = await host.control.labs.leases(lab.name);
    expect(leases.filter(({ resource }) => resource === 'shelf')).toHaveLength(7);
    expect(new Set(leases.map(({ resource, key }) => `${resource} ${key}`)).size).toBe(leases.length);
    const read = parseRecord(JSON.stringify(record), 'record.json');
    expect((await verifyRecord(read)).mismatches).toEqual([]);
  });

  it('take back what was done once a step fails, where it was done, and know of what cannot be', async () => {
    const faults = { faults: { failRate: 1, failClass: 'chemistry' } };
    const lab = await labOf('failing', { balance: device({}, faults) });
    const campaign = campaignIn(lab, 'failing', { budget: { trials: 2 } }, [
      { ...recipe[0], undo: { on: 'balance', with: { x1: 0, x2: 0 } } },
      ...recipe.slice(1),
    ]);
    const record = await host.run(campaign);
    for (const { observation, steps } of record.trials) {
      expect(observation).toMatchObject({
        outcome: 'failed',
        cost: 5,
        cause: { class: 'chemistry', code: 'orderedFailure' },
        details: { notUndone: ['make'] },
      });
      expect(observation!.cause!.message).toMatch(/^step 'weigh': /);
      expect(steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
        'make done',
        'anneal done',
        'weigh failed',
        'anneal~undo done',
        'make~undo failed',
      ]);
      expect(steps![3]!.instrument).toBe(steps![1]!.instrument);
    }
    const { problem } = await host.control.status(record.campaign.id);
    expect(problem).toContain("what its steps 'make' did could not be taken back");
    await replayed('undone', campaign, lab, [record.trials[0]!.proposal.id]);
  });

  it('leave all as it is where nobody can tell: instrument and position are held for a person', async () => {
    const lab = await labOf('unknown', { balance: device({}, { faults: { unknownRate: 1 } }) });
    const record = await host.run(campaignIn(lab, 'unknown', { budget: { trials: 1 } }));
    const [{ observation, steps }] = record.trials as [(typeof record.trials)[number]];
    expect(observation).toMatchObject({ outcome: 'quarantined', cause: { code: 'orderedUnknown' } });
    expect(steps!.map(({ how }) => how)).toEqual(['done', 'done', 'unknown']);
    const held = await eventually(async () => {
      const open = await openLeases(lab);
      return open.every(({ heldAt }) => heldAt !== null) && open;
    });
    expect(held.map(({ resource }) => resource).sort()).toEqual(['balance', 'tray']);
    const again = host.control.retry(record.trials[0]!.proposal.id, { who: 'ann' });
    await expect(again).rejects.toThrow(/nobody can tell what became of it.* say so with --not-started/);
  });

  it('are not taken back where a person says that the unknown one failed, which is told: the sample keeps its position', async () => {
    const lab = await labOf('left', { balance: device({}, { faults: { unknownRate: 1 } }) });
    const campaign = campaignIn(lab, 'left', { parallel: 1, budget: { trials: 2 } });
    await host.control.start(campaign);
    const id = await eventually(async () => {
      const [first, second] = await host.control.trials(campaign.id);
      return first?.observation?.outcome === 'quarantined' && second?.state === 'running' && first.proposal.id;
    });
    const said = { verdict: 'failed', job: null, cause: 'device', who: 'ann', why: 'the pan broke' } as const;
    await host.control.resolve(id, said);
    const { problem } = await host.control.status(campaign.id);
    expect(problem).toContain(`${id} has ended, but what its steps 'make', 'anneal' did could not be taken back`);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { audit } = await host.control.record(campaign.id);
    expect(audit.find(({ action }) => action === 'rule')!.details).toMatchObject({ notUndone: ['make', 'anneal'] });
    const held = await eventually(async () => {
      const open = await openLeases(lab);
      return open.every(({ heldAt }) => heldAt !== null) && open;
    });
    expect(held.filter(({ key }) => key.startsWith(`${id}/`)).map(({ resource }) => resource)).toEqual(['tray']);
    const { obstacles } = await host.control.inbox();
    expect(obstacles.find((one) => one.held?.key === `${id}/g1/@tray`)).toMatchObject({
      text: expect.stringContaining('what was done to its sample was not taken back (make, anneal)'),
      remedies: [`athanor lab clear tray --lab ${lab.name} --why TEXT`],
    });
    await host.control.labs.clear(lab.name, 'tray', { who: 'ann', why: 'taken out' });
    expect((await openLeases(lab)).map(({ resource }) => resource)).not.toContain('tray');
  });

  it('stay as they ended where the job of which nobody could tell was taking a step back, and are begun anew by a retry alone', async () => {
    const fails = { faults: { failRate: 1, failClass: 'device' } };
    const rinser = device({}, { faults: { unknownRate: 1 } });
    const lab = await labOf('undoing', { balance: device({}, fails), rinser });
    const steps = [recipe[0]!, { ...recipe[1], undo: { on: 'rinser', with: { x1: 1, x2: 1 } } }, recipe[2]!];
    const campaign = campaignIn(lab, 'undoing', { budget: { trials: 1 } }, steps);
    const [trial] = (await host.run(campaign)).trials;
    expect(trial!.steps!.map(({ step, how }) => `${step} ${how}`).slice(2)).toEqual([
      'weigh failed',
      'anneal~undo unknown',
      'make~undo done',
    ]);
    await labOf('undoing', { rinser });
    const { id } = trial!.proposal;
    const held = async () => (await openLeases(lab)).filter(({ heldAt }) => heldAt !== null);
    await eventually(async () => (await held()).length > 0 && (await openLeases(lab)).length === (await held()).length);
    const remedies = async () => (await host.control.inbox()).obstacles.filter(({ lab: of }) => of === lab.name);
    expect((await remedies()).map((one) => one.remedies[0])).toContain(`athanor resolve ${id} --help`);
    const said = { verdict: 'notStarted', job: null, cause: null, who: 'ann', why: 'the rinser is dry' } as const;
    const started = host.control.resolve(id, { ...said, verdict: 'started', job: '7' });
    await expect(started).rejects.toThrow(/its job was taking 'anneal' back, and nothing goes on from there/);
    expect(await host.control.resolve(id, said)).toMatchObject({ state: 'ended', observation: trial!.observation });
    expect(await host.control.status(campaign.id)).toMatchObject({ phase: 'stopped' });
    await eventually(async () => (await openLeases(lab)).length === 0);
    await host.control.retry(id, { who: 'ann', notStarted: true });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const [again] = (await host.control.record(campaign.id)).trials;
    const ran = again!.steps!.filter(({ generation }) => generation === 2);
    expect(ran.map(({ step, how, carried }) => `${step} ${how}${carried ? ' before' : ''}`)).toEqual([
      'make done',
      'anneal done',
      'weigh done',
    ]);
  });

  it('keep instrument and slot of a job that a person says runs, also where its adapter cannot take it over', async () => {
    const heats = device({ can: ['heat'] }, { faults: { unknownRate: 1 } });
    const lab = await labOf('runs', { oven: heats, kiln: device() });
    const campaign = campaignIn(lab, 'runs', { budget: { trials: 1 } });
    const { id } = (await host.run(campaign)).trials[0]!.proposal;
    await eventually(async () => (await openLeases(lab)).every(({ heldAt }) => heldAt !== null));
    await host.control.labs.clear(lab.name, 'oven', { who: 'ann', why: 'looked' });
    await labOf('runs', { kiln: device({ can: ['heat'] }), oven: device() });
    const said = { verdict: 'started', job: '7', cause: null, who: 'ann', why: 'it glows' } as const;
    await host.control.resolve(id, said);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const lines = await listSubmissions(host.store.query, campaign.id);
    expect(lines.filter(({ step }) => step === 'anneal')).toMatchObject([
      { generation: 1, state: 'unknown', instrument: `${lab.name}/oven` },
      { generation: 2, state: 'unknown', instrument: `${lab.name}/oven`, adopted: '7' },
    ]);
    const held = await eventually(async () => {
      const open = await openLeases(lab);
      return open.every(({ heldAt }) => heldAt !== null) && open;
    });
    expect(held.map(({ key }) => key)).toContain(`${id}/g2/anneal`);
    expect(await host.control.status(campaign.id)).toMatchObject({ unresolved: [id] });
  });

  it('go on from the step of which nobody could tell, once a person has said that it never began', async () => {
    const uses = [{ ...recipe[0], uses: { argon: 0.5 } }, recipe[1]!, { ...recipe[2], uses: { argon: 1 } }];
    const stock = { stock: { argon: { unit: 'L', amount: 5 } } };
    const lab = await labOf('resolved', { balance: device({}, { faults: { unknownRate: 1 } }) }, stock);
    const campaign = campaignIn(lab, 'resolved', { budget: { trials: 1 } }, uses);
    const [trial] = (await host.run(campaign)).trials;
    // The device is in order again: its fault is a setting here, which 'up' refuses to change while a slot is held.
    await host.store.transaction((query) =>
      saveLab(query, { ...lab, instruments: { ...lab.instruments, balance: lab.instruments.robot! } }, 'ann'),
    );
    const said = { verdict: 'notStarted', job: null, cause: null, who: 'ann', why: 'the pan is empty' } as const;
    await host.control.resolve(trial!.proposal.id, said);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(record.trials[0]!.observation).toMatchObject({ outcome: 'measured', cost: 3 });
    expect(totalCost(record)).toBe(3);
    const ran = record.trials[0]!.steps!.filter(({ generation }) => generation === 2);
    expect(ran.map(({ step, how, carried }) => `${step} ${how}${carried ? ' before' : ''}`)).toEqual([
      'make done before',
      'anneal done before',
      'weigh done',
    ]);
    const keys = (await listSubmissions(host.store.query, campaign.id)).map(({ key }) => key.split('/p1/')[1]);
    expect(keys).toEqual(['g1/make', 'g1/anneal', 'g1/weigh', 'g2/weigh']);
    await eventually(async () => (await openLeases(lab)).length === 0);
    const { stock: left } = await host.control.labs.show(lab.name);
    expect(left.find(({ name }) => name === 'argon')).toMatchObject({ left: 3.5 });
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    await replayed('resolved', campaign, lab, [trial!.proposal.id, `${trial!.proposal.id}/g2`]);
  });

  it('go on at once when a person has said so, also where others have their places and wait for what they hold', async () => {
    const lab = await labOf('waited', { balance: device({}, { faults: { unknownRate: 1 } }) });
    const campaign = campaignIn(lab, 'waited', { parallel: 1, budget: { trials: 2 } });
    await host.control.start(campaign);
    const waits = async () => {
      const [first, second] = await host.control.trials(campaign.id);
      return first?.observation?.outcome === 'quarantined' && second?.state === 'running' && first.proposal.id;
    };
    const id = await eventually(waits);
    await eventually(async () => (await host.control.status(campaign.id)).inFlight.length === 1);
    await host.store.transaction((query) =>
      saveLab(query, { ...lab, instruments: { ...lab.instruments, balance: lab.instruments.robot! } }, 'ann'),
    );
    const said = { verdict: 'notStarted', job: null, cause: null, who: 'ann', why: 'the pan is empty' } as const;
    await host.control.resolve(id, said);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'measured']);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
  });

  it('are given up at the step whose home is away, by the word of a person alone', async () => {
    const lab = await labOf('away', { balance: device({}, { delayMs: 600_000 }) });
    const campaign = campaignIn(lab, 'away', { budget: { trials: 1 } });
    await host.control.start(campaign);
    const trial = `${campaign.id}/r1/p1`;
    await expect(host.control.retry(trial, { who: 'ann' })).rejects.toThrow(/is in flight|never ran|has no trial/);
    await eventually(async () => {
      const weighed = `UPDATE submission SET home = 'gone' WHERE key = $1 AND state = 'accepted' RETURNING key`;
      return (await host.store.query(weighed, [`${trial}/g1/weigh`])).length > 0;
    });
    await expect(host.control.retry(trial, { who: 'ann' })).rejects.toThrow('say so with --not-started');
    await host.control.retry(trial, { who: 'ann', notStarted: true });
    const { trials } = await eventually(async () => {
      const record = await host.control.record(campaign.id);
      return record.trials[0]?.earlier !== undefined && record;
    });
    expect(trials[0]!.earlier).toMatchObject([{ observation: { outcome: 'quarantined', cause: { code: 'givenUp' } } }]);
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  });

  it('settle the step that runs, and take back, once the campaign is aborted', async () => {
    const lab = await labOf('aborted', { balance: device({}, { delayMs: 600_000 }) });
    const campaign = campaignIn(lab, 'aborted', { parallel: 2, budget: { trials: 2 }, synchronous: true });
    await host.control.start(campaign);
    await eventually(async () => (await openLeases(lab)).some(({ resource }) => resource === 'balance'));
    await eventually(async () => {
      const rows = await host.store.query(
        `SELECT 1 FROM submission WHERE trial_id LIKE $1 AND step = 'weigh' AND state = 'accepted'`,
        [`${campaign.id}/%`],
      );
      return rows.length > 0;
    });
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(['cancelled', 'cancelled']);
    for (const { steps } of record.trials) {
      const names = steps!.map(({ step }) => step);
      expect(names.slice(-2)).toEqual(['anneal~undo', 'make~undo']);
      expect(steps!.filter(({ step }) => step.endsWith('~undo')).every(({ how }) => how === 'done')).toBe(true);
    }
    await eventually(async () => (await openLeases(lab)).length === 0);
    await replayed('aborted', campaign, lab, [record.trials[0]!.proposal.id]);
  });

  it('draw what their steps use up from the stock', async () => {
    const lab = await labOf('stocked', {}, { stock: { argon: { unit: 'L', amount: 5 } } });
    const uses = [{ ...recipe[0], uses: { argon: 0.5 } }, ...recipe.slice(1)];
    await host.run(campaignIn(lab, 'stocked', { budget: { trials: 3 } }, uses));
    const { stock } = await host.control.labs.show(lab.name);
    expect(stock.find(({ name }) => name === 'argon')).toMatchObject({ left: 3.5 });
  });
});
