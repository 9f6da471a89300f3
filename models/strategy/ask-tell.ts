import { type Campaign, targetFidelity } from '../domain/campaign.js';
import { withComputed } from '../domain/computed.js';
import { answeredContexts, type ContextValues, givenContextFaults, type SaidContexts } from '../domain/contexts.js';
import { designKey } from '../domain/design.js';
import { InvalidInputError } from '../domain/errors.js';
import { extendedSpace } from '../domain/extended-space.js';
import { type Extension, extensionBytes, readExtension } from '../domain/extension.js';
import type { Fault } from '../domain/fault.js';
import { observe, termsOf } from '../domain/observe.js';
import type { Proposal } from '../domain/proposal.js';
import type { TrialRecord } from '../domain/record.js';
import { sha256Of } from '../domain/sha256.js';
import { compareTrialIds, type Observation, parseTrialId, trialId } from '../domain/trial.js';
import { writtenWith } from '../domain/written.js';
import { heldArtefacts, heldBytes } from './artefacts.js';
import { decide } from './decide.js';
import type { DecideRequest, Decision } from './decision.js';
import { type Fixed, fixedFaults } from './fixed.js';
import { extensionsOf } from './growth.js';
import { hashVisits } from './history.js';
import { defaultsVersion } from './names.js';
import { type CheckedResult, type Result, resultChecker } from './result.js';
import { versionsOf } from './versions.js';

/** What a planner can be given. */
export interface PlannerOptions {
  /** In place of deciding in the thread of the caller, which is held up meanwhile: a pool of threads, for example. */
  readonly decide?: (request: DecideRequest) => Promise<Decision>;
  /** The artefacts of the earlier planner whose trials are given; absent where it made none. */
  readonly artefacts?: ReadonlyMap<string, Uint8Array>;
  /** Parameters that proposals keep to a value; absent where none does. */
  readonly fixed?: Fixed;
}

/**
 * The planner of a campaign whose trials somebody else runs: `ask` for proposals, `tell` what became of them, or of any
 * other trial of the same space.
 *
 * What was asked for counts as running until its result is told, so that a next `ask` proposes something else. Results
 * of trials that were never proposed are as good as those of proposals, and count towards the initial sample. Every
 * result told without a proposal takes a round of its own, so the same trials told in the same order give the same
 * proposals, whether by one planner or by one made anew each time. A design that is none of the space, but can be encoded, is
 * learned from and never proposed; its value counts as the best so far where it is the best.
 *
 * ```ts
 * const planner = new Planner(await loadCampaign('campaign.yaml'));
 * const { proposals } = await planner.ask(4);
 * planner.tell(proposals.map((proposal) => ({ ...proposal, value: measure(proposal.design) })));
 * ```
 */
export class Planner {
  private readonly records = new Map<string, TrialRecord>();
  private readonly held: Map<string, Uint8Array>;
  /** The campaign with the pool as it has grown. */
  private grown: Campaign;
  private check: ReturnType<typeof resultChecker>;
  private round = 0;
  /** What was said of contexts so far. */
  private said: SaidContexts | undefined;
  private asking: Promise<unknown> = Promise.resolve();

  /**
   * @param campaign - what is searched, for what, and with which budget; its adapters are never called
   * @param trials - trials of an earlier planner of the same campaign, to go on from
   * @param options - where decisions are made, if not here, and what is to be kept to
   * @throws {InvalidInputError} with what is wrong with `fixed`
   */
  constructor(
    private readonly campaign: Campaign,
    trials: readonly TrialRecord[] = [],
    private readonly options: PlannerOptions = {},
  ) {
    const faults = fixedFaults(options.fixed ?? {}, campaign.space);
    if (faults.length > 0) throw new InvalidInputError('fixed', faults);
    this.held = new Map(options.artefacts);
    for (const trial of trials) {
      this.records.set(trial.proposal.id, trial);
      this.round = Math.max(this.round, parseTrialId(trial.proposal.id).round);
    }
    const last = this.trials.findLast(({ proposal }) => proposal.basis.contexts?.said !== undefined);
    this.said = last?.proposal.basis.contexts?.said;
    this.grown = this.withRows(campaign, extensionsOf(this.trials));
    this.check = resultChecker(this.grown);
  }

  /** All trials asked for or told of so far, in the order of their ids. */
  get trials(): readonly TrialRecord[] {
    return [...this.records.values()].sort((a, b) => compareTrialIds(a.proposal.id, b.proposal.id));
  }

  /** What the decisions so far made and their proposals name, e.g. trained weights, by sha256. */
  get artefacts(): ReadonlyMap<string, Uint8Array> {
    return this.held;
  }

  /**
   * The next proposals, best first in the sense of the acquisition; each is running from now on. Calls wait for one
   * another.
   *
   * @param count - proposals wanted, 1 or more
   * @param extend - rows that are appended to the pool first, for good; where there is no proposal they are not
   * @param contexts - what these are now, as a batch of which nothing was measured yet; holds until a trial that is told of from then on
   *   tells of the context
   * @returns at most `count`; `shortfall` says why there are fewer: no design left, or the budget in cost or trials
   *   pays no more
   * @throws {InvalidInputError} if `count` is not a whole number of 1 or more, or with what is wrong with the rows or contexts
   */
  ask(count = 1, extend: readonly Extension[] = [], contexts: ContextValues = {}): Promise<Decision> {
    if (!Number.isSafeInteger(count) || count < 1) {
      const fault = { path: 'count', message: `${count} given`, remedy: 'a whole number of 1 or more' };
      return Promise.reject(new InvalidInputError('ask', [fault]));
    }
    const faults = givenContextFaults(this.campaign.spec.contexts ?? [], contexts);
    if (faults.length > 0) return Promise.reject(new InvalidInputError('contexts', faults));
    const answer = this.asking.then(() => this.decide(count, extend, contexts));
    this.asking = answer.catch(() => undefined);
    return answer;
  }

  /**
   * Takes in what became of trials. A result answers the proposal of its `id`; without one it answers the running trial
   * with the same design and fidelity, if there was one before this call, and is a trial of its own otherwise. A design with
   * fewer digits, as `suggest` writes it, answers the one that it stands for, and is then what was measured.
   *
   * @throws {InvalidInputError} with every fault of every result; then nothing was taken in
   */
  tell(results: readonly Result[]): void {
    const waiting = this.trials.filter((trial) => trial.state === 'running');
    const faults: Fault[] = [];
    const pairs = results.map((result, i) => {
      const fail = (found: readonly Fault[]) => {
        faults.push(...found.map((fault) => ({ ...fault, path: `results[${i}].${fault.path}` })));
        return null;
      };
      const named = result.id === undefined ? undefined : this.records.get(result.id)?.proposal;
      const checked = this.check(named === undefined ? result : { ...asResult(named), ...result });
      if (Array.isArray(checked)) return fail(checked as readonly Fault[]);
      const told = checked as CheckedResult;
      const place =
        result.id === undefined
          ? answeredBy(told, waiting, this.grown.space)
          : waiting.findIndex(({ proposal }) => proposal.id === result.id);
      const trial = place < 0 ? null : waiting.splice(place, 1)[0]!;
      if (result.id !== undefined) {
        const remedy = 'leave the id out to tell of a trial that was not proposed';
        const message = named === undefined ? `no proposal '${result.id}'` : `'${result.id}' has its result already`;
        if (trial === null) return fail([{ path: 'id', message, remedy }]);
        if (!isSame(trial.proposal, told) && writtenFrom(trial.proposal, told, this.grown.space) === null)
          return fail([{ path: 'id', message: `'${result.id}' is another design or fidelity`, remedy }]);
      }
      return { told, trial };
    });
    if (faults.length > 0) throw new InvalidInputError('results', faults);
    for (const pair of pairs) {
      const { told, trial } = pair!;
      this.keep(told, trial === null ? this.unasked(told) : { ...trial.proposal, design: told.design });
    }
  }

  private async decide(count: number, extend: readonly Extension[], contexts: ContextValues): Promise<Decision> {
    const further = extend.map((extension) => {
      const bytes = extensionBytes(extension);
      return [sha256Of(bytes), bytes] as const;
    });
    const own = further.map(([sha256]) => sha256);
    const { cost, trials: limit } = this.campaign.spec.budget;
    const trials = this.trials;
    this.round += 1;
    const newer = Object.entries(contexts).map(([name, value]) => [name, { value, sinceRound: this.round }] as const);
    if (newer.length > 0) this.said = { ...this.said, ...Object.fromEntries(newer) };
    const spent = trials.reduce(
      (sum, { proposal, observation }) => sum + (observation?.cost ?? proposal.estimatedCost),
      0,
    );
    const remainingCost = cost === undefined ? null : Math.max(0, cost - spent);
    const wanted = limit === undefined ? count : Math.min(count, limit - trials.length);
    if (wanted <= 0) return { proposals: [], shortfall: 'budget' };
    const pending = trials.filter((trial) => trial.state === 'running').map((trial) => trial.proposal.id);
    const asked = { campaign: this.campaign, round: this.round, count: wanted, pending, remainingCost, trials };
    const appended = own.length === 0 ? {} : { extend: own };
    const codes = versionsOf(trials);
    const used = codes.length === 0 ? {} : { codes };
    const { fixed } = this.options;
    const kept = fixed === undefined ? {} : { fixed };
    const around = this.said === undefined ? {} : { contexts: this.said };
    const request = {
      ...asked,
      ...appended,
      ...used,
      ...kept,
      ...around,
      ...heldArtefacts(new Map([...this.held, ...further])),
    };
    const { proposals, shortfall, artefacts = new Map() } = await (this.options.decide ?? decide)(request);
    for (const [sha256, bytes] of artefacts) this.held.set(sha256, bytes);
    if (proposals.length > 0 && own.length > 0) {
      this.grown = this.withRows(this.grown, own);
      this.check = resultChecker(this.grown);
    }
    for (const proposal of proposals) this.records.set(proposal.id, running(proposal));
    return { proposals, shortfall: shortfall ?? (wanted < count ? 'budget' : null) };
  }

  /** @throws {AthanorError} ARTEFACT if the planner holds no such extension */
  private withRows(campaign: Campaign, extensions: readonly string[]): Campaign {
    if (extensions.length === 0) return campaign;
    const read = extensions.map((sha256) => readExtension(heldBytes(this.held, sha256), `extension ${sha256}`));
    return { ...campaign, space: extendedSpace(campaign.space, read) };
  }

  private keep(told: CheckedResult, proposal: Proposal): void {
    const record = running(proposal);
    const observation = told.outcome === 'pending' ? null : observationOf(told, proposal.id, this.campaign);
    this.records.set(proposal.id, observation === null ? record : { ...record, state: 'ended', observation });
  }

  /** A trial that nobody proposed, as the proposal of a person: seen by the rounds after its own, computed by none. */
  private unasked({ design, rowId, fidelity, cost, outside }: CheckedResult): Proposal {
    this.round += 1;
    const { id, spec } = this.campaign;
    const text = `given by a person${outside === null ? '' : `; learned from, never proposed: ${outside}`}`;
    const extensions = extensionsOf(this.trials);
    const none = { acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null };
    return {
      id: trialId(id, this.round, 1),
      round: this.round,
      index: 1,
      design,
      rowId,
      fidelity: fidelity.name,
      estimatedCost: cost,
      reason: { kind: 'supplied', ...none, text },
      basis: {
        seed: spec.seed,
        ...hashVisits([]),
        pending: [],
        remainingCost: null,
        count: 1,
        fit: null,
        defaults: defaultsVersion(spec),
        ...(extensions.length === 0 ? {} : { extensions }),
        person: { who: 'a person', sinceRound: this.round + 1 },
      },
    };
  }
}

function asResult({ design, rowId, fidelity }: Proposal): Result {
  return { design, rowId, fidelity };
}

function isSame(proposal: Proposal, { design, rowId, fidelity }: CheckedResult): boolean {
  if (proposal.fidelity !== fidelity.name || proposal.rowId !== rowId) return false;
  return designKey(proposal.design) === designKey(design);
}

/** Digits of a proposal's design beyond those that matter that were told; null where it is another, or another fidelity. */
function writtenFrom({ design, rowId, fidelity }: Proposal, told: CheckedResult, space: Campaign['space']) {
  if (rowId !== null || told.rowId !== null || fidelity !== told.fidelity.name) return null;
  return writtenWith(space, design, told.design);
}

/**
 * Place of the waiting trial that a result without an id answers: that with its design, else the only one that is written as
 * it is; -1 where there is none.
 */
function answeredBy(told: CheckedResult, waiting: readonly TrialRecord[], space: Campaign['space']): number {
  const exact = waiting.findIndex(({ proposal }) => isSame(proposal, told));
  if (exact >= 0) return exact;
  const likely = [...waiting.keys()].filter((place) => writtenFrom(waiting[place]!.proposal, told, space) !== null);
  return likely.length === 1 ? likely[0]! : -1;
}

function running(proposal: Proposal): TrialRecord {
  return { proposal, state: 'running', observation: null, startedAt: null, endedAt: null };
}

function observationOf(told: CheckedResult, id: string, campaign: Campaign): Observation {
  const { outcome, values, cost } = told;
  const { spec } = campaign;
  const contexts = answeredContexts(spec.contexts ?? [], told.contexts);
  // What people give is finite, which was looked at; surrogates are held to any such number.
  const terms = { ...termsOf(spec, targetFidelity(spec).name), statedCost: null, largest: Number.MAX_VALUE };
  if (outcome === 'measured')
    return withComputed(campaign, told, observe(id, terms, 'succeeded', { values, cost, durationMs: 0, contexts }));
  // Who says no more than that a trial failed speaks of its design.
  const cause = { class: 'chemistry', code: 'told', message: 'told to have failed' } as const;
  return observe(id, terms, 'failed', { values: {}, cost, durationMs: 0, cause, contexts });
}
