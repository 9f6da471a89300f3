import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Space } from '../../models/domain/space.js';
import { changeLine, inForceLine } from '../../scripts/change-lines.js';
import { recordFaults } from '../../scripts/record/record-checks.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { decisionsTable } from '../../scripts/report/decisions-table.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, loseWorkflow, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'the bath is warm' };
const decided = { who: 'ann', note: 'the bath is warm' };

function campaignOf(id: string, given: Parameters<typeof problemCampaign>[1], more: Partial<Space> = {}) {
  const campaign = problemCampaign(id, given);
  return { ...campaign, space: { ...campaign.space, ...more } };
}

/** Has trials end until there are so many, and the campaign paused with nothing in flight. */
async function pausedAfter(id: string, trials: number): Promise<void> {
  await eventually(async () => (await host.control.status(id)).measured >= trials);
  await host.control.pause(id, decided);
  devices.letGo();
  await eventually(async () => (await host.control.status(id)).running === 0);
}

describe('parameters that a person fixes while a campaign runs', () => {
  it('are kept to in every later round until they are released, in records, and after the server has lost the campaign', async () => {
    const id = host.id('fixed');
    devices.hold(4);
    const linear = { type: 'linear' as const, terms: { x1: 1, x2: 1 }, max: 12 };
    const given = { strategy: { initial: { trials: 3 } }, budget: { trials: 14 } };
    await host.control.start(campaignOf(id, given, { constraints: [linear] }));
    await pausedAfter(id, 4);
    const refused = (fixed: Record<string, number | string | null>) =>
      host.control.change(id, { ...ann, change: { fixed } });
    await expect(refused({ x1: '99', x3: 1 })).rejects.toThrow(
      /fixed\.x1: 99 given[\s\S]*fixed\.x3: no such parameter/,
    );
    await expect(refused({ x2: null })).rejects.toThrow(/fixed\.x2: released, and not fixed \(none is fixed\)/);
    await expect(refused({ x1: 5, x2: 10 })).rejects.toThrow(
      /no design keeps 'x1 \+ x2 ≤ 12' together with 'x1 = 5' and 'x2 = 10'/,
    );
    const { rounds, measured } = await host.control.status(id);
    const first = await host.control.change(id, { ...ann, change: { fixed: { x1: '2.5' } } });
    expect(first).toMatchObject({
      n: 1,
      details: { fixed: { x1: 2.5 } },
      told: { sinceRound: rounds + 1, is: { fixed: { x1: 2.5 } } },
    });
    // Said again it is the same change; what is fixed already counts for what may be fixed.
    expect(await host.control.change(id, { ...ann, change: { fixed: { x1: '2.5' } } })).toEqual(first);
    await expect(refused({ x2: 10 })).rejects.toThrow(/'x1 \+ x2 ≤ 12' together with 'x1 = 2\.5' and 'x2 = 10'/);
    await loseWorkflow(host, id);
    devices.hold(3);
    await host.control.start((await host.control.record(id)).campaign);
    const handle = host.client.workflow.getHandle(id);
    const state = await eventually(() => handle.query<Record<string, unknown>>('status').catch(() => null));
    expect(state).toMatchObject({ phase: 'paused', fixed: { x1: 2.5 } });
    await host.control.resume(id, decided);
    await pausedAfter(id, measured + 3);
    const { inForce } = await host.control.inForce(id);
    expect(inForceLine(inForce)).toBe('parallel 1; trials 14; no stop rule; fixed x1 = 2.5');
    const released = await host.control.change(id, { ...ann, change: { fixed: { x1: null } } });
    expect(changeLine(released)).toMatch(/^2: x1 free \(was 2\.5\) by ann from round/);
    expect(await host.control.change(id, { ...ann, change: { fixed: { x1: null } } })).toEqual(released);
    expect(inForceLine((await host.control.inForce(id)).inForce)).not.toContain('fixed');
    // Released already, it is none of those that there are to be released.
    await expect(refused({ x2: null })).rejects.toThrow(/fixed\.x2: released, and not fixed \(none is fixed\)/);
    await host.control.resume(id, decided);
    await host.control.waitUntilStopped(id);
    const record = await host.control.record(id);
    const until = released.told!.sinceRound;
    for (const { proposal } of record.trials) {
      const isKept = proposal.round > rounds && proposal.round < until;
      expect(proposal.basis.fixed).toEqual(isKept ? { x1: 2.5 } : undefined);
      if (isKept) expect(proposal.design.x1).toBe(2.5);
    }
    expect(until - rounds).toBeGreaterThan(3);
    expect(record.trials.slice(until - 1).some(({ proposal }) => proposal.design.x1 !== 2.5)).toBe(true);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(recordFaults(record)).toEqual([]);
    const [kept] = record.trials.filter(({ proposal }) => proposal.basis.fixed !== undefined);
    const other = { ...kept!, proposal: { ...kept!.proposal, basis: { ...kept!.proposal.basis, fixed: { x1: 3 } } } };
    const trials = record.trials.map((trial) => (trial === kept ? other : trial));
    expect(recordFaults({ ...record, trials })).toMatchObject([
      { message: expect.stringMatching(/fixed parameters in force/) },
    ]);
    expect(decisionsTable(record)!.text).toContain('x1 fixed at 2.5 (was free)');
    const runs = await historiesOf(host.client, id);
    expect(await replayFaults(runs)).toEqual([]);
    await keepHistories('fixed', runs);
  });

  it('end a campaign that has no design left with them, and let it go on once they are released', async () => {
    const id = host.id('spent');
    const parameters = [
      { name: 'x1', type: 'discrete', values: [0, 5] },
      { name: 'x2', type: 'discrete', values: [0, 5, 10] },
    ] as unknown as Space['parameters'];
    devices.hold();
    await host.control.start(campaignOf(id, { budget: { trials: 20 } }, { parameters }));
    await host.control.change(id, { ...ann, change: { fixed: { x1: 5 } } });
    devices.letGo();
    const { stop } = await host.control.waitUntilStopped(id);
    expect(stop).toEqual({ reason: 'exhausted', text: 'every design of the space with x1 = 5 has been tried' });
    expect(await host.control.isStopUndone(id)).toBe(false);
    await host.control.change(id, { ...ann, change: { fixed: { x1: null } } });
    expect(await host.control.isStopUndone(id)).toBe(true);
    await host.control.resume(id, decided);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 6, stop: { reason: 'exhausted' } });
    const record = await host.control.record(id);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(recordFaults(record)).toEqual([]);
    expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
  });
});

describe('a space with constraints', () => {
  it('is kept to by every proposal, and own designs that break one are refused by its name', async () => {
    const id = host.id('constrained');
    const constraints: Space['constraints'] = [
      { type: 'linear', terms: { x1: 1, x2: 1 }, max: 12 },
      { type: 'exclude', when: { x1: { above: 5 }, x2: { below: 3 } } },
      { type: 'formula', expression: 'x1 * x2 < 30' },
    ];
    const approval = [{ costAbove: 0, first: 1 }];
    const plan = { type: 'd-optimal', model: 'linear' };
    const given = { strategy: { initial: { trials: 4, plan } }, budget: { trials: 12 }, parallel: 2, approval };
    devices.letGo();
    await host.control.start(campaignOf(id, given, { constraints }));
    const trial = await eventually(async () =>
      (await host.control.trials(id)).find(({ needs }) => needs === 'approval'),
    );
    const own = (x1: string, x2: string) => ({ who: 'ann', why: 'as in the paper', values: { x1, x2 } });
    const wrong: [string, string, RegExp][] = [
      ['4', '9', /against 'x1 \+ x2 ≤ 12'.*x1 \* x2 < 30/],
      ['7', '2', /against 'not x1 above 5 with x2 below 3'/],
      ['5.5', '6', /against 'x1 \* x2 < 30'/],
    ];
    for (const [x1, x2, words] of wrong) {
      await expect(host.control.add(id, own(x1, x2))).rejects.toThrow(words);
      await expect(host.control.edit(trial.proposal.id, own(x1, x2))).rejects.toThrow(words);
    }
    const edited = await host.control.edit(trial.proposal.id, own('1', '2'));
    expect(edited.proposal.design).toEqual({ x1: 1, x2: 2 });
    await host.control.waitUntilStopped(id);
    const record = await host.control.record(id);
    const { space } = record.campaign;
    expect(space.constraints).toEqual(constraints);
    const run = record.trials.filter(({ state }) => state === 'ended');
    expect(run).toHaveLength(12);
    for (const { x1, x2 } of run.map(({ proposal }) => proposal.design as { x1: number; x2: number })) {
      expect(x1 + x2).toBeLessThanOrEqual(12 + 1e-9);
      expect(x1 > 5 + 1e-9 && x2 < 3 - 1e-9).toBe(false);
      expect(x1 * x2).toBeLessThan(30 + 1e-6);
    }
    expect(run.some(({ proposal }) => proposal.reason.kind === 'acquisition')).toBe(true);
    expect(
      run.filter(({ proposal }) => /D-optimal for a linear model/.test(proposal.reason.text)).length,
    ).toBeGreaterThan(1);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(recordFaults(record)).toEqual([]);
    expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
  });
});
