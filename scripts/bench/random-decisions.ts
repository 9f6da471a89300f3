import type { PoolRequest } from '../../activities/decide-feed.js';
import type { DecidePool } from '../../activities/decide-pool.js';
import type { ParameterValue } from '../../models/domain/design.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import type { Proposal } from '../../models/domain/proposal.js';
import { trialId } from '../../models/domain/trial.js';
import { deriveSeed, Generator } from '../../models/random/generator.js';
import type { Decision } from '../../models/strategy/decision.js';

/**
 * Decisions that cost next to nothing: designs drawn at random, at the target fidelity, until the budget is used up. In
 * place of the real ones where the loop itself is measured or tried, as a model of hundreds of trials takes seconds.
 */
export const randomDecisions: DecidePool = {
  decide: async (request) => draw(request),
  close: async () => undefined,
};

function draw({ campaign, round, count, pending, remainingCost, trials }: PoolRequest): Decision {
  const seed = deriveSeed(campaign.spec.seed, 'round', round);
  const random = new Generator(seed);
  const fidelity = campaign.spec.fidelities.at(-1)!;
  const affordable = remainingCost === null ? count : Math.min(count, Math.floor(remainingCost / fidelity.cost));
  const proposals = Array.from({ length: affordable }, (_, i): Proposal => {
    const design: Record<string, ParameterValue> = {};
    for (const parameter of campaign.space.parameters)
      design[parameter.name] = typeOf(parameter).fromUnit(parameter, random.uniform());
    return {
      id: trialId(campaign.id, round, i + 1),
      round,
      index: i + 1,
      design,
      rowId: null,
      fidelity: fidelity.name,
      estimatedCost: fidelity.cost,
      reason: {
        kind: 'initial',
        acquisition: null,
        value: null,
        mean: null,
        sd: null,
        targetMean: null,
        targetSd: null,
        text: 'drawn at random',
      },
      basis: {
        seed,
        dataHash: '',
        observed: trials.filter((trial) => trial.observation !== null).length,
        pending,
        remainingCost,
        count,
        fit: null,
        defaults: 'random',
      },
    };
  });
  return { proposals, shortfall: affordable < count ? 'budget' : null };
}
