import type { Proposal, Reason } from '../domain/proposal.js';
import { trialId } from '../domain/trial.js';
import { deriveSeed } from '../random/generator.js';
import { Artefacts } from './artefacts.js';
import { placesOfTrials, prepareFor } from './candidates.js';
import { basisContexts, contextsOf } from './contexts.js';
import { CostModel } from './cost-model.js';
import type { DecideRequest, Decision, Wish } from './decision.js';
import { reasonOf } from './explain/reason.js';
import { extensionsOf, grownCampaign } from './growth.js';
import { hashVisits, visitsOf } from './history.js';
import { asInForce } from './in-force.js';
import { defaultsVersion } from './names.js';
import { conditioned, feasibleAt, outsetOf } from './rules/outset.js';
import { asksSurrogates } from './rules/round.js';

/**
 * A person's own design as a proposal: nothing is chosen, but it is told what the surrogates of that round, fitted as they are for
 * a decision, expect of it. Without a fit, as in the initial sample, there is nothing to tell.
 *
 * @param given - as for a decision of the round by whose knowledge it is predicted
 */
export async function wished(given: DecideRequest, wish: Wish): Promise<Decision> {
  const request = { ...given, campaign: asInForce(given) };
  const { round, pending, remainingCost } = request;
  const artefacts = new Artefacts(request.artefacts);
  const extensions = extensionsOf(request.trials);
  const { codes = [] } = request;
  const grown = await grownCampaign(request.campaign, request.trials, extensions, artefacts.source, codes);
  const { campaign, trials } = grown;
  const prepared = await prepareFor(
    campaign.space,
    [...placesOfTrials(trials), wish],
    contextsOf(campaign.spec, trials, pending, request.contexts),
  );
  const visits = visitsOf(campaign, trials, pending);
  const seed = deriveSeed(campaign.spec.seed, 'round', round);
  const level = campaign.spec.fidelities.findIndex(({ name }) => name === wish.fidelity);
  const cost = CostModel.of(campaign, prepared, trials, pending).expected(level, wish);
  const none = { acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null };
  let reason: Reason = { kind: 'supplied', ...none, text: wish.words };
  if (asksSurrogates(campaign.spec, visits)) {
    const fitting = { request: { ...request, campaign, trials }, prepared, visits, seed, artefacts };
    const outset = await outsetOf(fitting);
    const ensemble = conditioned(
      outset.fitted,
      prepared,
      visits.filter((visit) => visit.pending),
    );
    const point = prepared.encoder.encode([wish.design]);
    const feasible = feasibleAt(prepared, visits, seed, point);
    const chosen = { ...outset.told, value: null, level, ensemble, dropped: [], feasible, believed: null, cost };
    const told = reasonOf(campaign, chosen, point);
    reason = { ...told, kind: 'supplied', acquisition: null, text: `${wish.words}; ${told.text}` };
  }
  const proposal: Proposal = {
    id: trialId(campaign.id, round, 1),
    round,
    index: 1,
    design: wish.design,
    rowId: wish.rowId,
    fidelity: wish.fidelity,
    estimatedCost: cost,
    reason,
    basis: {
      seed,
      ...hashVisits(visits),
      pending,
      remainingCost,
      count: 1,
      fit: null,
      defaults: defaultsVersion(campaign.spec),
      ...basisContexts(prepared.contexts),
      ...(extensions.length > 0 ? { extensions } : {}),
      ...(codes.length > 0 ? { codes } : {}),
    },
  };
  return { proposals: [proposal], shortfall: null };
}
