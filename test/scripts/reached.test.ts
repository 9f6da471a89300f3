import { expect, it } from 'vitest';
import type { Adapter, JobRequest } from '../../lab-adapters/contract.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { exportCsv, exportJson } from '../../scripts/record/export.js';
import { parseRecord } from '../../scripts/record/record-file.js';
import { verifyRecord } from '../../scripts/record/verify.js';
import { runInProcess } from '../../scripts/simulate/run-in-process.js';
import { someCampaign } from '../support/campaigns.js';

/** An instrument that misses its x by 0.1, measures there, and says so or not. */
function missing(says: boolean): Adapter {
  const jobs = new Map<string, JobRequest>();
  return {
    traits: { resultRetention: 'process', exclusive: false, deterministic: true, virtualTime: true },
    pollMs: 1,
    validate: async () => [],
    find: async (key) => (jobs.has(key) ? key : null),
    submit: async (key, request) => {
      jobs.set(key, request);
      return key;
    },
    status: async () => ({ state: 'succeeded' }),
    result: async (job) => {
      const { x, y } = jobs.get(job)!.design as { x: number; y: number };
      const reached = x + 0.1;
      return {
        values: { f: (reached - 0.3) ** 2 + (y - 0.5) ** 2 },
        cost: 1,
        durationMs: 1,
        // As of a recipe: of a step, by its own names.
        ...(says ? { details: { steps: { weigh: { reached: { minutes: 12 } } } } } : {}),
        ...(says ? { achieved: { x: reached }, contexts: { humidity: { value: 41, unit: '%' } } } : {}),
      };
    },
    close: async () => {},
  };
}

async function run(says: boolean): Promise<CampaignRecord> {
  const campaign = someCampaign({
    fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
    strategy: { initial: { trials: 3 } },
    budget: { trials: 6 },
  });
  const record = await runInProcess(campaign, { registry: { create: () => missing(says) } });
  return parseRecord(exportJson(record), 'record');
}

const designs = ({ trials }: CampaignRecord) => trials.map(({ proposal }) => proposal.design);

it('what an instrument says that it reached is learned from, and the record verifies with it alone', async () => {
  const [told, silent] = [await run(true), await run(false)];
  expect(told.trials.map(({ observation }) => observation!.achieved)).toEqual(
    designs(told).map(({ x }) => ({ x: Number(x) + 0.1 })),
  );
  // The plan is the same, what is learned is not.
  expect(designs(told).slice(0, 3)).toEqual(designs(silent).slice(0, 3));
  expect(designs(told)[3]).not.toEqual(designs(silent)[3]);
  expect(await verifyRecord(told)).toEqual({ checked: 6, byPerson: 0, mismatches: [] });
  const without = told.trials.map((trial) => {
    const { achieved: _, ...observation } = trial.observation!;
    return { ...trial, observation };
  });
  expect((await verifyRecord({ ...told, trials: without })).mismatches).not.toEqual([]);
  const [header, line] = exportCsv(told)
    .split(/\r?\n/)
    .map((text) => text.split(','));
  expect([line![header!.indexOf('context.humidity')], line![header!.indexOf('contextUnit.humidity')]]).toEqual([
    '41',
    '%',
  ]);
  expect(line![header!.indexOf('reached.weigh.minutes')]).toBe('12');
  expect(exportCsv(silent)).not.toContain('reached.');
});
