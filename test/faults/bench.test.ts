import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokerLacking } from './bench/device.js';
import { type Label, labels } from './bench/labels.js';
import { type Lane, openLane, type Victim } from './bench/lane.js';
import { disturbedRun, type Reference, referenceRun } from './bench/run.js';

const lacking = await brokerLacking();
if (lacking !== null) process.stderr.write(`skipped: ${lacking}\n`);

/** It takes minutes, so it runs where that is asked for: `npm run faults:more`. */
const isAsked = process.env.ATHANOR_FAULT_TIMES !== undefined;

/** A few rows of `npm run faults`, one seed. */
const kills: readonly (readonly [Label['name'], Victim])[] = [
  ['call: device acted, no reply yet', 'device'],
  ['values kept, not stored', 'PostgreSQL'],
  ['reply: received, not kept in the folder', 'adapter'],
];

describe.skipIf(lacking !== null || !isAsked)('three-step trials, one at a time', () => {
  const seed = 1;
  let lane: Lane;
  let reference: Reference;
  beforeAll(async () => {
    lane = await openLane();
    reference = await referenceRun(lane, 'undisturbed', 'plain', seed);
  });
  afterAll(() => lane?.close());

  test.each(kills)('%s, kill -9 of %s: nothing lost, doubled or other than undisturbed', async (name, victim) => {
    const label = labels.find((one) => one.name === name)!;
    const { finding, passed } = reference;
    expect(finding).toMatchObject({ starts: 1, unknown: 0, lost: 0, doubled: 0, faults: [] });
    const { stoodStillMs, ...found } = await disturbedRun(lane, `killed-${victim.toLowerCase()}`, {
      label,
      victim,
      seed,
      passed,
    });
    expect(found).toEqual(finding);
    expect(stoodStillMs).toBeGreaterThan(0);
  });
});
