import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { changesOf } from '../../models/domain/change.js';
import { recordFaults } from '../../scripts/record/record-checks.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { HeldDevices } from '../support/held-devices.js';
import { type DurableHost, durableHost, eventually, loseWorkflow, problemCampaign } from './durable-host.js';
import { historiesOf, keepHistories, replayFaults } from './histories.js';

let host: DurableHost;
const devices = new HeldDevices();
beforeAll(async () => {
  host = await durableHost(devices.worker);
});
afterAll(() => host?.close());

const ann = { who: 'ann', why: 'she knows why' };
const decided = { who: 'ann', note: 'she knows why' };

/** A campaign that a person has paused with something measured, and nothing in flight. */
async function paused(name: string, given: Parameters<typeof problemCampaign>[1]): Promise<string> {
  const id = host.id(name);
  devices.hold(1);
  await host.control.start(problemCampaign(id, given));
  await eventually(async () => (await host.control.status(id)).measured >= 1);
  await host.control.pause(id, decided);
  devices.letGo();
  await eventually(async () => (await host.control.status(id)).running === 0);
  return id;
}

describe('what people change of a campaign that runs', () => {
  it('is in every later round, in the record, and in force again after the server has lost the campaign', async () => {
    const stop = [{ type: 'regretBound', epsilon: 1e-6, probability: 0.999 }];
    const id = await paused('changed', { stop, strategy: { initial: { trials: 3 } }, budget: { trials: 30 } });
    const { rounds, measured } = await host.control.status(id);
    const change = {
      parallel: 2,
      stop: { targetReached: { value: -1e6 }, regretBound: { epsilon: 9, probability: 0.999999 } },
    };
    const first = await host.control.change(id, { ...ann, change });
    expect(first).toMatchObject({
      n: 1,
      who: 'ann',
      action: 'change',
      details: { ...change, note: 'she knows why', known: { round: rounds, ended: measured } },
      told: { sinceRound: rounds + 1, was: { parallel: 1, stop }, is: { parallel: 2 } },
    });
    // Said again it is the same change; of two who know the same, the second is told who was first.
    expect(await host.control.change(id, { ...ann, change })).toEqual(first);
    await expect(host.control.change(id, { who: 'bob', why: 'his', change: { parallel: 4 }, seen: 0 })).rejects.toThrow(
      /no more as you saw it: ann was first, at .*Z: change \(she knows why\), change 1; look at it/,
    );
    expect(
      await host.control.change(id, { who: 'bob', why: 'his', change: { budget: { trials: 7 } }, seen: 1 }),
    ).toMatchObject({
      n: 2,
    });
    await loseWorkflow(host, id);
    await host.control.start((await host.control.record(id)).campaign);
    const handle = host.client.workflow.getHandle(id);
    const state = await eventually(() => handle.query<Record<string, unknown>>('status').catch(() => null));
    expect(state).toMatchObject({ phase: 'paused', parallel: 2, budget: { trials: 7 }, rules: first.told!.is.stop });
    await host.control.resume(id, decided);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 7, stop: { reason: 'budgetTrials' } });
    const record = await host.control.record(id);
    const rules = record.trials.map(({ proposal }) => proposal.basis.stop);
    expect(rules.slice(0, rounds)).toEqual(Array(rounds).fill(undefined));
    expect(rules.slice(rounds)).toEqual(Array(7 - rounds).fill(first.told!.is.stop));
    expect(record.trials.at(-1)!.proposal.basis.assurances).toMatchObject([{ epsilon: 9 }]);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(recordFaults(record)).toEqual([]);
    const { inForce, changes } = await host.control.inForce(id);
    expect(inForce).toMatchObject({ parallel: 2, budget: { trials: 7 } });
    expect(changes).toEqual(changesOf(record.audit));
    expect(await replayFaults(await historiesOf(host.client, id))).toEqual([]);
  });

  it('stops it at once where a rule is met, and lets it go on where the one that was met is not', async () => {
    const id = await paused('judged', { budget: { trials: 4 } });
    const met = await host.control.change(id, { ...ann, change: { stop: { targetReached: { value: 1e6 } } } });
    expect(met.told!.is.stop).toEqual([{ type: 'targetReached', value: 1e6 }]);
    const stopped = await host.control.waitUntilStopped(id);
    expect(stopped.stop).toMatchObject({
      reason: 'targetReached',
      text: expect.stringContaining('wanted was 1000000'),
    });
    // It has stopped: that a rule holds no more lets it go on by a person's word only.
    expect(await host.control.isStopUndone(id)).toBe(false);
    await host.control.change(id, { ...ann, change: { stop: { targetReached: { value: 1e5 } } } });
    expect(await host.control.isStopUndone(id)).toBe(false);
    await expect(host.control.resume(id, decided)).rejects.toThrow(/has stopped/);
    const order = { ...ann, change: { parallel: 2, stop: { targetReached: { value: -1e6 } } } };
    const undone = await host.control.change(id, order);
    expect(await host.control.change(id, order)).toEqual(undone);
    await expect(host.control.change(id, { who: 'bob', why: 'his', change: { parallel: 4 }, seen: 1 })).rejects.toThrow(
      /no more as you saw it: ann was first/,
    );
    expect(await host.control.status(id)).toMatchObject({ phase: 'stopped' });
    expect(await host.control.isStopUndone(id)).toBe(true);
    await host.control.resume(id, decided);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 4, stop: { reason: 'budgetTrials' } });
    // So does a budget; given less than is used up, nothing is undone.
    await host.control.change(id, { ...ann, change: { budget: { trials: 3 } } });
    expect(await host.control.isStopUndone(id)).toBe(false);
    await host.control.change(id, { ...ann, change: { budget: { trials: 6 } } });
    expect(await host.control.isStopUndone(id)).toBe(true);
    await host.control.resume(id, decided);
    expect(await host.control.waitUntilStopped(id)).toMatchObject({ measured: 6 });
    // A rule that a person lifted is wanted again once it is stated.
    await host.control.change(id, { ...ann, change: { stop: { targetReached: { value: 1e6 } } } });
    const record = await host.control.record(id);
    expect(changesOf(record.audit).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await verifyRecord(record)).mismatches).toEqual([]);
    expect(recordFaults(record)).toEqual([]);
    const runs = await historiesOf(host.client, id);
    expect(await replayFaults(runs)).toEqual([]);
    await keepHistories('changed', runs);
  });

  it.each([
    ['targetReached', { targetReached: { value: 40 } }, [{ type: 'targetReached', value: 40 }]],
    ['noImprovement', { noImprovement: { rounds: 3 } }, [{ type: 'noImprovement', rounds: 3 }]],
    [
      'regretBound',
      { regretBound: { epsilon: 90, probability: 0.5 } },
      [{ type: 'regretBound', epsilon: 90, probability: 0.5 }],
    ],
  ])('ends as on the other host, where the file has the rule: %s', async (reason, stop, inFile) => {
    const given = { strategy: { initial: { trials: 5 } }, budget: { trials: 30 } };
    const id = host.id(`both-${reason}`);
    devices.hold();
    await host.control.start(problemCampaign(id, given));
    await host.control.change(id, { ...ann, change: { stop } });
    devices.letGo();
    await host.control.waitUntilStopped(id);
    const durable = await host.control.record(id);
    const inProcess = await runInProcess(problemCampaign(id, { ...given, stop: inFile }), {
      registry: createRegistry(),
    });
    expect(durable.stop).toEqual(inProcess.stop);
    expect(durable.stop!.reason).toBe(reason);
    const told = ({ trials }: typeof durable) =>
      trials.map(({ proposal: { basis: _, ...proposal }, state, observation }) => ({
        ...{ proposal, state, values: observation?.values },
      }));
    expect(told(durable)).toEqual(told(inProcess));
    expect((await verifyRecord(durable)).mismatches).toEqual([]);
  });

  it('is refused with everything that is wrong with it', async () => {
    const id = await paused('wrong', { budget: { trials: 9 }, strategy: { acquisition: 'random' } });
    const change = {
      parallel: 0,
      budget: { cost: -1, wallClock: 'soon' },
      stop: { targetReached: { value: 'low' }, noImprovement: { rounds: 1.5 }, regretBound: { epsilon: 1 } },
    };
    const refused = await host.control
      .change(id, { ...ann, change: change as never, objective: 'loss' })
      .catch((error: unknown) => error as { faults: { path: string }[] });
    expect('faults' in refused && refused.faults.map(({ path }) => path).sort()).toEqual([
      'budget.cost',
      'budget.wallClock',
      'parallel',
      'stop.noImprovement.rounds',
      'stop.regretBound.probability',
      'stop.targetReached',
      'stop.targetReached.value',
    ]);
    const bound = { stop: { regretBound: { epsilon: 1, probability: 0.9 } } };
    await expect(host.control.change(id, { ...ann, change: bound })).rejects.toThrow(/acquisition 'random'/);
    const less = { budget: { trials: 1, cost: 0.1 } };
    const both = /budget cost 0.1 was given; .* is allowed; budget trials 1 was given; .* is allowed/;
    await eventually(async () => (await host.control.status(id)).phase === 'paused');
    devices.hold();
    await host.control.resume(id, decided);
    await eventually(async () => (await host.control.status(id)).running === 1);
    await expect(host.control.change(id, { ...ann, change: less })).rejects.toThrow(both);
    expect((await host.control.inForce(id)).changes).toEqual([]);
    await host.control.abort(id, decided);
    devices.letGo();
    await host.control.waitUntilStopped(id);
  });
});
