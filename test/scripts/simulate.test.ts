import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Adapter, AdapterContext, JobRequest } from '../../lab-adapters/contract.js';
import type { Campaign, CampaignSpec } from '../../models/domain/campaign.js';
import { campaignSchema } from '../../models/domain/campaign.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { AdapterSource } from '../../scripts/simulate/benches.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';

const settings = z.strictObject({
  delayMs: z.number().default(0),
  slowAnswerMs: z.number().default(0),
  lostReplies: z.number().default(0),
  deadFrom: z.number().default(Number.MAX_SAFE_INTEGER),
  virtualTime: z.boolean().default(true),
});

/** A lab bench in memory: y = x², after a delay that differs by design; its ledger holds every physical start. */
function makeBench(given: z.infer<typeof settings>, { clock }: AdapterContext, ledger: string[]): Adapter {
  const jobs = new Map<string, { request: JobRequest; ends: number; cancelled: boolean }>();
  let lost = given.lostReplies;
  const traits = {
    resultRetention: 'process',
    exclusive: false,
    deterministic: true,
    virtualTime: given.virtualTime,
  } as const;
  return {
    traits,
    pollMs: 1,
    validate: async () => [],
    find: async (key) => (jobs.has(key) ? key : null),
    submit: async (key, request) => {
      if (ledger.length >= given.deadFrom) throw new AdapterError('the bench is switched off');
      if (given.slowAnswerMs > 0) await clock.sleep(given.slowAnswerMs);
      if (!jobs.has(key)) {
        ledger.push(key);
        const ms = given.delayMs * (1 + (Number(request.design.x) % 3));
        jobs.set(key, { request, ends: clock.now() + ms, cancelled: false });
        if (lost-- > 0) throw new AdapterError('the answer was lost');
      }
      return key;
    },
    status: async (job) => {
      const { ends, cancelled } = jobs.get(job)!;
      if (cancelled) return { state: 'cancelled' };
      return clock.now() >= ends ? { state: 'succeeded' } : { state: 'running', pollAfterMs: ends - clock.now() };
    },
    result: async (job) => ({
      values: jobs.get(job)!.cancelled ? {} : { y: Number(jobs.get(job)!.request.design.x) ** 2 },
      cost: 1,
      durationMs: given.delayMs,
    }),
    cancel: async (job) => {
      jobs.get(job)!.cancelled = true;
    },
    close: async () => {},
  };
}

function campaign(given: Record<string, unknown>, changes: Partial<CampaignSpec> = {}): Campaign {
  const xs = Array.from({ length: 30 }, (_, i) => i - 10);
  const spec = campaignSchema.parse({
    name: 'parabola',
    space: { parameters: [{ name: 'x', type: 'discrete', values: xs }] },
    objectives: [{ name: 'y', direction: 'minimise' }],
    fidelities: [{ name: 'bench', adapter: 'bench', cost: 1, settings: given }],
    budget: { trials: 12 },
    ...changes,
  });
  const pool = { ids: xs.map((x) => `row${x}`), designs: xs.map((x) => ({ x })) };
  return { id: 'parabola', spec, space: { parameters: [{ name: 'x', type: 'discrete', values: xs }], pool } };
}

function run(given: Record<string, unknown>, changes: Partial<CampaignSpec> = {}, more = {}) {
  const ledger: string[] = [];
  const registry: AdapterSource = {
    create: (_, raw, context) => makeBench(settings.parse(raw), context, ledger),
  };
  return runInProcess(campaign(given, changes), { registry, ...more }).then((record) => ({ record, ledger }));
}

describe('the in-process host', () => {
  it('runs a campaign to the end of its budget and keeps every trial', async () => {
    const { record, ledger } = await run({});
    expect(record.phase).toBe('stopped');
    expect(record.stop?.reason).toBe('budgetTrials');
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(Array(12).fill('measured'));
    expect(new Set(ledger).size).toBe(12);
    for (const { proposal, observation } of record.trials)
      expect(observation!.values.y).toBe(Number(proposal.design.x) ** 2);
  });

  it('lets a month of simulated waiting pass at once, several trials at a time', async () => {
    const { record } = await run({ delayMs: 30 * 24 * 3_600_000 }, { parallel: 4 });
    expect(record.trials).toHaveLength(12);
    expect(record.trials.every((trial) => trial.startedAt === null)).toBe(true);
  });

  it('gives the same record for the same seed and other trials for another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(1000),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (seed, parallel, synchronous) => {
          const once = await run({ delayMs: 50, slowAnswerMs: 7 }, { parallel, synchronous }, { seed });
          const again = await run({ delayMs: 50, slowAnswerMs: 7 }, { parallel, synchronous }, { seed });
          expect(again.record).toEqual(once.record);
        },
      ),
      { numRuns: 15, seed: 1 },
    );
    const designs = async (seed: number) => (await run({}, {}, { seed })).record.trials.map((t) => t.proposal.design);
    expect(await designs(1)).not.toEqual(await designs(2));
  });

  it('does the same in real time as in virtual time, one trial at a time', async () => {
    const real = await run({ delayMs: 2, virtualTime: false });
    const virtual = await run({ delayMs: 2 });
    const told = (record: typeof real.record) =>
      record.trials.map((trial) => [trial.proposal, trial.observation?.values]);
    expect(told(real.record)).toEqual(told(virtual.record));
    expect(real.record.trials.every((trial) => trial.endedAt! >= trial.startedAt!)).toBe(true);
  });

  it('finds a job again whose acceptance was lost on the way', async () => {
    const { record, ledger } = await run({ lostReplies: 3 });
    expect(record.trials.every((trial) => trial.observation?.outcome === 'measured')).toBe(true);
    expect(ledger).toHaveLength(12);
  });

  it('quarantines trials of a bench that stays out of reach, and stops when there are too many', async () => {
    const { record } = await run({ deadFrom: 4 }, { maxConsecutiveFailures: 3 });
    expect(record.stop?.reason).toBe('failures');
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual([
      ...Array(4).fill('measured'),
      ...Array(3).fill('quarantined'),
    ]);
    expect(record.trials.at(-1)!.observation!.cause).toMatchObject({ class: 'device', code: 'unreachable' });
  });

  it('stops proposing when the wall clock is used up, and keeps the running trial', async () => {
    const { record } = await run({ delayMs: 60_000 }, { budget: { trials: 12, wallClock: '5min' } });
    expect(record.stop?.reason).toBe('wallClock');
    expect(record.trials.length).toBeGreaterThan(1);
    expect(record.trials.length).toBeLessThan(12);
    expect(record.trials.every((trial) => trial.observation?.outcome === 'measured')).toBe(true);
  });

  it('cancels what runs when it is aborted and still returns the record', async () => {
    const stop = new AbortController();
    const onEvent = (news: { type: string; state: { started: number } }) => {
      if (news.type === 'started' && news.state.started === 3) stop.abort();
    };
    const { record } = await run(
      { delayMs: 3_600_000, virtualTime: false },
      { parallel: 3 },
      { signal: stop.signal, onEvent },
    );
    expect(record.stop?.reason).toBe('aborted');
    expect(record.trials.map((trial) => trial.observation?.outcome)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });

  it('hands on what the brain throws, after ending what runs', async () => {
    let rounds = 0;
    const brain = async () => {
      if (++rounds === 2) throw new Error('singular');
      await delay(0);
      return { proposals: [], shortfall: 'space' as const };
    };
    const { record } = await run({}, {}, { decide: brain });
    expect(record.stop?.reason).toBe('exhausted');
    rounds = 1;
    await expect(run({}, {}, { decide: brain })).rejects.toThrow('singular');
  });
});
