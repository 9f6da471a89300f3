import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeSubmission, openSubmission } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { inboxLines } from '../../scripts/inbox-lines.js';
import { progressBlock } from '../../scripts/progress.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
beforeAll(async () => {
  host = await durableHost();
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'looked at it' };
const device = (more: object = {}) => ({
  adapter: 'problem',
  settings: { problem: 'branin' },
  ...more,
});

async function labOf(name: string, more: object): Promise<LabSpec> {
  const lab = labSchema.parse({ name: host.id(name), ...more });
  await host.control.labs.up(lab, 'ann');
  return lab;
}

const campaignIn = (lab: LabSpec, id: string, level: object, more: object = {}) =>
  problemCampaign(host.id(id), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', cost: 1, ...level }],
    budget: { trials: 1 },
    ...more,
  });

/** What a campaign says of itself once it says that something stands still or waits. */
async function toldOf(id: string) {
  const { waits, obstacles } = await eventually(async () => {
    const now = await host.control.status(id);
    return now.waits.length + now.obstacles.length > 0 && now;
  });
  return { waits, obstacles };
}

const inboxOf = async (lab: LabSpec) => (await host.control.inbox()).obstacles.filter((one) => one.lab === lab.name);

describe('a campaign that waits for something of the lab says for what', () => {
  it('for an instrument with a fault, and in which step', async () => {
    const lab = await labOf('fault', { instruments: { mixer: device(), oven: device({ can: ['heat'] }) } });
    await host.control.labs.fault(lab.name, 'oven', ann);
    const recipe = [
      { step: 'mix', on: 'mixer', with: {}, uses: {}, gives: [] },
      { step: 'bake', on: 'heat', with: {}, uses: {}, gives: ['value'] },
    ];
    const with_ = { x1: '{x1}', x2: '{x2}' };
    const campaign = campaignIn(lab, 'fault', { recipe: recipe.map((step) => ({ ...step, with: with_ })) });
    await host.control.start(campaign);
    const trialId = `${campaign.id}/r1/p1`;
    const told = await eventually(async () => {
      const now = await toldOf(campaign.id);
      return now.waits[0]?.step === 'bake' && now;
    });
    expect(told.waits).toMatchObject([{ trialId, on: ['oven'], has: [], unable: null }]);
    expect(told.obstacles).toMatchObject([
      { kind: 'fault', lab: lab.name, name: 'oven', text: 'fault, said by ann: looked at it', waiting: [trialId] },
    ]);
    const report = await host.control.status(campaign.id);
    const lines = progressBlock(campaign, report, report.waits[0]!.since + 60_000).join('\n');
    expect(lines).toMatch(/ {2}standing \S+\/oven {2}fault, said by ann: looked at it, for .*; 1 trial waits\n/);
    expect(lines).toContain(`athanor lab clear oven --lab ${lab.name} --why TEXT`);
    expect(lines).toMatch(/ {2}waiting {2}\S+\/r1\/p1, step bake, waits for oven, for 1 min/);
    await expect.poll(() => inboxOf(lab)).toEqual(told.obstacles);
    await host.control.labs.clear(lab.name, 'oven', ann);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(await host.control.status(campaign.id)).toMatchObject({ waits: [], obstacles: [] });
  });

  it('for a slot that a campaign which has stopped holds, and who has it', async () => {
    const lab = await labOf('held', { instruments: { oven: device() } });
    const { campaign } = await host.run(campaignIn(lab, 'held', { instrument: 'oven' }));
    const first = `${campaign.id}/r1/p1`;
    const key = `${first}/g1/run`;
    // As where nobody knows what its job does.
    await host.store.query(`UPDATE submission SET state = 'unknown' WHERE key = $1`, [key]);
    await host.store.query('UPDATE lease SET held_at = now(), released_at = NULL WHERE key = $1', [key]);
    await host.client.workflow.getHandle(`instrument/${lab.name}/oven`).signal('labChanged');
    const next = campaignIn(lab, 'next', { instrument: 'oven' });
    await host.control.start(next);
    const told = await eventually(async () => {
      const now = await toldOf(next.id);
      return now.waits.length > 0 && now;
    });
    expect(told.waits).toMatchObject([{ on: ['oven'], has: [{ name: 'oven', key, held: true }] }]);
    const clear = `athanor lab clear oven --lab ${lab.name} --why TEXT`;
    const held = { kind: 'held', name: 'oven', held: { key, campaignId: campaign.id }, remedies: [clear] };
    expect(told.obstacles).toMatchObject([{ ...held, waiting: [`${next.id}/r1/p1`] }]);
    // The campaign that left it so says it too, though it has stopped.
    await expect.poll(async () => (await host.control.status(campaign.id)).obstacles).toMatchObject([held]);
    const lines = inboxLines(await host.control.inbox(campaign.id), Date.now());
    expect(lines.join('\n')).toMatch(/\/oven {2}held for .*\/g1\/run, of whose job nobody knows/);
    await host.control.labs.clear(lab.name, 'oven', ann);
    await host.control.waitUntilStopped(next.id, undefined, { pollMs: 100 });
  });

  it('for stock, maintenance with its end, a worker that is not there, and what nothing can do', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const lab = await labOf('several', {
      instruments: {
        oven: device({ uses: { argon: 2 } }),
        closed: device({ maintenance: [{ from, until, why: 'new seals' }] }),
        far: device({ worker: 'lab-pc' }),
      },
      stock: { argon: { unit: 'L', amount: 1 }, film: { unit: 'sheets', amount: 3, warnBelow: 5, at: 'oven' } },
    });
    const campaigns = ['oven', 'closed', 'far'].map((instrument) => campaignIn(lab, instrument, { instrument }));
    for (const campaign of campaigns) await host.control.start(campaign);
    // As where 'lab up' could not know of the campaign.
    const lost = campaignIn(lab, 'lost', { instrument: 'xrd' });
    await host.control.start(lost);
    const trial = (i: number) => `${[...campaigns, lost][i]!.id}/r1/p1`;
    const told = await eventually(async () => {
      const now = await inboxOf(lab);
      return now.reduce((sum, { waiting }) => sum + waiting.length, 0) === 4 && now;
    });
    const byName = Object.fromEntries(told.map((one) => [`${one.kind} ${one.name}`, one]));
    expect(Object.keys(byName).sort()).toEqual([
      'maintenance closed',
      'stock argon',
      'stock film',
      expect.stringMatching(/^unable /),
      'worker far',
    ]);
    expect(byName['stock argon']).toMatchObject({
      text: 'low: 1 L left, and 2 are wanted',
      empty: true,
      since: expect.any(Number),
      waiting: [trial(0)],
      remedies: [`athanor lab refill argon AMOUNT --lab ${lab.name} --why TEXT`],
    });
    expect(byName['stock film']).toMatchObject({ text: 'low: 3 sheets left', empty: false, waiting: [] });
    expect(byName['maintenance closed']).toMatchObject({ until: Date.parse(until), waiting: [trial(1)], remedies: [] });
    expect(byName['worker far']).toMatchObject({
      waiting: [trial(2)],
      remedies: [`athanor worker --instrument ${lab.name}/far`],
    });
    expect(told.find(({ kind }) => kind === 'unable')).toMatchObject({
      text: expect.stringContaining("no instrument of lab '"),
      waiting: [trial(3)],
      remedies: ['athanor lab up FILE'],
    });
    // Each says what concerns it, and nothing else.
    const kindsOf = async ({ id }: Campaign) => (await host.control.status(id)).obstacles.map(({ kind }) => kind);
    await expect
      .poll(() => Promise.all([...campaigns, lost].map(kindsOf)))
      .toEqual([['stock'], ['maintenance'], ['worker'], ['unable']]);
    await host.control.labs.refill(lab.name, 'argon', 5, ann);
    await host.control.waitUntilStopped(campaigns[0]!.id, undefined, { pollMs: 100 });
    for (const { id } of [campaigns[1]!, campaigns[2]!]) await host.control.abort(id, { who: 'ann' });
  });
});

it('a slot that an undo of which nobody can tell left behind is listed by its lease', async () => {
  const lab = await labOf('undo', { instruments: { oven: device() } });
  const { campaign } = await host.run(campaignIn(lab, 'undo', { instrument: 'oven' }));
  const trialId = `${campaign.id}/r1/p1`;
  const key = `${trialId}/g1/bake~undo`;
  const line = { key, trialId, adapter: 'problem', fidelity: 'exact', requestSha: 'x', home: null, generation: 1 };
  await openSubmission(host.store.query, { ...line, instrument: `${lab.name}/oven`, step: 'bake~undo' });
  await closeSubmission(host.store.query, key, 'unknown');
  await host.store.query(
    `INSERT INTO lease (lab, resource, place, slot, fence, key, holder, campaign_id, asked_at, granted_at, held_at)
     VALUES ($1, 'oven', 1, $1 || '/oven#1', 1, $2, 'gone', $3, now(), now(), now())`,
    [lab.name, key, campaign.id],
  );
  const [held] = await inboxOf(lab);
  expect(held).toMatchObject({ kind: 'held', name: 'oven', held: { key }, since: expect.any(Number) });
  expect(held!.remedies).toEqual([
    `athanor resolve ${trialId} --help`,
    `athanor lab clear oven --lab ${lab.name} --why TEXT`,
  ]);
});
