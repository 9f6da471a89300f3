import { campaignSchema } from '../../models/domain/campaign.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { defaultsVersion } from '../../models/strategy/names.js';

/** What is particular about a run. */
export interface SomeRun {
  readonly seed: number;
  /** Measured values at the target, a trial of cost 1 each. */
  readonly values: readonly number[];
  readonly strategy?: unknown;
  readonly direction?: 'maximise' | 'minimise';
  readonly parallel?: number;
  readonly stop?: unknown;
}

/** The record of a run made by hand: one number to vary, one fidelity, in virtual time. */
export function runRecord({ seed, values, direction = 'maximise', ...more }: SomeRun): CampaignRecord {
  const parameters = [{ name: 'x', type: 'continuous' as const, bounds: [0, 1] as [number, number] }];
  const spec = campaignSchema.parse({
    name: 'runs',
    seed,
    space: { parameters },
    objectives: [{ name: 'f', direction, unit: 'mJ' }],
    fidelities: [{ name: 'exact', adapter: 'problem', settings: { problem: 'branin' }, cost: 1 }],
    budget: { trials: 4 },
    ...more,
  });
  const none = { acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null };
  const trials = values.map((value, i) => {
    const id = `runs/r${i + 1}/p1`;
    return {
      proposal: {
        id,
        round: i + 1,
        index: 1,
        design: { x: (i + 1) / 10 },
        rowId: null,
        fidelity: 'exact',
        estimatedCost: 1,
        reason: { kind: 'initial' as const, ...none, text: 'part of the initial sample' },
        basis: {
          seed,
          dataHash: 'none',
          observed: i,
          pending: [],
          remainingCost: null,
          count: 1,
          fit: null,
          defaults: defaultsVersion(spec),
        },
      },
      state: 'ended' as const,
      observation: {
        trialId: id,
        outcome: 'measured' as const,
        values: { f: value },
        noise: {},
        cost: 1,
        durationMs: 0,
        cause: null,
        artefacts: {},
        details: {},
      },
      startedAt: null,
      endedAt: null,
    };
  });
  return {
    campaign: { id: 'runs', spec, space: { parameters, pool: null } },
    phase: 'stopped',
    stop: { reason: 'budgetTrials', text: 'all trials of the budget are done' },
    trials,
    audit: [],
  };
}
