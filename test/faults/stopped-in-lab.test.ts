import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openLeases } from '../../activities/store/lease.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { labSchema } from '../../models/domain/lab.js';
import { eventually, problemCampaign } from '../workflows/durable-host.js';
import { onStage, refused, type Stage } from './stopping-stage.js';

/** A lab of one robot with one slot, and campaigns of one trial on it; its job takes `ms`. */
async function inLab({ host, module, settings }: Stage) {
  const lab = labSchema.parse({
    name: host.id('bench'),
    adapters: [module],
    instruments: { robot: { adapter: 'stopping', settings: settings('{ms}') } },
  });
  await host.control.labs.up(lab, 'ann');
  const begin = async (name: string, ms: number) => {
    const campaign = problemCampaign(host.id(name), {
      lab: { name: lab.name },
      space: {
        parameters: [
          { name: 'x', type: 'continuous', bounds: [0, 12] },
          { name: 'ms', type: 'discrete', values: [ms, ms + 1] },
        ],
      },
      objectives: [{ name: 'y', direction: 'maximise' }],
      fidelities: [{ name: 'robot', adapter: 'lab', instrument: 'robot', cost: 1 }],
      budget: { trials: 1 },
    });
    await host.control.start(campaign);
    return campaign;
  };
  const holder = async () => (await openLeases(host.store.query, lab.name, { resource: 'robot' }))[0];
  /** The one lease of a campaign's trial that there ever was. */
  const lease = async (campaign: Campaign) => {
    const all = (await host.control.labs.leases(lab.name)).filter(({ campaignId }) => campaignId === campaign.id);
    expect(all).toHaveLength(1);
    return all[0]!;
  };
  return { begin, holder, lease };
}

const outcomes = async ({ host }: Stage, { id }: Campaign) =>
  (await host.control.record(id)).trials.map(({ observation }) => observation?.outcome);

/**
 * Worker A is stopped at a moment while it has the robot's slot, B goes on with the trial or it is given up, and another trial has
 * the slot when A wakes. In the end A is alone, and does what there is to do.
 *
 * @param given.moves - what the device did of the first trial, whoever asked for it
 */
async function wokenWhileAnotherHasTheSlot(
  stage: Stage,
  given: {
    readonly moment: string;
    readonly givenUp: boolean;
    readonly moves: readonly string[];
    readonly says: RegExp;
  },
): Promise<void> {
  const { host, folder, work, stopped, stopAt, wake, moved, abort } = stage;
  const { begin, holder, lease } = await inLab(stage);
  await stopAt(given.moment);
  const a = await work();
  const one = await begin('one', 300);
  if (given.givenUp) {
    await eventually(async () => existsSync(join(folder, 'holds')));
    await abort(one);
    a.child.kill('SIGSTOP');
  }
  await stopped(a);
  const b = await work();
  await host.control.waitUntilStopped(one.id, undefined, { pollMs: 100 });
  expect(await outcomes(stage, one)).toEqual([given.givenUp ? 'cancelled' : 'measured']);
  const two = await begin('two', 600_000);
  const before = [...given.moves, 'start two r1/p1/g1/run'];
  await eventually(async () => (await moved(one, two)).length === before.length);
  expect(await moved(one, two)).toEqual(before);
  expect((await lease(one)).fence).toBeLessThan((await lease(two)).fence);
  expect((await lease(one)).slot).toBe((await lease(two)).slot);
  await writeFile(join(folder, 'go'), '');
  expect(await wake(a)).toMatch(given.says);
  expect(await moved(one, two)).toEqual(before);
  expect((await holder())?.key).toBe(`${two.id}/r1/p1/g1/run`);
  await b.kill();
  await abort(two);
  await host.control.waitUntilStopped(two.id, undefined, { pollMs: 100 });
  expect(await moved(one, two)).toEqual([...before, 'cancel']);
  expect(await outcomes(stage, two)).toEqual(['cancelled']);
  await eventually(async () => (await holder()) === undefined);
}

const started = ['start one r1/p1/g1/run'];

describe.concurrent('a worker that is stopped past its lease, and woken when another job has the slot', () => {
  test.each([
    // It may ask whether the device could; what follows needs the slot.
    { moment: 'checking', says: /^done$/ },
    { moment: 'called', says: refused },
    { moment: 'written', says: refused },
  ])('moves nothing where another went on with the trial: $moment', ({ moment, says }) =>
    onStage((stage) => wokenWhileAnotherHasTheSlot(stage, { moment, givenUp: false, moves: started, says })),
  );

  test('moves nothing where the trial was given up', () =>
    onStage((stage) =>
      wokenWhileAnotherHasTheSlot(stage, { moment: 'held', givenUp: true, moves: [], says: refused }),
    ));
});
