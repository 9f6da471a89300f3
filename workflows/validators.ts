import { committedCost } from './loop.js';
import type { BudgetChange, CampaignStatus, Decided, ParallelChange, Retry } from './messages.js';

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
  changeParallel(state: CampaignStatus, change: ParallelChange): void {
    checkWho(change);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given another parallelism', state, 'only a running or paused campaign can');
    const { parallel } = change;
    if (!Number.isInteger(parallel) || parallel < 1 || parallel > maxParallel)
      throw new Error(`parallel ${parallel} was given; a whole number from 1 to ${maxParallel} is allowed`);
  },
  retry(state: CampaignStatus, change: Retry): void {
    checkWho(change);
    const { id, cost } = change.slot;
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given a trial to do again', state, 'only a running or paused campaign can');
    if ([...state.inFlight, ...state.waiting, ...state.retries].some((slot) => slot.id === id))
      throw new Error(`trial '${id}' is in flight or waits for its turn; one that has ended can be done again`);
    const committed = state.spent + committedCost(state) + cost;
    if (state.budget.cost !== null && committed > state.budget.cost * (1 + 1e-9))
      throw new Error(
        `trial '${id}' is expected to cost ${cost}, and only ${Math.max(0, state.budget.cost - committed + cost)} of the budget is left; give more first`,
      );
  },
  changeBudget(state: CampaignStatus, change: BudgetChange): void {
    checkWho(change);
    if (state.phase !== 'running' && state.phase !== 'paused')
      throw refusal('given another budget', state, 'only a running or paused campaign can');
    const { cost, trials, wallClockMs } = change;
    if (cost === undefined && trials === undefined && wallClockMs === undefined)
      throw new Error('no change of budget was given; name cost, trials or wallClockMs');
    const committed = state.spent + committedCost(state);
    if (!isNullOrAtLeast(cost, committed))
      throw new Error(
        `budget cost ${cost} was given; null or a number from ${committed} (spent and committed) is allowed`,
      );
    const begun = state.started + state.waiting.length;
    if (!isNullOrAtLeast(trials, begun) || (typeof trials === 'number' && !Number.isInteger(trials)))
      throw new Error(`budget trials ${trials} was given; null or a whole number from ${begun} (started) is allowed`);
    if (!isNullOrAtLeast(wallClockMs, 0))
      throw new Error(`budget wallClockMs ${wallClockMs} was given; null or milliseconds of at least 0 are allowed`);
  },
};

/** Trials at a time that one campaign may have; the campaign file says the same. */
const maxParallel = 500;

function checkWho(decided: Decided | undefined): void {
  if (typeof decided?.who !== 'string' || decided.who.trim() === '')
    throw new Error('who decides this was not given; every decision carries a name');
  const { who, note } = decided;
  if (who.length > 200 || (note !== undefined && (typeof note !== 'string' || note.length > 2_000)))
    throw new Error('a name of up to 200 and a note of up to 2000 characters are allowed');
}

function isNullOrAtLeast(value: number | null | undefined, least: number): boolean {
  return value === undefined || value === null || (Number.isFinite(value) && value >= least);
}

function refusal(what: string, state: CampaignStatus, allowed: string): Error {
  return new Error(`the campaign cannot be ${what}: it is ${state.phase}; ${allowed}`);
}
