import { describe, expect, it } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { runSeeds } from '../../scripts/simulate/run-seeds.js';
import { problemCampaign } from '../workflows/durable-host.js';

const registry = createRegistry();
const short = problemCampaign('seeds', { strategy: { initial: { trials: 4 } }, budget: { trials: 7 }, parallel: 2 });

/** A campaign whose second round takes minutes to decide: hundreds of proposals after hundreds of observations. */
const slow = problemCampaign('slow', {
  strategy: { initial: { trials: 400 } },
  budget: { trials: 800 },
  parallel: 400,
  synchronous: true,
});

describe('runs over many seeds', () => {
  it('give for each seed the record of a run alone, in the order of the seeds', async () => {
    const done: number[] = [];
    const records = await runSeeds(short, [5, 2, 9], {
      registry,
      jobs: 2,
      onDone: (_, count) => done.push(count),
    });
    expect(done).toEqual([1, 2, 3]);
    const alone = [];
    for (const seed of [5, 2, 9]) alone.push(await runInProcess(short, { registry, seed }));
    expect(records).toEqual(alone);
    // One space for all: with a large pool the copies would be what fills the memory.
    expect(records.every((record) => record.campaign.space === short.space)).toBe(true);
  });

  it('let go of a decision under way when they are aborted, and keep what was measured', async () => {
    const stop = new AbortController();
    let ended = 0;
    const records = await runSeeds(slow, [1, 2], {
      registry,
      jobs: 1,
      signal: stop.signal,
      onEvent: (_, { type }) => {
        if (type === 'ended') ended += 1;
        // The loop goes on to ask for the second round first.
        if (ended === 400) setImmediate(() => stop.abort());
      },
    });
    expect(records).toHaveLength(1);
    expect(records[0]!.stop?.reason).toBe('aborted');
    expect(records[0]!.trials.filter((trial) => trial.observation?.outcome === 'measured')).toHaveLength(400);
  });

  it('end with the error of the seed that failed first, and end the others', async () => {
    const wrong = problemCampaign('wrong', { strategy: { surrogate: 'no-such', initial: { trials: 2 } } });
    const running = runSeeds(wrong, [3, 4, 5], { registry, jobs: 2 });
    await expect(running).rejects.toBeInstanceOf(AthanorError);
    await expect(running).rejects.toThrow(/^seed [34]: .*no-such/);
  });
});
