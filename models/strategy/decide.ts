import type { Campaign } from '../domain/campaign.js';
import type { Basis, Proposal } from '../domain/proposal.js';
import { trialId } from '../domain/trial.js';
import { deriveSeed } from '../random/generator.js';
import { approvalsOf } from './approvals.js';
import { Artefacts, checkedBytes } from './artefacts.js';
import { beliefExponent } from './beliefs.js';
import { type Place, type PreparedSpace, placeKey, placesOfTrials, prepareFor, prepareSpace } from './candidates.js';
import { basisContexts, contextsOf } from './contexts.js';
import { CostModel } from './cost-model.js';
import type { DecideRequest, Decision } from './decision.js';
import { assurances } from './explain/assurance.js';
import { plainReason, plainReplicate } from './explain/reason.js';
import { withFixed } from './fixed.js';
import { extensionsOf, grownCampaign } from './growth.js';
import { hashVisits, isUntaught, visitsOf, withoutUntaught } from './history.js';
import { asInForce } from './in-force.js';
import { defaultsVersion } from './names.js';
import type { OnProgress } from './progress.js';
import { Purse } from './purse.js';
import { Replicates } from './replicates.js';
import { asPending, type ReasonedChoice, type Rivalry, type Round } from './rules/acquisition-round.js';
import { contrast } from './rules/contrast.js';
import { initialPlan, type PlannedTrial, planLeft, planRun } from './rules/initial-plan.js';
import { chooseByRule, type RoundChoices } from './rules/round.js';
import { wished } from './wished.js';

/** What a decision does besides deciding. */
export interface DecideOptions {
  readonly onProgress?: OnProgress | undefined;
  /** Wants to know what each proposal was preferred to; changes nothing of the decision. */
  readonly rivals?: Rivalry | undefined;
}

/**
 * The proposals of one round: a pure function of the request. The initial sample comes first; then each proposal is
 * the maximum of the acquisition with running and just proposed trials as pending points.
 *
 * @param options.onProgress - told what is done next, before each stage; changes nothing of the decision
 * @throws {NumericalError} naming a trial that was measured with no finite value
 * @throws {AthanorError} ARTEFACT if an artefact that an earlier proposal or the request names is not to be had
 * @throws {InvalidInputError} with everything that is wrong with the rows that are appended to the pool
 */
export async function decide(given: DecideRequest, options: DecideOptions = {}): Promise<Decision> {
  if (given.wish !== undefined) return wished(given, given.wish);
  const request = { ...given, campaign: asInForce(given) };
  const { round, count, budget, stop, fixed } = request;
  const observations = request.trials.filter(({ observation }) => observation?.outcome === 'measured').length;
  const tell = (stage: 'prepare' | 'fit' | 'acquire', made: number) =>
    options.onProgress?.({ stage, observations, made, count });
  tell('prepare', 0);
  const artefacts = new Artefacts(request.artefacts);
  const { extend = [], codes = [] } = request;
  const extensions = [...extensionsOf(request.trials), ...extend];
  const grown = await grownCampaign(request.campaign, request.trials, extensions, artefacts.source, codes);
  const { campaign, trials } = grown;
  for (const sha256 of extend) artefacts.keep(await checkedBytes(artefacts.source, sha256));
  const prepared = await prepareFor(
    campaign.space,
    placesOfTrials(trials),
    contextsOf(campaign.spec, trials, request.pending, request.contexts),
  );
  const seen = visitsOf(campaign, trials, request.pending);
  const visits = request.untaught === false ? withoutUntaught(seen) : seen;
  const seed = deriveSeed(campaign.spec.seed, 'round', round);
  const costs = CostModel.of(campaign, prepared, trials, request.pending);
  const purse = new Purse(campaign, costs, request.remainingCost);
  const means = { prepared, visits, seed, purse, artefacts, tell, rivals: options.rivals };
  const plan = await planOf(request.campaign, prepared);
  const {
    choices,
    fit,
    ensemble,
    hasSuspects,
    suspects = [],
  } = await choose({ ...request, campaign, trials }, plan, means);
  const held = ensemble === null ? [] : assurances({ campaign, prepared, visits, ensemble, suspects, seed });
  const exponent = fit === null ? null : beliefExponent(campaign.spec, visits);
  const basis: Basis = {
    seed,
    ...hashVisits(visits),
    pending: request.pending,
    remainingCost: request.remainingCost,
    count,
    fit,
    defaults: defaultsVersion(campaign.spec),
    ...(held.length > 0 ? { assurances: held } : {}),
    ...(budget === undefined ? {} : { budget }),
    ...(stop === undefined ? {} : { stop }),
    ...(visits.some(isUntaught) ? { untaught: true as const } : {}),
    ...(fixed === undefined ? {} : { fixed }),
    ...(exponent === null ? {} : { belief: exponent }),
    ...(hasSuspects === true ? { suspects: true as const } : {}),
    ...basisContexts(prepared.contexts),
    ...(artefacts.used.length > 0 ? { artefacts: artefacts.used } : {}),
    ...(extensions.length > 0 ? { extensions } : {}),
    ...(codes.length > 0 ? { codes } : {}),
  };
  const proposals = choices.map((choice, i): Proposal => {
    const fidelity = campaign.spec.fidelities[choice.level]!;
    return {
      id: trialId(campaign.id, round, i + 1),
      round,
      index: i + 1,
      design: fixed === undefined || choice.rowId !== null ? choice.design : withFixed(choice.design, fixed),
      rowId: choice.rowId,
      fidelity: fidelity.name,
      estimatedCost: costs.expected(choice.level, choice),
      reason: choice.reason,
      basis,
    };
  });
  const approvals = approvalsOf({ campaign, prepared, visits }, proposals);
  const more = {
    ...(approvals.some((one) => one !== null) ? { approvals } : {}),
    // Without a proposal nothing names it.
    ...(artefacts.made.size > 0 && proposals.length > 0 ? { artefacts: artefacts.made } : {}),
  };
  if (proposals.length === count) return { proposals, shortfall: null, ...more };
  return { proposals, shortfall: purse.isShort ? 'budget' : 'space', ...more };
}

/** The initial sample with what it is laid out in: the pool as it was at first, so that growing changes nothing of it. */
interface Plan {
  readonly trials: readonly PlannedTrial[];
  readonly prepared: PreparedSpace;
}

async function planOf(campaign: Campaign, grown: PreparedSpace): Promise<Plan> {
  const prepared = grown.meaning === null ? grown : await prepareSpace(campaign.space);
  return { trials: initialPlan(campaign, prepared, campaign.spec.seed), prepared };
}

async function choose(
  request: DecideRequest,
  { trials: plan, prepared: first }: Plan,
  means: Omit<Round, 'request' | 'choices'>,
): Promise<RoundChoices> {
  const { campaign, count } = request;
  const { visits, purse } = means;
  const { fidelities } = campaign.spec;
  const target = fidelities.length - 1;
  const choices: ReasonedChoice[] = [];
  const replicates = Replicates.of(campaign.spec, means.prepared.space);
  // What measures a design again takes no place of the initial sample.
  const laid =
    replicates?.firstOnly(
      visits,
      plan.filter(({ level }) => level === target),
    ) ?? visits;
  const run = planRun(first, plan, laid);
  const unrun = plan.filter((planned) => !run.has(planned));
  for (const planned of planLeft(plan, laid, run).slice(0, count)) {
    for (let left = count - choices.length; left > 0; left--) {
      const again = replicates?.owed([...visits, ...choices.map(asPending)]) ?? null;
      if (again === null || !purse.pay(target, again.place)) break;
      choices.push({ ...again.place, level: target, reason: plainReplicate(again.text) });
    }
    if (choices.length === count) break;
    const { kind, level, told: part = null, instead = null } = planned;
    const asked = [...visits, ...choices.map((choice) => ({ ...choice, turned: [] }))];
    const inside = asked.filter((visit) => !('outside' in visit));
    const isFree = kind === 'initial' && level === target && part === null;
    const contrasting = isFree ? contrast(inside, target) : null;
    const { design, rowId } = contrasting ?? (kind === 'initial' ? notAsked(planned, unrun, asked) : planned);
    if (!purse.pay(level, { design, rowId })) continue;
    const told = contrasting ? `${contrasting.as} of the designs at ${fidelities[contrasting.by]!.name}` : part;
    const words = [told, instead].filter((one) => one !== null);
    const reason = plainReason(kind, words.length === 0 ? null : words.join('; '));
    choices.push({ design, rowId, level, reason });
  }
  return chooseByRule({ ...means, request, choices });
}

/**
 * The planned trial, or if its design was asked at its level already, as one chosen by contrast, the first of the plan
 * there that was not. There is one: no more are asked than are planned.
 */
function notAsked(
  planned: PlannedTrial,
  unrun: readonly PlannedTrial[],
  asked: readonly (Place & { level: number })[],
) {
  const taken = new Set(asked.filter(({ level }) => level === planned.level).map(placeKey));
  if (!taken.has(placeKey(planned))) return planned;
  return unrun.find((one) => one.level === planned.level && !taken.has(placeKey(one))) ?? planned;
}
