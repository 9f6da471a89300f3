import type { Instrument, JobRequest, JobResult } from '../lab-adapters/contract.js';
import { asOfTrial, stepRequest } from '../lab-adapters/step-values.js';
import { ContractError } from '../models/domain/errors.js';
import { stepTerms } from '../models/domain/observe-steps.js';
import { type Proposed, recipeOf } from '../models/domain/proposed-recipe.js';
import { orderOf, type StepOrder } from '../models/domain/recipe.js';
import type { Observation } from '../models/domain/trial.js';
import { stepEndOf } from '../workflows/recipe-state.js';
import type { TrialEnding } from '../workflows/trial-life.js';
import { type Place, PlacedTrial, type TrialDeps, type TrialEnd } from './placed-trial.js';
import type { CampaignOutline } from './store/campaign.js';
import type { Query } from './store/client.js';
import { exactJson, sha256 } from './store/exact-json.js';
import { listStepAnswers, type StoredAnswer, saveStepAnswer } from './store/step-answer.js';
import { findSubmission } from './store/submission.js';
import type { StepRef } from './store/trial.js';

/** One step of the recipe of a trial, or what takes one back: its answer is one of several. */
export class PlacedStep extends PlacedTrial {
  private asked: (Place & { readonly order: StepOrder; readonly trial: JobRequest }) | null = null;
  private answer: StoredAnswer | null = null;

  constructor(deps: Pick<TrialDeps, 'store' | 'source' | 'instrumentFor'>, ref: StepRef & { readonly step: string }) {
    super(deps, ref);
  }

  override async get() {
    if (this.asked !== null) return this.asked;
    const place = await super.get();
    const { campaign, proposal, request: trial } = place;
    const order = orderIn(campaign, proposal, this.step);
    const filled = await stepRequest(order, trial, this.key);
    const faults = 'faults' in filled ? filled.faults : [];
    const request = 'faults' in filled ? trial : await this.asBegun(filled.request, order, trial);
    const terms = stepTerms(place.terms, order.gives);
    // An equal share: nobody has told what each step takes.
    const estimatedCost = place.estimatedCost / recipeOf(campaign.spec, proposal)!.length;
    this.asked = { ...place, order, trial, request, faults, terms, estimatedCost };
    return this.asked;
  }

  /** The request as the ledger has it, where a version began the job that told converted numbers with all their digits. */
  private async asBegun(request: JobRequest, order: StepOrder, trial: JobRequest): Promise<JobRequest> {
    const before = await stepRequest(order, trial, this.key, true);
    if ('faults' in before || exactJson(before.request) === exactJson(request)) return request;
    const line = await findSubmission(this.deps.store.query, this.key);
    return line?.requestSha === sha256(exactJson(before.request, true)) ? before.request : request;
  }

  override async device(): Promise<Instrument> {
    const { campaign, fidelity, order } = await this.get();
    this.instrument ??= await this.deps.instrumentFor(campaign, fidelity, this.ref.slot, order.on);
    return this.instrument;
  }

  override async given(result: JobResult): Promise<JobResult> {
    const { order, trial } = await this.get();
    return asOfTrial(order, trial, result);
  }

  override async recall(anew = false): Promise<TrialEnd | null> {
    if (anew) this.asked = null;
    const answers = await listStepAnswers(this.deps.store.query, this.ref);
    this.answer = answers.find(({ step }) => step === this.step) ?? null;
    return this.answer === null ? super.recall(anew) : this.endOf(this.answer.observation);
  }

  override async save(query: Query, observation: Observation, ending: TrialEnding): Promise<Observation> {
    const { ref, step, key } = this;
    this.answer = await saveStepAnswer(query, { ...ref, step, key }, { end: stepEndOf(ending), observation });
    return this.answer.observation;
  }

  override async endOf(observation: Observation): Promise<TrialEnd> {
    const end = await super.endOf(observation);
    if (this.answer === null) return end;
    const { how, begun } = this.answer;
    return { ...end, judged: null, step: { how, begun } };
  }
}

/** What a step of a proposal's recipe does. @throws {ContractError} if there is none of the name */
export function orderIn({ spec }: CampaignOutline, proposal: Proposed, step: string): StepOrder {
  const order = orderOf(recipeOf(spec, proposal) ?? [], step);
  if (order === null) throw new ContractError(`fidelity '${proposal.fidelity}' has no step '${step}'`);
  return order;
}
