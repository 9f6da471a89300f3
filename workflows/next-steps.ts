import type { StopReason } from '../models/domain/record.js';
import { hasDevice, placesOf } from './exclusive.js';
import { committedCost, type LoopBudget, type LoopCommand, type LoopSettings, type LoopState } from './loop.js';
import { restsOnValues, shown } from './stop-rules.js';
import { isAwaited, tuneIfDue, withoutTuning } from './tuning-events.js';

/** Relative slack in comparing costs, so that sums of decimals do not strand the last trial. */
const costSlack = 1e-9;

/** Starts, asks for or ends whatever the state now allows. */
export function proceed(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  if (state.phase === 'stopped' || state.phase === 'paused') return state;
  if (state.phase === 'running') return advance(settings, state, commands);
  // What people rule may yet undo a stop that rests on values.
  let next = withoutTuning(restsOnValues(state.stop) ? state : { ...state, retries: [] }, commands);
  if (next.waiting.length > 0) {
    commands.push({ type: 'withdraw', ids: next.waiting.map((slot) => slot.id) });
    next = { ...next, waiting: [] };
  }
  if (next.proposing || next.inFlight.length > 0 || next.ruling.length > 0) return next;
  commands.push({ type: 'finish', ...next.stop! });
  return { ...next, phase: 'stopped', retries: [] };
}

function advance(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  let started = startWaiting(settings, state, commands);
  if (started.proposing) return started;
  started = startRetries(settings, started, commands);
  if (started.ruling.length > 0) return started;
  // What waits for approval or a place has its place in the budget, and is a point that is to be tried.
  const { waiting, inFlight } = started;
  const begun = started.started + waiting.length;
  const trialsLeft = started.budget.trials === null ? Number.POSITIVE_INFINITY : started.budget.trials - begun;
  const remainingCost =
    started.budget.cost === null ? null : Math.max(0, started.budget.cost - started.spent - committedCost(started));
  const spentUp = trialsLeft <= 0 || (remainingCost !== null && remainingCost <= 0);
  const idle = inFlight.length === 0 && waiting.length === 0;
  if (spentUp || started.shortfall !== null) {
    if (!idle) return started;
    const stop = restReason(started, trialsLeft);
    const ended = withoutTuning(started, commands);
    commands.push({ type: 'finish', ...stop });
    return { ...ended, phase: 'stopped', stop };
  }
  started = tuneIfDue(settings, started, commands);
  if (isAwaited(settings, started)) return started;
  const free =
    settings.synchronous && !idle ? 0 : placesOf(settings, started.parallel) - inFlight.length - waiting.length;
  const count = Math.min(free, trialsLeft);
  if (count <= 0) return started;
  const round = started.round + 1;
  commands.push({
    type: 'propose',
    round,
    count,
    pending: [...inFlight, ...waiting].map(({ id }) => id),
    remainingCost,
    ...(isSame(started.budget, settings.budget) ? {} : { budget: started.budget }),
    ...(JSON.stringify(started.rules) === JSON.stringify(settings.stop) ? {} : { stop: started.rules }),
    ...(started.fixed === undefined ? {} : { fixed: started.fixed }),
    ...(started.contexts === undefined ? {} : { contexts: started.contexts }),
    ...(started.codes === undefined ? {} : { codes: started.codes }),
  });
  return { ...started, round, proposing: true };
}

function isSame(a: LoopBudget, b: LoopBudget): boolean {
  return a.cost === b.cost && a.trials === b.trials;
}

/**
 * Starts what waits and needs nothing, as far as the budget still pays for it: a person may have lowered it in the meantime.
 * What a person injected begins once there is a place that no proposal was asked for.
 */
function startWaiting(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  let next: LoopState = { ...state, waiting: [] };
  const withdrawn: string[] = [];
  const proposedFirst = [...state.waiting].sort((a, b) => Number(a.injected ?? false) - Number(b.injected ?? false));
  for (const slot of proposedFirst) {
    const taken = next.inFlight.length + next.waiting.length;
    const hasPlace = slot.injected !== true || (!state.proposing && taken < state.parallel);
    if (slot.needs === 'approval' || !hasPlace || !hasDevice(settings, next.inFlight, slot)) {
      next = { ...next, waiting: [...next.waiting, slot] };
      continue;
    }
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

/** Only between two rounds, so that each round is decided with what a trial gave either before or after. */
function startRetries(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  let next = state;
  let free = state.parallel - state.inFlight.length - state.waiting.length;
  for (const slot of state.retries) {
    const { generation, was, uncharged, goesOn } = slot.again!;
    if (free <= 0 && goesOn !== true) continue;
    free -= 1;
    if (!hasDevice(settings, next.inFlight, slot)) continue;
    const before = uncharged === undefined ? {} : { uncharged: true as const };
    commands.push({ type: 'startTrial', id: slot.id, again: { generation, throughRound: state.round, ...before } });
    next = {
      ...next,
      retries: next.retries.filter(({ id }) => id !== slot.id),
      inFlight: [...next.inFlight, slot],
      spent: Math.max(0, next.spent - (uncharged ?? 0)),
      begunAgain: { ...next.begunAgain, [slot.id]: generation },
      ended: { ...next.ended, [was]: next.ended[was] - 1 },
    };
  }
  return next;
}

function restReason(state: LoopState, trialsLeft: number): { reason: StopReason; text: string } {
  if (trialsLeft <= 0)
    return { reason: 'budgetTrials', text: `all ${state.budget.trials} trials of the budget are done` };
  if (state.shortfall === 'space') {
    const kept = Object.entries(state.fixed ?? {}).map(([name, value]) => `${name} = ${value}`);
    const which = kept.length === 0 ? '' : ` with ${kept.join(', ')}`;
    return { reason: 'exhausted', text: `every design of the space${which} has been tried` };
  }
  const [budget, spent] = [state.budget.cost!, state.spent];
  const left = spent >= budget * (1 - costSlack) ? 'is used up' : 'pays no further trial with what is left';
  return { reason: 'budgetCost', text: `the cost budget (${shown(budget)}) ${left}: ${shown(spent)} is spent` };
}
