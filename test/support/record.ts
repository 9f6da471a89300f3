import { campaignSchema } from '../../models/domain/campaign.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import type { Cause } from '../../models/domain/trial.js';

/** What is particular about one trial of `someRecord`. */
export interface SomeTrial {
  readonly value?: number;
  readonly cause?: Cause;
  readonly fidelity?: 'cheap' | 'exact';
  readonly molecule?: string;
  readonly mean?: number;
  readonly text?: string;
}

/** A record made by hand: a pool of molecules, two fidelities, one trial a round; ended, in virtual time. */
export function someRecord(trials: readonly SomeTrial[], description = 'made by hand'): CampaignRecord {
  const names = trials.map(({ molecule }) => molecule ?? 'c1ccccc1');
  const parameters = [{ name: 'molecule', type: 'substance' as const, smiles: [...new Set(['c1ccccc1', ...names])] }];
  const spec = campaignSchema.parse({
    name: 'some',
    description,
    space: { parameters },
    objectives: [{ name: 'gap', direction: 'maximise', unit: 'eV' }],
    fidelities: [
      { name: 'cheap', adapter: 'problem', settings: {}, cost: 0.5 },
      { name: 'exact', adapter: 'problem', settings: {}, cost: 2 },
    ],
    budget: { trials: Math.max(1, trials.length) },
  });
  return {
    campaign: { id: 'some', spec, space: { parameters, pool: null } },
    phase: 'stopped',
    stop: { reason: 'budgetTrials', text: `all ${trials.length} trials of the budget are done` },
    trials: trials.map((trial, i) => trialOf(trial, i + 1, names[i]!)),
    audit: [],
  };
}

function trialOf(
  { value, cause, fidelity = 'exact', mean, text = 'because' }: SomeTrial,
  round: number,
  molecule: string,
): TrialRecord {
  const id = `some/r${round}/p1`;
  const cost = fidelity === 'cheap' ? 0.5 : 2;
  const known = { mean: mean ?? null, sd: mean === undefined ? null : 0.25 };
  return {
    proposal: {
      id,
      round,
      index: 1,
      design: { molecule },
      rowId: null,
      fidelity,
      estimatedCost: cost,
      reason: {
        kind: mean === undefined ? 'initial' : 'acquisition',
        acquisition: mean === undefined ? null : 'log-ei',
        value: null,
        ...known,
        targetMean: known.mean,
        targetSd: known.sd,
        text,
      },
      basis: {
        seed: 1,
        dataHash: 'none',
        observed: round - 1,
        pending: [],
        remainingCost: null,
        count: 1,
        fit: null,
        defaults: 'test',
      },
    },
    state: 'ended',
    observation: {
      trialId: id,
      outcome: value === undefined ? 'failed' : 'measured',
      values: value === undefined ? {} : { gap: value },
      noise: {},
      cost,
      durationMs: 10,
      cause: cause ?? null,
      artefacts: {},
      details: {},
    },
    startedAt: null,
    endedAt: null,
  };
}
