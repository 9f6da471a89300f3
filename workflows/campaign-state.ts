import type { StopRule } from '../models/domain/campaign.js';
import type { Assurance } from '../models/domain/proposal.js';
import type { StopReason } from '../models/domain/record.js';
import type { Outcome } from '../models/domain/trial.js';

/** What the loop needs to know of the campaign; plain JSON. */
export interface LoopSettings {
  readonly parallel: number;
  readonly synchronous: boolean;
  readonly maxConsecutiveFailures: number;
  readonly budget: LoopBudget;
  /** Rules on the loss: values already negated where the objective is maximised. */
  readonly stop: readonly StopRule[];
  /** Value = sign · loss, to say in words why it stopped; absent in histories from before it was said with numbers. */
  readonly sign?: 1 | -1;
}

/** What may be spent; null where there is no such limit. */
export interface LoopBudget {
  readonly cost: number | null;
  readonly trials: number | null;
}

/** A proposal as far as the loop cares. */
export interface Slot {
  readonly id: string;
  /** Estimated cost; counts against the budget until the trial ends. */
  readonly cost: number;
}

/** All that the loop remembers between events; plain JSON. */
export interface LoopState {
  readonly phase: 'running' | 'paused' | 'draining' | 'aborting' | 'stopped';
  readonly budget: LoopBudget;
  /** Last round asked for; 0 before the first. */
  readonly round: number;
  /** Whether the answer for that round is still out. */
  readonly proposing: boolean;
  /** Proposed, not started: arrived while paused. */
  readonly waiting: readonly Slot[];
  readonly inFlight: readonly Slot[];
  /** Actual cost of all ended trials. */
  readonly spent: number;
  readonly started: number;
  readonly ended: Readonly<Record<Outcome, number>>;
  readonly consecutiveFailures: number;
  /** Best target-fidelity trial so far. */
  readonly incumbent: { readonly trialId: string; readonly loss: number; readonly round: number } | null;
  /** Why the last round gave less than asked for; cleared when a trial ends. */
  readonly shortfall: 'space' | 'budget' | null;
  /** The first stop reason that held. */
  readonly stop: { readonly reason: StopReason; readonly text: string } | null;
}

/** What can happen to a campaign. */
export type LoopEvent =
  | { readonly type: 'started' }
  | {
      readonly type: 'proposed';
      readonly round: number;
      readonly proposals: readonly Slot[];
      /** Why fewer than asked for came: no design left, or none that the remaining budget can pay. */
      readonly shortfall: 'space' | 'budget' | null;
      /** What was computed for the stop rules `regretBound`; absent without one, and in histories from before there were. */
      readonly assurances?: readonly Assurance[];
    }
  | {
      readonly type: 'trialEnded';
      readonly id: string;
      readonly outcome: Outcome;
      readonly cost: number;
      /** Loss of a measured trial at the target fidelity, else null. */
      readonly loss: number | null;
    }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'drain'; readonly reason: 'drained' | 'wallClock' }
  | { readonly type: 'abort' }
  | { readonly type: 'budget'; readonly budget: LoopBudget };

/** What a host has to do. */
export type LoopCommand =
  | {
      readonly type: 'propose';
      readonly round: number;
      readonly count: number;
      /** Trials in flight: points that the proposal must count as pending. */
      readonly pending: readonly string[];
      /** Budget not yet spent or committed, null without a cost budget. */
      readonly remainingCost: number | null;
    }
  | { readonly type: 'startTrial'; readonly id: string }
  | { readonly type: 'cancelTrial'; readonly id: string }
  | { readonly type: 'withdraw'; readonly ids: readonly string[] }
  | { readonly type: 'finish'; readonly reason: StopReason; readonly text: string };

/** Answer to an event: the state after it, and what to do. */
export interface Step {
  readonly state: LoopState;
  readonly commands: readonly LoopCommand[];
}

/** Relative slack in comparing costs, so that sums of decimals do not strand the last trial. */
const costSlack = 1e-9;

/** The state before the event `started`. */
export function initialState(settings: LoopSettings): LoopState {
  return {
    phase: 'running',
    budget: settings.budget,
    round: 0,
    proposing: false,
    waiting: [],
    inFlight: [],
    spent: 0,
    started: 0,
    ended: { measured: 0, failed: 0, quarantined: 0, cancelled: 0 },
    consecutiveFailures: 0,
    incumbent: null,
    shortfall: null,
    stop: null,
  };
}

/** Cost of all trials in flight or waiting, as estimated. */
export function committedCost(state: LoopState): number {
  return [...state.inFlight, ...state.waiting].reduce((sum, slot) => sum + slot.cost, 0);
}

/**
 * What the campaign does next: pure, so that both hosts do the same. An event that does not fit the state (a trial that
 * is not in flight, a stale round) changes nothing.
 */
export function step(settings: LoopSettings, state: LoopState, event: LoopEvent): Step {
  const commands: LoopCommand[] = [];
  const next = applyEvent(settings, state, event, commands);
  return { state: proceed(settings, next, commands), commands };
}

function applyEvent(settings: LoopSettings, state: LoopState, event: LoopEvent, commands: LoopCommand[]): LoopState {
  if (state.phase === 'stopped') return state;
  switch (event.type) {
    case 'started':
      return state;
    case 'proposed':
      if (!state.proposing || event.round !== state.round) return state;
      return applyProposed(settings, state, event);
    case 'trialEnded':
      return applyEnd(settings, state, event);
    case 'pause':
      return state.phase === 'running' ? { ...state, phase: 'paused' } : state;
    case 'resume':
      return state.phase === 'paused' ? { ...state, phase: 'running' } : state;
    case 'drain':
      if (state.phase === 'draining' || state.phase === 'aborting') return state;
      return stopping(state, event.reason, event.reason === 'drained' ? 'drained by a person' : 'wall clock used up');
    case 'abort':
      if (state.phase === 'aborting') return state;
      for (const slot of state.inFlight) commands.push({ type: 'cancelTrial', id: slot.id });
      return { ...stopping(state, 'aborted', 'aborted by a person'), phase: 'aborting' };
    case 'budget':
      return { ...state, budget: event.budget, shortfall: null };
  }
}

function applyProposed(settings: LoopSettings, state: LoopState, event: LoopEvent & { type: 'proposed' }): LoopState {
  const { proposals, shortfall, assurances = [] } = event;
  const next = { ...state, proposing: false, waiting: [...state.waiting, ...proposals], shortfall };
  for (const rule of settings.stop) {
    if (rule.type !== 'regretBound') continue;
    const { epsilon } = rule;
    const met = assurances.find((given) => given.epsilon === epsilon && given.probability >= rule.probability);
    if (met === undefined) continue;
    const text = `${met.trialId} is within ${epsilon} of the best possible with probability ${shownProbability(met.probability)}`;
    return stopping(next, 'regretBound', text);
  }
  return next;
}

/** A probability as people read it: three decimals, cut off and not rounded up. */
export function shownProbability(probability: number): string {
  return (Math.floor(probability * 1000) / 1000).toFixed(3);
}

function applyEnd(settings: LoopSettings, state: LoopState, event: LoopEvent & { type: 'trialEnded' }): LoopState {
  if (!state.inFlight.some((slot) => slot.id === event.id)) return state;
  const better = event.loss !== null && (state.incumbent === null || event.loss < state.incumbent.loss);
  const next: LoopState = {
    ...state,
    inFlight: state.inFlight.filter((slot) => slot.id !== event.id),
    spent: state.spent + event.cost,
    ended: { ...state.ended, [event.outcome]: state.ended[event.outcome] + 1 },
    consecutiveFailures: event.outcome === 'measured' ? 0 : state.consecutiveFailures + 1,
    incumbent: better ? { trialId: event.id, loss: event.loss!, round: state.round } : state.incumbent,
    shortfall: null,
  };
  const stop = firstRuleMet(settings, next);
  return stop === null ? next : stopping(next, stop.reason, stop.text);
}

/** The first stop rule that the state fulfils, in the order of the file; failures come first. */
function firstRuleMet(settings: LoopSettings, state: LoopState): { reason: StopReason; text: string } | null {
  if (state.consecutiveFailures >= settings.maxConsecutiveFailures)
    return { reason: 'failures', text: `${state.consecutiveFailures} trials in a row gave no value` };
  for (const rule of settings.stop) {
    if (state.incumbent === null) continue;
    const { trialId, loss, round } = state.incumbent;
    const value = (own: number) => (settings.sign === undefined ? null : shown(settings.sign * own));
    if (rule.type === 'targetReached' && loss <= rule.value) {
      const wanted = value(rule.value);
      const numbers = wanted === null ? 'the wanted value' : `${value(loss)}, wanted was ${wanted}`;
      return { reason: 'targetReached', text: `${trialId} reached ${numbers}` };
    }
    if (rule.type === 'noImprovement' && state.round - round >= rule.rounds) {
      const best = value(loss) === null ? trialId : `the ${value(loss)} of ${trialId}`;
      return { reason: 'noImprovement', text: `no better value than ${best} for ${rule.rounds} rounds` };
    }
  }
  return null;
}

/** Six digits that matter: sums of decimals have more that do not. */
function shown(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** Stops making new trials; the first reason stays, unless a person aborts. */
function stopping(state: LoopState, reason: StopReason, text: string): LoopState {
  const stop = state.stop === null || reason === 'aborted' ? { reason, text } : state.stop;
  return { ...state, phase: state.phase === 'aborting' ? 'aborting' : 'draining', stop };
}

/** Starts, asks for or ends whatever the state now allows. */
function proceed(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  if (state.phase === 'stopped' || state.phase === 'paused') return state;
  if (state.phase === 'running') return advance(settings, state, commands);
  let next = state;
  if (next.waiting.length > 0) {
    commands.push({ type: 'withdraw', ids: next.waiting.map((slot) => slot.id) });
    next = { ...next, waiting: [] };
  }
  if (next.proposing || next.inFlight.length > 0) return next;
  commands.push({ type: 'finish', ...next.stop! });
  return { ...next, phase: 'stopped' };
}

function advance(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  const started = startWaiting(state, commands);
  if (started.proposing) return started;
  const trialsLeft =
    started.budget.trials === null ? Number.POSITIVE_INFINITY : started.budget.trials - started.started;
  const remainingCost =
    started.budget.cost === null ? null : Math.max(0, started.budget.cost - started.spent - committedCost(started));
  const spentUp = trialsLeft <= 0 || (remainingCost !== null && remainingCost <= 0);
  const idle = started.inFlight.length === 0;
  if (spentUp || started.shortfall !== null) {
    if (!idle) return started;
    const stop = restReason(started, trialsLeft);
    commands.push({ type: 'finish', ...stop });
    return { ...started, phase: 'stopped', stop };
  }
  const free = settings.synchronous && !idle ? 0 : settings.parallel - started.inFlight.length;
  const count = Math.min(free, trialsLeft);
  if (count <= 0) return started;
  const round = started.round + 1;
  commands.push({ type: 'propose', round, count, pending: started.inFlight.map((slot) => slot.id), remainingCost });
  return { ...started, round, proposing: true };
}

/** Starts what waits, as far as the budget still pays for it: a person may have lowered it in the meantime. */
function startWaiting(state: LoopState, commands: LoopCommand[]): LoopState {
  let next: LoopState = { ...state, waiting: [] };
  const withdrawn: string[] = [];
  for (const slot of state.waiting) {
    const { cost, trials } = next.budget;
    const paid = cost === null || next.spent + committedCost(next) + slot.cost <= cost * (1 + costSlack);
    if (!paid || (trials !== null && next.started >= trials)) {
      withdrawn.push(slot.id);
      continue;
    }
    commands.push({ type: 'startTrial', id: slot.id });
    next = { ...next, inFlight: [...next.inFlight, slot], started: next.started + 1 };
  }
  if (withdrawn.length > 0) commands.push({ type: 'withdraw', ids: withdrawn });
  return next;
}

function restReason(state: LoopState, trialsLeft: number): { reason: StopReason; text: string } {
  if (trialsLeft <= 0)
    return { reason: 'budgetTrials', text: `all ${state.budget.trials} trials of the budget are done` };
  if (state.shortfall === 'space') return { reason: 'exhausted', text: 'every design of the space has been tried' };
  const [budget, spent] = [state.budget.cost!, state.spent];
  const left = spent >= budget * (1 - costSlack) ? 'is used up' : 'pays no further trial with what is left';
  return { reason: 'budgetCost', text: `the cost budget (${shown(budget)}) ${left}: ${shown(spent)} is spent` };
}
