import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Adapter, AdapterContext, JobRequest, JobState } from '../../lab-adapters/contract.js';
import { createRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { loadCampaign } from '../../scripts/campaign-file.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-lab-'));
});
afterAll(() => rm(folder, { recursive: true }));

const labText = (more = '') => `name: bench
instruments:
  robot: { adapter: problem, settings: { problem: branin } }
  oven: { adapter: problem, can: [anneal], settings: { problem: branin } }
  kiln: { adapter: problem, can: [anneal], settings: { problem: branin } }
  balance: { adapter: problem, settings: { problem: branin } }
positions: { shelf: { slots: 3 }, tray: { slots: 2 } }
${more}`;

const recipe = `- { step: make, on: robot, with: { T: '{x as K}' }, at: shelf, undo: { with: { T: 0 } } }
- { step: anneal, on: anneal, with: { T: '{x as K}' }, at: tray, undo: { with: { T: 1 } } }
- { step: weigh, on: balance, with: { T: '{x as K}' }, gives: [value] }`;

async function campaignOf(steps = recipe, { more = '', top = 'parallel: 4' } = {}): Promise<Campaign> {
  await writeFile(join(folder, 'lab.yaml'), labText(more));
  const text = `name: c
lab: lab.yaml
space: { parameters: [{ name: x, type: continuous, bounds: [0, 10], unit: °C }] }
objectives: [{ name: value, direction: minimise }]
fidelities:
  - name: exact
    cost: 3
    recipe:
${steps.replace(/^/gm, '      ')}
strategy: { acquisition: random }
budget: { trials: 12 }
${top}
`;
  await writeFile(join(folder, 'campaign.yaml'), text);
  return loadCampaign(join(folder, 'campaign.yaml'), { adapters: 'unchecked' });
}

/** One job as its device saw it, by the clock of the campaign. */
interface Seen {
  readonly instrument: string;
  readonly key: string;
  readonly request: JobRequest;
  readonly slot: string | undefined;
  readonly begun: number;
  ended: number;
}

/** Instruments of which each job takes a while, and ends as told. */
function devices(endOf: (instrument: string, key: string) => JobState = () => 'succeeded') {
  const jobs: Seen[] = [];
  const made: string[] = ['robot', 'oven', 'kiln', 'balance'];
  const create = (_type: string, _settings: unknown, { clock }: AdapterContext): Adapter => {
    const instrument = made[created++ % made.length]!;
    const own = new Map<string, { seen: Seen; state: JobState; fence: number }>();
    const job = (key: string) => own.get(key)!;
    return {
      traits: { resultRetention: 'process', exclusive: false, deterministic: true, virtualTime: true },
      pollMs: 7,
      validate: async ({ design }) =>
        typeof design.T === 'number' ? [] : [{ path: 'design.T', message: 'missing', remedy: 'a temperature' }],
      submit: async (key, request, { fence, slot }) => {
        const begun = clock.now();
        const seen: Seen = { instrument, key, request, slot, begun, ended: Number.POSITIVE_INFINITY };
        own.set(key, { seen, state: endOf(instrument, key), fence });
        jobs.push(seen);
        return key;
      },
      status: async (key) => {
        const { seen, state } = job(key);
        if (clock.now() < seen.begun + (key.endsWith('anneal') ? 250 : 100)) return { state: 'running' };
        seen.ended = Math.min(seen.ended, clock.now());
        return { state };
      },
      result: async (key) => {
        const { seen, state } = job(key);
        const [name] = seen.request.objectives;
        const values: Record<string, number> =
          name === undefined || state !== 'succeeded' ? {} : { [name]: Number(seen.request.design.T) };
        const cause = { class: 'chemistry', code: 'charred', message: 'black' } as const;
        return {
          values,
          cost: 1,
          durationMs: 100,
          ...(state === 'succeeded' || state === 'cancelled' ? {} : { cause }),
        };
      },
      find: async (key) => (own.has(key) ? key : null),
      cancel: async (key) => {
        const { seen } = job(key);
        if (seen.ended !== Number.POSITIVE_INFINITY) return;
        seen.ended = clock.now();
        own.set(key, { ...job(key), state: 'cancelled' });
      },
      close: async () => undefined,
    };
  };
  let created = 0;
  return { jobs, registry: { create } };
}

const outcomes = ({ trials }: CampaignRecord) => trials.map(({ observation }) => observation!.outcome);

/** The most jobs at the same time among these. */
function most(jobs: readonly Seen[]): number {
  return Math.max(
    0,
    ...jobs.map(({ begun }) => jobs.filter((other) => other.begun <= begun && begun < other.ended).length),
  );
}

describe('a campaign of three-step trials, simulated', () => {
  it('runs each step on an instrument of the lab, no slot twice at a time', async () => {
    const { jobs, registry } = devices();
    const record = await runInProcess(await campaignOf(), { registry });
    expect(outcomes(record)).toEqual(Array(12).fill('measured'));
    expect(jobs).toHaveLength(36);
    expect(new Set(jobs.map(({ key }) => key)).size).toBe(36);
    for (const slot of new Set(jobs.map((job) => job.slot)))
      expect(most(jobs.filter((job) => job.slot === slot)), slot).toBe(1);
    const on = (instrument: string) => jobs.filter((job) => job.instrument === instrument);
    expect([...new Set(jobs.map(({ slot }) => slot))].sort()).toEqual([
      'bench/balance#1',
      'bench/kiln#1',
      'bench/oven#1',
      'bench/robot#1',
    ]);
    expect(on('oven').length + on('kiln').length).toBe(12);
    // Trials overlap, each on another instrument.
    expect(most(jobs)).toBeGreaterThan(1);
  });

  it('asks each step for what the design says, converted, and takes its values from whichever gives them', async () => {
    const { jobs, registry } = devices();
    const { trials } = await runInProcess(await campaignOf(), { registry });
    for (const { proposal, observation, steps } of trials) {
      const T = Number(proposal.design.x) + 273.15;
      const own = jobs.filter(({ key }) => key.startsWith(`${proposal.id}/`));
      expect(own.map(({ key }) => key)).toEqual(['make', 'anneal', 'weigh'].map((step) => `${proposal.id}/g1/${step}`));
      for (const { request } of own) expect(request.design.T).toBeCloseTo(T, 9);
      expect(own[0]!.request).toMatchObject({ units: { T: 'K' }, objectives: [], fidelity: 'exact' });
      expect(own[2]!.request.objectives).toEqual(['value']);
      expect(observation).toMatchObject({ cost: 3, durationMs: 300 });
      expect(observation!.values.value).toBeCloseTo(T, 9);
      expect(steps!.map(({ step, how, job }) => [step, how, job])).toEqual(
        own.map(({ key }) => [key.split('/').at(-1), 'done', key]),
      );
      expect(steps!.map(({ instrument }) => instrument)).toEqual(own.map(({ instrument }) => `bench/${instrument}`));
    }
  });

  it('keeps its record, which holds bit for bit', async () => {
    const record = await runInProcess(await campaignOf(), { registry: devices().registry });
    expect(record.campaign).not.toHaveProperty('lab');
    const read = parseRecord(JSON.stringify(record), 'record.json');
    expect(read.trials.map(({ steps }) => steps)).toEqual(record.trials.map(({ steps }) => steps));
    expect((await verifyRecord(read)).mismatches).toEqual([]);
    expect(await runInProcess(await campaignOf(), { registry: devices().registry })).toEqual(record);
  });

  it('takes back what a trial did, the last first and where it was done, once a step fails', async () => {
    const { jobs, registry } = devices((instrument, key) =>
      instrument === 'balance' && /\/r[13]\/p/.test(key) ? 'failed' : 'succeeded',
    );
    const record = await runInProcess(await campaignOf(recipe, { top: 'parallel: 2\nsynchronous: true' }), {
      registry,
    });
    const failed = record.trials.filter(({ proposal }) => /\/r[13]\/p/.test(proposal.id));
    expect(failed.length).toBeGreaterThan(1);
    for (const { observation, steps } of failed) {
      expect(observation).toMatchObject({
        outcome: 'failed',
        cost: 5,
        cause: { class: 'chemistry', code: 'charred', message: "step 'weigh': black" },
      });
      expect(steps!.map(({ step, how }) => `${step} ${how}`)).toEqual([
        'make done',
        'anneal done',
        'weigh failed',
        'anneal~undo done',
        'make~undo done',
      ]);
      expect(steps![3]!.instrument).toBe(steps![1]!.instrument);
    }
    for (const { key, request } of jobs.filter(({ key }) => key.endsWith('~undo')))
      expect(request.design.T).toBe(key.endsWith('anneal~undo') ? 1 : 0);
  });

  it('leaves all as it is where nobody can tell, and goes on with the other trials', async () => {
    const { jobs, registry } = devices((_, key) =>
      key.includes('/p1/') && key.endsWith('anneal') ? 'unknown' : 'succeeded',
    );
    const record = await runInProcess(await campaignOf(), { registry });
    expect(new Set(outcomes(record))).toEqual(new Set(['measured', 'quarantined']));
    expect(jobs.filter(({ key }) => key.endsWith('~undo'))).toEqual([]);
  });

  it('settles the step that runs, and takes back, once the campaign is aborted', async () => {
    const over = new AbortController();
    const { jobs, registry } = devices();
    let ended = 0;
    const record = await runInProcess(await campaignOf(), {
      registry,
      signal: over.signal,
      onEvent: ({ type }) => {
        if (type === 'ended' && ++ended === 2) over.abort();
      },
    });
    const cancelled = record.trials.filter(({ observation }) => observation?.outcome === 'cancelled');
    expect(cancelled.length).toBeGreaterThan(0);
    for (const { proposal } of cancelled) {
      const own = jobs.filter(({ key }) => key.startsWith(`${proposal.id}/`)).map(({ key }) => key.split('/').at(-1));
      const forward = own.filter((step) => !step!.endsWith('~undo'));
      const back = own.filter((step) => step!.endsWith('~undo'));
      expect(own).toEqual([...forward, ...back]);
      expect(back).toEqual(
        forward
          .filter((step) => step !== 'weigh')
          .map((step) => `${step}~undo`)
          .reverse(),
      );
    }
    expect(jobs.every((job) => job.ended < Number.POSITIVE_INFINITY)).toBe(true);
  });

  it('ends trials for which the stock does not suffice, which says nothing of their designs', async () => {
    const uses = recipe.replace('at: shelf', 'at: shelf, uses: { argon: 2 }');
    const { registry } = devices();
    const campaign = await campaignOf(uses, {
      more: 'stock: { argon: { unit: L, amount: 11 } }',
      top: 'parallel: 1\nmaxConsecutiveFailures: 3',
    });
    const record = await runInProcess(campaign, { registry });
    expect(outcomes(record)).toEqual([...Array(5).fill('measured'), ...Array(3).fill('failed')]);
    expect(record.trials[5]!.observation!.cause).toEqual({
      class: 'operator',
      code: 'outOfStock',
      message: "step 'make': 2 L of 'argon' wanted, 1 L left",
    });
    expect(record.stop?.reason).toBe('failures');
  });

  it('begins no trial whose later steps would lack stock, and waits for what others may give back', async () => {
    const uses = recipe
      .replace('at: shelf', 'at: shelf, uses: { argon: 2 }')
      .replace('step: weigh,', 'step: weigh, uses: { argon: 2 },');
    const { registry, jobs } = devices();
    const campaign = await campaignOf(uses, {
      more: 'stock: { argon: { unit: L, amount: 11 } }',
      top: 'parallel: 3\nmaxConsecutiveFailures: 3',
    });
    const record = await runInProcess(campaign, { registry });
    expect(outcomes(record).filter((outcome) => outcome === 'measured')).toHaveLength(2);
    expect(
      jobs
        .filter(({ key }) => !key.endsWith('~undo'))
        .map(({ key }) => key.split('/').at(-1))
        .sort(),
    ).toEqual(['anneal', 'anneal', 'make', 'make', 'weigh', 'weigh']);
    const failed = record.trials.filter(({ observation }) => observation?.outcome === 'failed');
    expect(failed.map(({ observation }) => observation!.cause!.message)).toEqual(
      failed.map(() => "step 'make': 4 L of 'argon' wanted, 3 L left"),
    );
  });

  it('never waits for ever, whichever way recipes move their samples', async () => {
    const back = recipe
      .replace('at: shelf', 'at: tray')
      .replace('at: tray, undo: { with: { T: 1 }', 'at: shelf, undo: { with: { T: 1 }');
    const { registry } = devices();
    const record = await runInProcess(await campaignOf(back), { registry });
    expect(outcomes(record)).toEqual(Array(12).fill('measured'));
  });

  it('is told by the example, with the built-in adapters', async () => {
    const campaign = await loadCampaign('examples/three-steps/campaign.yaml');
    const record = await runInProcess(campaign, { registry: createRegistry() });
    expect(record.trials).toHaveLength(20);
    const failed = record.trials.filter(({ observation }) => observation!.outcome === 'failed');
    for (const { steps } of failed) expect(steps!.at(-1)).toMatchObject({ step: 'synthesise~undo', how: 'done' });
  });
});
