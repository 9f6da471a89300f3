import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listSubmissions } from '../../activities/store/submission.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { type LabSpec, labSchema } from '../../models/domain/lab.js';
import { connect } from '../../scripts/durable/control.js';
import type { LabReport } from '../../scripts/durable/lab-report.js';
import { labLines } from '../../scripts/lab-lines.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, problemCampaign } from './durable-host.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'looked at it' };
const oven = (delayMs: number, more: object = {}) => ({
  adapter: 'problem',
  settings: { problem: 'branin', delayMs },
  can: ['heat'],
  ...more,
});

/** A lab of that name in the store, with its leases. */
async function labOf(name: string, more: object): Promise<LabSpec> {
  const lab = labSchema.parse({ name: host.id(name), ...more });
  await host.control.labs.up(lab, 'ann');
  return lab;
}

const campaignIn = (lab: LabSpec, id: string, instrument: string, more: object = {}): Campaign =>
  problemCampaign(host.id(id), {
    lab: { name: lab.name },
    fidelities: [{ name: 'exact', adapter: 'lab', instrument, cost: 1 }],
    ...more,
  });

/** The most leases at a time that a resource had, by its log. */
async function mostAtOnce(lab: LabSpec, resource: string): Promise<number> {
  const leases = (await host.control.labs.leases(lab.name)).filter((lease) => lease.resource === resource);
  return Math.max(
    0,
    ...leases.map(
      ({ grantedAt }) =>
        leases.filter(
          (other) => other.grantedAt <= grantedAt && (other.releasedAt ?? Number.POSITIVE_INFINITY) > grantedAt,
        ).length,
    ),
  );
}

const shown = async (lab: LabSpec, name: string) => {
  const report: LabReport = await host.control.labs.show(lab.name);
  return report.resources.find((resource) => resource.name === name)!;
};

describe('campaigns in a lab', () => {
  it('have one trial at a time on an instrument of one slot, and give it back', async () => {
    const lab = await labOf('single', { instruments: { oven: oven(20) } });
    const record = await host.run(campaignIn(lab, 'single', 'oven', { parallel: 4, budget: { trials: 8 } }));
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(8).fill('measured'));
    expect(await mostAtOnce(lab, 'oven')).toBe(1);
    const leases = await host.control.labs.leases(lab.name);
    expect(leases.map(({ slot }) => slot)).toEqual(Array(8).fill(`${lab.name}/oven#1`));
    expect(new Set(leases.map(({ key }) => key)).size).toBe(8);
    expect(leases.every(({ releasedAt }) => releasedAt !== null)).toBe(true);
    const rows = await host.store.query('SELECT DISTINCT instrument, slot FROM submission WHERE trial_id LIKE $1', [
      `${record.campaign.id}/%`,
    ]);
    expect(rows).toEqual([{ instrument: `${lab.name}/oven`, slot: `${lab.name}/oven#1` }]);
  });

  it('use all slots, and all instruments that can do it', async () => {
    const lab = await labOf('many', { instruments: { small: oven(0), large: oven(0, { slots: 2 }) } });
    const campaign = campaignIn(lab, 'many', 'heat', { parallel: 4, budget: { trials: 9 } });
    devices.hold();
    await host.control.start(campaign);
    await eventually(async () => {
      const [small, large] = [await shown(lab, 'small'), await shown(lab, 'large')];
      return small.leases.length + large.leases.length === 3;
    });
    devices.letGo();
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(record.trials.filter(({ observation }) => observation?.outcome === 'measured')).toHaveLength(9);
    expect(await mostAtOnce(lab, 'small')).toBe(1);
    expect(await mostAtOnce(lab, 'large')).toBe(2);
    const open = (await host.control.labs.leases(lab.name)).filter(({ releasedAt }) => releasedAt === null);
    expect(open).toEqual([]);
  });

  it('wait while an instrument is faulty or a stock is short, and are told of', async () => {
    const lab = await labOf('faulty', { instruments: { oven: oven(10) }, stock: { argon: { unit: 'L', amount: 1 } } });
    await host.control.labs.fault(lab.name, 'oven', ann);
    const campaign = campaignIn(lab, 'faulty', 'oven', { budget: { trials: 2 } });
    await host.control.start(campaign);
    const waits = await eventually(async () => {
      const { waiting, standstills } = await shown(lab, 'oven');
      return waiting?.length === 1 && { waiting, standstills };
    });
    expect(waits.standstills).toMatchObject([{ kind: 'fault', who: 'ann', why: 'looked at it' }]);
    expect(await host.control.labs.leases(lab.name)).toEqual([]);
    expect(await host.control.labs.clear(lab.name, 'oven', ann)).toMatchObject({ changed: true });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(await host.control.labs.refill(lab.name, 'argon', 0.2, ann)).toEqual({ left: 1.2, untold: null });
  });

  it('begin nothing while they are paused, also not what waits for a slot, and go on at once when resumed', async () => {
    const lab = await labOf('paused', { instruments: { oven: oven(0) } });
    const campaign = campaignIn(lab, 'paused', 'oven', { parallel: 2, budget: { trials: 2 }, synchronous: true });
    devices.hold();
    await host.control.start(campaign);
    await eventually(async () => {
      const { waiting, leases } = await shown(lab, 'oven');
      return waiting?.length === 1 && leases.length === 1;
    });
    await host.control.pause(campaign.id, { who: 'ann' });
    devices.letGo();
    const [waits] = await eventually(async () => {
      const { waiting, leases } = await shown(lab, 'oven');
      return leases.length === 0 && waiting?.[0]?.paused === true && waiting;
    });
    const report = await host.control.labs.show(lab.name);
    expect(labLines(report, Date.now())).toContain(`    waits    ${waits!.key}: its campaign is paused`);
    // What another campaign asks for is not held up by that.
    const other = campaignIn(lab, 'unpaused', 'oven', { budget: { trials: 1 } });
    await host.run(other);
    expect(await host.control.labs.leases(lab.name)).toHaveLength(2);
    await host.control.resume(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(campaign.id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(['measured', 'measured']);
  });

  it('that are aborted while they wait leave nothing behind', async () => {
    const lab = await labOf('aborted', { instruments: { oven: oven(600_000) } });
    const campaign = campaignIn(lab, 'aborted', 'oven', { parallel: 3, budget: { trials: 3 }, synchronous: true });
    await host.control.start(campaign);
    await eventually(async () => {
      const { waiting, leases } = await shown(lab, 'oven');
      return waiting?.length === 2 && leases.length === 1;
    });
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const record = await host.control.record(campaign.id);
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(3).fill('cancelled'));
    const after = await eventually(async () => {
      const now = await shown(lab, 'oven');
      return now.leases.length === 0 && now.waiting?.length === 0 && now;
    });
    expect(after.leases).toEqual([]);
    expect(await host.control.labs.leases(lab.name)).toHaveLength(1);
  });

  it('that are aborted are given no slot any more, also where that is free before their trials have heard of it', async () => {
    const lab = await labOf('aborting', { instruments: { oven: oven(600_000) } });
    const campaign = campaignIn(lab, 'aborting', 'oven', { parallel: 3, budget: { trials: 3 }, synchronous: true });
    await host.control.start(campaign);
    const [had] = await eventually(async () => {
      const { waiting, leases } = await shown(lab, 'oven');
      return waiting?.length === 2 && leases.length === 1 && leases;
    });
    await eventually(async () => (await listSubmissions(host.store.query, campaign.id))[0]?.state === 'accepted');
    // As it stands in the store from the decision until the last trial has heard of it; the first to hear is the one with the slot.
    await host.store.query(`UPDATE campaign SET phase = 'aborting' WHERE id = $1`, [campaign.id]);
    await host.client.workflow.getHandle(had!.key.replace(/\/g1\/run$/, '')).cancel();
    await eventually(async () => {
      const { waiting, leases } = await shown(lab, 'oven');
      return leases.length === 0 && waiting?.length === 2 && waiting.every(({ paused }) => paused === true);
    });
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    expect(await host.control.labs.leases(lab.name)).toHaveLength(1);
    const record = await host.control.record(campaign.id);
    expect(record.trials.map(({ observation }) => observation?.outcome)).toEqual(Array(3).fill('cancelled'));
  });
});

it('a slot that is held for a job of which nobody knows is free once a person says what became of it', async () => {
  const lab = await labOf('held', { instruments: { oven: oven(5) } });
  const { campaign, trials } = await host.run(campaignIn(lab, 'held', 'oven', { budget: { trials: 1 } }));
  const key = `${trials[0]!.proposal.id}/g1/run`;
  await host.store.query(`UPDATE submission SET state = 'unknown' WHERE key = $1`, [key]);
  await host.store.query(`UPDATE lease SET released_at = NULL, held_at = now() WHERE key = $1`, [key]);
  await host.control.labs.up(lab, 'ann');
  const next = campaignIn(lab, 'next', 'oven', { budget: { trials: 1 } });
  await host.control.start(next);
  await eventually(async () => {
    const { leases, waiting } = await shown(lab, 'oven');
    return leases[0]?.held === true && waiting?.length === 1;
  });
  const failed = { verdict: 'failed' as const, values: {}, cause: 'device' as const, why: 'looked at it', who: 'ann' };
  await host.control.rule(`${campaign.id}/r1/p1`, failed);
  await host.control.waitUntilStopped(next.id, undefined, { pollMs: 100 });
  expect((await shown(lab, 'oven')).leases).toEqual([]);
});

describe('a job that never began, as a person says', () => {
  const said = { verdict: 'notStarted', job: null, cause: null, who: 'ann', why: 'it is cold' } as const;
  const argon = { stock: { argon: { unit: 'L', amount: 5 } } };
  const unknown = (more: object = {}) => ({
    ...oven(5, { uses: { argon: 2 }, ...more }),
    settings: { problem: 'branin', faults: { unknownRate: 1 } },
  });
  const left = async (lab: LabSpec) => (await host.control.labs.show(lab.name)).stock[0]!.left;

  it('has neither slot nor stock, also where its campaign takes no trial up again; then it is done again without a further word', async () => {
    const lab = await labOf('draining', { instruments: { furnace: oven(600_000), oven: unknown() }, ...argon });
    const campaign = campaignIn(lab, 'draining', 'heat', { parallel: 2, budget: { trials: 2 } });
    await host.control.start(campaign);
    const trial = await eventually(async () => (await host.control.status(campaign.id)).unresolved[0]);
    await host.control.drain(campaign.id, { who: 'ann' });
    await eventually(async () => (await shown(lab, 'oven')).leases[0]?.held);
    expect(await left(lab)).toBe(3);
    await expect(host.control.resolve(trial, said)).rejects.toThrow('draining');
    const next = campaignIn(lab, 'after', 'oven', { budget: { trials: 1 } });
    await host.control.start(next);
    const granted = await eventually(async () =>
      (await host.control.labs.leases(lab.name)).find(({ campaignId }) => campaignId === next.id),
    );
    expect([granted.resource, await left(lab)]).toEqual(['oven', 3]);
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    await host.control.retry(trial, { who: 'ann' });
    const again = await eventually(async () => {
      const { trials } = await host.control.record(campaign.id);
      return trials.find(({ proposal, earlier }) => proposal.id === trial && earlier !== undefined);
    });
    expect(again.earlier).toHaveLength(1);
    for (const { id } of [campaign, next]) await host.control.abort(id, { who: 'ann' }).catch(() => undefined);
  });

  it('gives its stock back, also where its slot was given back before', async () => {
    const lab = await labOf('cleared', { instruments: { oven: unknown() }, ...argon });
    const { campaign, trials } = await host.run(campaignIn(lab, 'cleared', 'oven', { budget: { trials: 1 } }));
    expect(trials[0]!.observation?.outcome).toBe('quarantined');
    await eventually(async () => (await shown(lab, 'oven')).leases[0]?.held);
    await host.control.labs.clear(lab.name, 'oven', ann);
    await labOf('cleared', { instruments: { oven: { ...unknown(), settings: { problem: 'branin' } } }, ...argon });
    expect(await left(lab)).toBe(3);
    await host.control.resolve(trials[0]!.proposal.id, said);
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const [again] = (await host.control.record(campaign.id)).trials;
    expect([again!.observation?.outcome, await left(lab)]).toEqual(['measured', 3]);
  });
});

describe('a lab that changes', () => {
  it('is told what changed, and keeps what running jobs have', async () => {
    const more = { stock: { argon: { unit: 'L', amount: 5 } } };
    const lab = await labOf('changing', {
      instruments: { oven: oven(600_000, { slots: 2 }), spare: oven(1) },
      ...more,
    });
    const campaign = campaignIn(lab, 'changing', 'oven', { parallel: 2, budget: { trials: 2 }, synchronous: true });
    await host.control.start(campaign);
    await eventually(async () => (await shown(lab, 'oven')).leases.length === 2);
    await eventually(async () => (await listSubmissions(host.store.query, campaign.id)).length === 2);
    const up = (instruments: object, stock: object = more) =>
      host.control.labs.up(labSchema.parse({ name: lab.name, instruments, ...stock }), 'bob');
    const wrong = up({ oven: oven(1), spare: oven(1) }, { stock: { argon: { unit: 'mL', amount: 5 } } });
    await expect(wrong).rejects.toThrow(
      /oven cannot have 1 slots only: '.*' has it, in slot 2\n.*stock argon is counted in L, not mL/,
    );
    await expect(up({ spare: oven(1) })).rejects.toThrow(/oven cannot be taken out: /);
    // Another device would be asked for the jobs that this one does.
    const other = { oven: oven(600_000, { slots: 2, settings: { problem: 'sphere' } }), spare: oven(1) };
    await expect(up(other)).rejects.toThrow(
      /oven cannot get other settings while it has '.*\/g1\/run', '.*\/g1\/run': .*'athanor lab fault oven --why \.\.\.' keeps .* wait/,
    );
    // A line that still runs counts without its lease.
    await host.store.query(`UPDATE lease SET released_at = now() WHERE lab = $1`, [lab.name]);
    await expect(up(other)).rejects.toThrow(/oven cannot get other settings while it has '/);
    await host.store.query(`UPDATE lease SET released_at = NULL WHERE lab = $1`, [lab.name]);
    const changed = await up({ oven: oven(5, { slots: 3 }) }, { stock: { argon: { unit: 'L', amount: 9 } } });
    expect(changed).toEqual({
      name: lab.name,
      created: false,
      changes: [
        'instrument oven: other settings, slots',
        'instrument spare: taken out',
        'stock argon: other amount',
        "stock argon: 5 L are left as counted; 'athanor lab refill' changes that, not the file",
      ],
    });
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
  });

  it('keeps what campaigns name until they have stopped; what never began ends without its device', async () => {
    const lab = await labOf('named', { instruments: { oven: oven(1), spare: oven(1, { can: [] }) } });
    await host.control.labs.fault(lab.name, 'oven', ann);
    const campaign = campaignIn(lab, 'naming', 'oven', { budget: { trials: 1 } });
    await host.control.start(campaign);
    await eventually(async () => (await shown(lab, 'oven')).waiting?.length === 1);
    const less: LabSpec = { ...lab, instruments: { spare: lab.instruments.spare! } };
    const named = `oven cannot be taken out: named by campaigns that have not stopped: '${campaign.id}'`;
    await expect(host.control.labs.up(less, 'bob')).rejects.toThrow(named);
    // Versions before this one took it out all the same.
    await host.store.query('INSERT INTO lab (name, version, definition, who) VALUES ($1, 2, $2, $3)', [
      lab.name,
      JSON.stringify(less),
      'bob',
    ]);
    await host.control.abort(campaign.id, { who: 'ann' });
    await host.control.waitUntilStopped(campaign.id, undefined, { pollMs: 100 });
    const { trials } = await host.control.record(campaign.id);
    expect(trials.map(({ observation }) => observation?.outcome)).toEqual(['cancelled']);
    await host.control.labs.up(less, 'bob');
  });

  it('is not set back by the older file of a campaign', async () => {
    const stock = { argon: { unit: 'L', amount: 5 } };
    const file = await labOf('older', { instruments: { oven: oven(1), spare: oven(1) }, stock });
    const moved = { adapter: 'problem', settings: { problem: 'sphere' }, can: ['heat'] };
    const force = labSchema.parse({ name: file.name, instruments: { oven: moved, fast: oven(1) }, stock });
    await host.control.labs.up(force, 'bob');
    const differs = ['instrument oven: other settings', 'instrument fast: not in the file'];
    expect(await host.control.labs.join(file, 'ann')).toEqual({
      name: file.name,
      created: false,
      changes: [],
      differs: [...differs, 'instrument spare: in the file only'],
    });
    const instruments = { ...file.instruments, press: file.instruments.oven! };
    expect(await host.control.labs.join({ ...file, instruments }, 'ann')).toMatchObject({
      changes: ['instrument press: new'],
      differs: [...differs, 'instrument spare: in the file only'],
    });
    const now = await host.store.query('SELECT definition FROM lab WHERE name = $1 ORDER BY version', [file.name]);
    expect(now.map(({ definition }) => definition)).toEqual([
      file,
      force,
      { ...force, instruments: { ...force.instruments, press: file.instruments.oven } },
    ]);
    const unknown = labSchema.parse({ name: host.id('unheard'), instruments: { oven: oven(1) } });
    expect(await host.control.labs.join(unknown, 'ann')).toMatchObject({ created: true, changes: [], differs: [] });
  });

  it('has what is filled up counted, with Temporal away too, and is told so', async () => {
    const lab = await labOf('filled', {
      instruments: { oven: oven(1) },
      stock: { argon: { unit: 'L', amount: 1 } },
    });
    const control = await connect({ ...host.settings, temporalAddress: '127.0.0.1:9' });
    const { left, untold } = await control.labs.refill(lab.name, 'argon', 2, ann);
    await control.close();
    expect([left, untold]).toEqual([3, expect.any(String)]);
    expect(await host.control.labs.refill(lab.name, 'argon', 0, ann)).toEqual({ left: 3, untold: null });
    await expect(host.control.labs.refill(lab.name, 'argon', -4, ann)).rejects.toThrow(/^3 of argon are left; no more/);
    expect(await host.control.labs.refill(lab.name, 'argon', -1, ann)).toEqual({ left: 2, untold: null });
    expect(await host.control.labs.refill(lab.name, 'argon', 1, ann)).toEqual({ left: 3, untold: null });
  });

  it('is named where it is not there', async () => {
    await labOf('there', { instruments: { oven: oven(1) } });
    await expect(host.control.labs.show('nowhere')).rejects.toThrow(/no lab 'nowhere' is registered/);
    await expect(host.control.labs.show(null)).rejects.toThrow(
      /there are several labs: .*; say which: 'athanor lab show NAME'$/,
    );
    await expect(host.control.labs.fault(null, 'oven', ann)).rejects.toThrow(
      /several labs: .*; say which with '--lab NAME'$/,
    );
    const lab = await labOf('there', { instruments: { oven: oven(1) } });
    await expect(host.control.labs.fault(lab.name, 'ovne', ann)).rejects.toThrow(
      /no instrument or position 'ovne'; did you mean oven\?/,
    );
    await expect(host.control.labs.refill(lab.name, 'acid', 1, ann)).rejects.toThrow(/has no stock 'acid'/);
  });
});
