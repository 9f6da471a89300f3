import type { Outcome } from '../models/domain/trial.js';
import { causeClasses, verdicts } from '../models/domain/verdicts.js';
import { budgetFaults, changeFaults, changeNames, parallelFaults, shown, takesChanges } from './checked-change.js';
import { entryNames, isEntry } from './checked-entry.js';
import { committedCost } from './loop.js';
import type {
  BudgetChange,
  CampaignStatus,
  ChangeOf,
  Decided,
  Edit,
  Enter,
  FineTune,
  OfTrial,
  OwnDesign,
  ParallelChange,
  Retry,
  Rule,
  UseVersion,
} from './messages.js';
import { isName, isWhole, membersOf } from './payloads.js';
import { takesTuning } from './tuning-events.js';

/**
 * Refuses an update that does not fit the campaign's state. Each throws an Error that says what was asked, why it
 * cannot be, and what is allowed; the update then leaves no trace.
 */
export const validators = {
  pause(state: CampaignStatus, decided: Decided): void {
    checkWho(decided);
    if (state.phase !== 'running') throw refusal('paused', state, 'only a running campaign can be paused');
  },
  resume(state: CampaignStatus, decided: Decided): void {
    checkWho(decided);
    if (state.phase !== 'paused' && state.problem === null)
      throw refusal('resumed', state, 'only a paused campaign, or one with a problem, can be resumed');
  },
  drain(state: CampaignStatus, decided: Decided): void {
    checkWho(decided);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('drained', state, 'only a running or paused campaign can be drained');
  },
  abort(state: CampaignStatus, decided: Decided): void {
    checkWho(decided);
    if (state.phase === 'aborting' || state.phase === 'stopped')
      throw refusal('aborted', state, 'only a campaign that still runs can be aborted');
  },
  change(state: CampaignStatus, change: ChangeOf): void {
    checkWho(change, changeNames);
    checkReason(change, 'change');
    if (!takesChanges(state))
      throw refusal('changed', state, 'only one that begins trials, or that a stop rule is about to end, can');
    refuseFor(changeFaults(state, change));
  },
  changeParallel(state: CampaignStatus, change: ParallelChange): void {
    checkWho(change, ['parallel']);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given another parallelism', state, 'only a running or paused campaign can');
    refuseFor(parallelFaults(change.parallel));
  },
  retry(state: CampaignStatus, change: Retry, campaignId: string): void {
    checkWho(change, ['slot']);
    const { id, cost, again } = checkedSlot(change.slot, campaignId);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given a trial to do again', state, 'only a running or paused campaign can');
    if (isOpen(state, id) || state.ruling.includes(id))
      throw new Error(
        `trial '${id}' is in flight, waits for its turn or is being ruled on; one that has ended can be done again`,
      );
    // Two people may have asked for the same, and the first has had it.
    if (again!.generation <= (state.begunAgain[id] ?? 1))
      throw new Error(`trial '${id}' was done again meanwhile; look at what it gave, and retry it again if need be`);
    const committed = state.spent + committedCost(state) + cost - (again!.uncharged ?? 0);
    if (state.budget.cost !== null && committed > state.budget.cost * (1 + 1e-9))
      throw new Error(
        `trial '${id}' is expected to cost ${cost}, and only ${Math.max(0, state.budget.cost - committed + cost)} of the budget is left; give more first`,
      );
  },
  rule(state: CampaignStatus, change: Rule, campaignId: string): void {
    checkWho(change, ['trialId', 'generation', 'verdict', 'values', 'cause', 'after']);
    checkReason(change, 'ruling');
    const { trialId } = checkedRuling(change, campaignId);
    if (state.phase === 'stopped') throw refusal('given a ruling', state, 'only one that still runs can');
    // While it stops, nothing is begun again unless the stop is undone, and a ruling ends such an order.
    const { phase, retries } = state;
    if (isOpen({ ...state, retries: phase === 'running' || phase === 'paused' ? retries : [] }, trialId))
      throw new Error(`trial '${trialId}' is in flight or waits for its turn; one that has ended can be ruled on`);
  },
  enter(state: CampaignStatus, change: Enter, campaignId: string): void {
    checkWho(change, entryNames);
    if (!isTrialOf(change.trialId, campaignId) || !isEntry(change))
      throw new Error(
        `the entry ${shown(change)} was given; a trial of ${campaignId}, its generation, finite values, noise and cost, what was achieved, ` +
          `one of ${causeClasses.join(', ')} or null, and files by sha256 are wanted`,
      );
    if (state.phase === 'stopped') throw refusal('given a result', state, 'only one that still runs can');
  },
  approve(state: CampaignStatus, change: OfTrial, campaignId: string): void {
    checkWho(change, ['trialId']);
    checkWaiting(state, change, campaignId, 'approved');
  },
  reject(state: CampaignStatus, change: OfTrial, campaignId: string): void {
    checkWho(change, ['trialId']);
    checkReason(change, 'rejection');
    checkWaiting(state, change, campaignId, 'rejected');
  },
  edit(state: CampaignStatus, change: Edit, campaignId: string): void {
    checkWho(change, ['trialId', ...ownDesign]);
    checkReason(change, 'edit');
    checkDesign(change);
    checkWaiting(state, change, campaignId, 'edited');
  },
  add(state: CampaignStatus, change: OwnDesign): void {
    checkWho(change, ownDesign);
    checkReason(change, 'design');
    checkDesign(change);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given another design', state, 'only a running or paused campaign can');
    const { cost } = change;
    const committed = state.spent + committedCost(state) + cost;
    if (state.budget.cost !== null && committed > state.budget.cost * (1 + 1e-9))
      throw new Error(
        `the trial is expected to cost ${cost}, and only ${Math.max(0, state.budget.cost - committed + cost)} of the budget is left; give more first`,
      );
    if (state.budget.trials !== null && state.started + state.waiting.length >= state.budget.trials)
      throw new Error(`all ${state.budget.trials} trials of the budget are taken; give more first`);
  },
  finetune(state: CampaignStatus, change: FineTune): void {
    checkWho(change, ['at', 'folds', 'settings']);
    const { at, folds = 5, settings } = change;
    const { seed = 0, layers = 1, epochs = 1, rate = 1, ...rest } = membersOf(settings);
    const whole = [at, seed].every((given) => isWhole(given) && given >= 0) && [layers, epochs].every(isWhole);
    const fits = whole && isWhole(folds) && folds >= 2 && typeof rate === 'number' && rate > 0;
    if (!fits || Object.keys(rest).length > 0)
      throw new Error(
        `${shown({ at, folds, settings })} was given; which codes from 0, folds from 2, and seed, layers, epochs and rate are allowed`,
      );
    if (!takesTuning(state)) throw refusal('fine-tuned', state, 'only a running or paused campaign can');
    const { current = null } = state.tunings ?? {};
    if (current !== null)
      throw new Error(`fine-tuning ${current.n} is under way (${current.trigger}); one is done at a time`);
  },
  useVersion(state: CampaignStatus, change: UseVersion): void {
    checkWho(change, ['at', 'version']);
    checkReason(change, 'version');
    const { at, version } = change;
    const { encoder, output, identity, artefact } = membersOf(version);
    const texts = [encoder, output, identity, artefact].every((one) => typeof one === 'string' && one.length <= 300);
    if (!(isWhole(at) && at >= 0 && (version === null || (texts && version.at === at))))
      throw new Error(`${shown({ at, version })} was given; which codes from 0, and a version or null are allowed`);
    if (!takesTuning(state)) throw refusal('given another version', state, 'only a running or paused campaign can');
  },
  changeBudget(state: CampaignStatus, change: BudgetChange): void {
    checkWho(change, ['cost', 'trials', 'wallClockMs']);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given another budget', state, 'only a running or paused campaign can');
    const { cost, trials, wallClockMs } = change;
    if (cost === undefined && trials === undefined && wallClockMs === undefined)
      throw new Error('no change of budget was given; name cost, trials or wallClockMs');
    refuseFor(
      budgetFaults(state, {
        ...(cost === undefined ? {} : { cost }),
        ...(trials === undefined ? {} : { trials }),
        ...(wallClockMs === undefined ? {} : { wallClockMs }),
      }),
    );
  },
};

/** How a trial may have ended that is done again; of one that was measured, what decides is missing, as the store knows. */
const ends = ['failed', 'quarantined', 'cancelled', 'measured'] satisfies readonly Outcome[];

/** Outcomes of which a person may give values. */
const mostValues = 100;

/** @param names - what the decision may say besides who decides and why */
function checkWho(decided: unknown, names: readonly string[] = []): void {
  const { who, note, ...rest } = membersOf(decided);
  if (typeof who !== 'string' || who.trim() === '')
    throw new Error('who decides this was not given; every decision carries a name');
  if (!isName(who) || (note !== undefined && (typeof note !== 'string' || note.length > 2_000)))
    throw new Error('a name of up to 200 and a note of up to 2000 characters are allowed');
  const unknown = Object.keys(rest).find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new Error(`'${shown(unknown)}' was given; ${['who', 'note', ...names].join(', ')} are allowed`);
}

const ownDesign = ['design', 'rowId', 'fidelity', 'cost'];
/** Characters of a design that a campaign takes. */
const longestDesign = 100_000;

function checkDesign({ design, rowId, fidelity, cost }: OwnDesign): void {
  const values = Object.values(membersOf(design));
  const fits =
    values.length > 0 &&
    values.every((value) => typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) &&
    (rowId === null || (typeof rowId === 'string' && rowId.length <= 1_000)) &&
    isName(fidelity) &&
    typeof cost === 'number' &&
    Number.isFinite(cost) &&
    cost >= 0 &&
    JSON.stringify(design).length <= longestDesign;
  if (fits) return;
  throw new Error(
    `${shown({ design, rowId, fidelity, cost })} was given; numbers and texts by parameter, a row or null, a fidelity and its cost are wanted`,
  );
}

function checkReason({ note }: Decided, what: string): void {
  if (note === undefined || note.trim() === '')
    throw new Error(`why it is so was not given; every ${what} carries a reason`);
}

/** Of a proposal of which the campaign has not heard the store knows: what people say of it is kept until it has. */
function checkWaiting(state: CampaignStatus, { trialId }: OfTrial, campaignId: string, what: string): void {
  if (!isTrialOf(trialId, campaignId))
    throw new Error(`trial ${shown(trialId)} was given; the id of a trial of ${campaignId} is wanted`);
  if (state.phase === 'stopped' || state.phase === 'draining' || state.phase === 'aborting')
    throw refusal(`told that a proposal is ${what}`, state, 'it begins none any more');
}

function isTrialOf(id: unknown, campaignId: string): id is string {
  return (
    typeof id === 'string' && id.startsWith(`${campaignId}/`) && /^\/r\d+\/p\d+$/.test(id.slice(campaignId.length))
  );
}

/** The trial to be done again, as the command line says it. */
function checkedSlot(slot: unknown, campaignId: string): Retry['slot'] {
  const { id, cost, fidelity, again, ...rest } = membersOf(slot);
  const { generation, was, uncharged = 0, goesOn = true, ...more } = membersOf(again);
  const isOwn = isTrialOf(id, campaignId);
  const isLevel = fidelity === undefined || (typeof fidelity === 'string' && fidelity.length <= 200);
  const isCost = [cost, uncharged].every((given) => typeof given === 'number' && Number.isFinite(given) && given >= 0);
  const isAgain =
    isWhole(generation) && generation >= 2 && (ends as readonly unknown[]).includes(was) && goesOn === true;
  if (isOwn && isCost && isLevel && isAgain && Object.keys({ ...rest, ...more }).length === 0)
    return slot as Retry['slot'];
  throw new Error(
    `slot ${shown(slot)} was given; the id of a trial of ${campaignId}, its cost, and again with its generation and how it was are wanted`,
  );
}

/** Whether a trial is to run, runs, or has ended without the campaign having heard of it. */
function isOpen({ inFlight, waiting, retries }: CampaignStatus, id: string): boolean {
  return [...inFlight, ...waiting, ...retries].some((slot) => slot.id === id);
}

/** The ruling, as the command line says it. What it says of the trial is checked where the trial is known. */
function checkedRuling({ trialId, generation, verdict, values, cause, after }: Rule, campaignId: string): Rule {
  const numbers = Object.values(membersOf(values));
  const fits =
    isTrialOf(trialId, campaignId) &&
    isWhole(generation) &&
    generation >= 1 &&
    (after === undefined || (isWhole(after) && after >= 0)) &&
    (verdicts as readonly unknown[]).includes(verdict) &&
    typeof values === 'object' &&
    values !== null &&
    numbers.length <= mostValues &&
    numbers.every((value) => Number.isFinite(value)) &&
    (cause === null || (causeClasses as readonly unknown[]).includes(cause));
  if (fits) return { trialId } as Rule;
  throw new Error(
    `the ruling ${shown({ trialId, generation, verdict, values, cause })} was given; the id of a trial of ${campaignId}, its generation, ` +
      `one of ${verdicts.join(', ')}, finite values by outcome, and one of ${causeClasses.join(', ')} or null are wanted`,
  );
}

/** Refuses something for all that is wrong with it. */
function refuseFor(faults: readonly string[]): void {
  if (faults.length > 0) throw new Error(faults.join('; '));
}

function refusal(what: string, state: CampaignStatus, allowed: string): Error {
  return new Error(`the campaign cannot be ${what}: it is ${state.phase}; ${allowed}`);
}
