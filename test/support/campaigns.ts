import type { Campaign, CampaignSpec } from '../../models/domain/campaign.js';
import { campaignSchema } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import type { Proposal } from '../../models/domain/proposal.js';
import type { TrialRecord } from '../../models/domain/record.js';
import type { Space } from '../../models/domain/space.js';
import type { Outcome } from '../../models/domain/trial.js';

/** A campaign on two continuous parameters with two fidelities (cost 0.1 and 1), changed as wanted. */
export function someCampaign(changes: Partial<Record<keyof CampaignSpec, unknown>> = {}, space?: Space): Campaign {
  const spec = campaignSchema.parse({
    name: 'test',
    seed: 3,
    space: {
      parameters: [
        { name: 'x', type: 'continuous', bounds: [0, 1] },
        { name: 'y', type: 'continuous', bounds: [-2, 2] },
      ],
    },
    objectives: [{ name: 'f', direction: 'minimise' }],
    fidelities: [
      { name: 'low', adapter: 'problem', cost: 0.1 },
      { name: 'high', adapter: 'problem', cost: 1 },
    ],
    budget: { cost: 20 },
    ...changes,
  });
  return { id: 'test', spec, space: space ?? { parameters: spec.space.parameters as Space['parameters'], pool: null } };
}

/** A pool of n rows on a line, ids r0, r1, …. */
export function somePool(n: number): Space {
  const designs: Design[] = Array.from({ length: n }, (_, i) => ({ x: i / n, y: Math.sin(i) }));
  return {
    parameters: [
      { name: 'x', type: 'continuous', bounds: [0, 1] },
      { name: 'y', type: 'continuous', bounds: [-1, 1] },
    ],
    pool: { ids: designs.map((_, i) => `r${i}`), designs },
  };
}

/** The proposal as a trial that ended. */
export function ended(proposal: Proposal, value: number, outcome: Outcome = 'measured'): TrialRecord {
  const measured = outcome === 'measured';
  return {
    proposal,
    state: 'ended',
    observation: {
      trialId: proposal.id,
      outcome,
      values: measured ? { f: value } : {},
      noise: {},
      cost: proposal.estimatedCost,
      durationMs: 0,
      cause: measured ? null : { class: 'chemistry', code: 'broken', message: 'it broke' },
      artefacts: {},
      details: {},
    },
    startedAt: null,
    endedAt: null,
  };
}
