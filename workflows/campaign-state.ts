import { type Judged, joinedById } from '../models/domain/standing.js';
import { applyChange } from './changes.js';
import type { EndedTrial } from './ended-trial.js';
import {
  generationOf,
  type LoopCommand,
  type LoopEvent,
  type LoopSettings,
  type LoopState,
  type LoopStep,
  type RulingEffect,
} from './loop.js';
import { proceed } from './next-steps.js';
import { awaitsWord, decideTrial, failuresKey, withProblem } from './people-events.js';
import { firstRuleMet, reopened, restsOnValues, shownProbability, stopping } from './stop-rules.js';
import { applyTuning, withForetold } from './tuning-events.js';

/**
 * What the campaign does next: pure, so that both hosts do the same. An event that does not fit the state (a trial that
 * is not in flight, a stale round) changes nothing.
 */
export function step(settings: LoopSettings, state: LoopState, event: LoopEvent): LoopStep {
  const commands: LoopCommand[] = [];
  const next = applyEvent(settings, state, event, commands);
  // What went wrong says nothing of what is to be done.
  if (event.type === 'problem' || event.type === 'solved') return { state: next, commands };
  return { state: proceed(settings, next, commands), commands };
}

function applyEvent(settings: LoopSettings, state: LoopState, event: LoopEvent, commands: LoopCommand[]): LoopState {
  if (state.phase === 'stopped') return state;
  switch (event.type) {
    case 'started':
      return state;
    case 'proposed':
      if (!state.proposing || event.round !== state.round) return state;
      return applyProposed(state, event);
    case 'trialEnded':
      return applyEnd(settings, state, event, commands);
    case 'averaged':
      return applyAveraged(settings, state, event);
    case 'pause':
      return state.phase === 'running' ? { ...state, phase: 'paused' } : state;
    case 'resume':
      return state.phase === 'paused' ? { ...state, phase: 'running', problems: [], deviceFailures: 0 } : state;
    case 'drain':
      if (state.phase === 'draining' || state.phase === 'aborting') return state;
      return stopping(state, event.reason, drainText(state, event.reason));
    case 'abort':
      if (state.phase === 'aborting') return state;
      for (const slot of state.inFlight)
        commands.push({ type: 'cancelTrial', id: slot.id, generation: generationOf(slot) });
      return { ...stopping(state, 'aborted', 'aborted by a person'), phase: 'aborting' };
    case 'budget':
      return { ...state, budget: event.budget, shortfall: null };
    case 'parallel':
      return { ...state, parallel: event.parallel };
    case 'changed':
      return applyChange(settings, state, event.change);
    case 'retry': {
      const known = [...state.inFlight, ...state.retries].some(({ id }) => id === event.slot.id);
      return known ? state : { ...state, retries: [...state.retries, event.slot] };
    }
    case 'held':
    case 'approve':
    case 'reject':
    case 'edit':
    case 'injected':
    case 'needs':
      return decideTrial(state, event, commands);
    case 'told':
      return awaitsWord(state, event) ? applyEnd(settings, state, event, commands) : state;
    case 'problem':
    case 'solved': {
      const problems =
        event.type === 'problem'
          ? withProblem(state.problems, event)
          : // Of a pause of its own the campaign is let go by 'resume' alone.
            state.problems.filter(({ key }) => key === failuresKey);
      return problems.length === state.problems.length && event.type === 'solved' ? state : { ...state, problems };
    }
    case 'tune':
    case 'tuned':
    case 'version':
      return applyTuning(settings, state, event, commands);
    case 'ruling':
      return { ...state, ruling: [...state.ruling, event.id] };
    case 'ruled':
      return applyRuled(settings, state, event);
  }
}

function applyProposed(state: LoopState, event: LoopEvent & { type: 'proposed' }): LoopState {
  const { proposals, shortfall, assurances = [] } = event;
  const next = { ...state, proposing: false, waiting: [...state.waiting, ...proposals], shortfall };
  for (const rule of state.rules) {
    if (rule.type !== 'regretBound' || state.lifted.includes('regretBound')) continue;
    const { epsilon } = rule;
    const met = assurances.find((given) => given.epsilon === epsilon && given.probability >= rule.probability);
    if (met === undefined) continue;
    const text = `${met.trialId} is within ${epsilon} of the best possible with probability ${shownProbability(met.probability)}`;
    return stopping({ ...next, assured: assurances }, 'regretBound', text);
  }
  return next;
}

function applyEnd(settings: LoopSettings, state: LoopState, event: EndedTrial, commands: LoopCommand[]): LoopState {
  const { generation = 1, repeated = false } = event;
  if (!state.inFlight.some((slot) => slot.id === event.id && generationOf(slot) === generation)) return state;
  // Its design counts by the mean of all its trials, of which the loop knows the best alone.
  const standing = repeated ? null : event.judged && { trialId: event.id, round: state.round, ...event.judged };
  if (repeated) commands.push({ type: 'average', id: event.id });
  const next: LoopState = {
    ...withForetold(state, event.inside),
    inFlight: state.inFlight.filter((slot) => slot.id !== event.id),
    spent: state.spent + event.cost,
    ended: { ...state.ended, [event.outcome]: state.ended[event.outcome] + 1 },
    ...failuresAfter(state, event),
    front: standing === null ? state.front : joinedById(state.front, standing),
    shortfall: null,
    ruling: repeated ? [...state.ruling, event.id] : state.ruling,
  };
  const stop = firstRuleMet(settings, next);
  if (stop !== null) return stopping(next, stop.reason, stop.text);
  if (next.phase !== 'running' || next.deviceFailures < settings.maxConsecutiveFailures) return next;
  const text = `${next.deviceFailures} trials in a row gave no value, for other reasons than chemistry; the last was ${event.id}`;
  return { ...next, phase: 'paused', problems: withProblem(next.problems, { key: failuresKey, text }) };
}

function applyRuled(
  settings: LoopSettings,
  state: LoopState,
  { id, effect, anew = false, again = false }: LoopEvent & { type: 'ruled' },
): LoopState {
  const written = withoutRuling(state, id);
  if (effect === null || written === state) return written;
  const { was, is, trouble: _, ...tally } = effect;
  const next: LoopState = {
    ...written,
    ...tally,
    spent: was?.cost === is?.cost ? state.spent : Math.max(0, state.spent - (was?.cost ?? 0) + (is?.cost ?? 0)),
    started: state.started - (was === null ? 0 : 1) + (is === null ? 0 : 1),
    ended: counted(counted(state.ended, was, -1), is, 1),
    shortfall: null,
    // It was to be done again for what it gave before.
    retries: state.retries.filter((slot) => slot.id !== id),
  };
  return stoppedAnew(settings, next, anew, again);
}

function applyAveraged(
  settings: LoopSettings,
  state: LoopState,
  { id, front }: LoopEvent & { type: 'averaged' },
): LoopState {
  const known = withoutRuling(state, id);
  return known === state ? state : stoppedAnew(settings, { ...known, front }, true, true);
}

/** With one less of the rulings on a trial under way; the state itself where there is none. */
function withoutRuling(state: LoopState, id: string): LoopState {
  const place = state.ruling.indexOf(id);
  return place < 0 ? state : { ...state, ruling: state.ruling.filter((_, i) => i !== place) };
}

/** As the stop rules are met by other values than before. @param anew - whether a stop that rested on those is undone with them */
function stoppedAnew(settings: LoopSettings, state: LoopState, anew: boolean, again: boolean): LoopState {
  const open = anew && state.phase === 'draining' && restsOnValues(state.stop) ? reopened(state, again) : state;
  const stop = firstRuleMet(settings, state);
  return stop === null ? open : stopping(open, stop.reason, stop.text);
}

function counted(ended: LoopState['ended'], how: RulingEffect['was'], change: 1 | -1): LoopState['ended'] {
  return how === null ? ended : { ...ended, [how.outcome]: ended[how.outcome] + change };
}

/** How many trials in a row failed: as chemistry, and for reasons that say nothing of the design. */
export function failuresAfter(
  { consecutiveFailures, deviceFailures }: Pick<LoopState, 'consecutiveFailures' | 'deviceFailures'>,
  {
    outcome,
    cause,
    judged,
    lacking,
  }: Pick<EndedTrial, 'outcome' | 'cause' | 'lacking'> & { readonly judged?: Judged | null },
): Pick<LoopState, 'consecutiveFailures' | 'deviceFailures'> {
  // Who measured something else than what decides has a device that does not; histories from before say it of the target alone.
  const isLacking = lacking === true || judged?.losses[0] === null;
  if (outcome === 'measured' && !isLacking) return { consecutiveFailures: 0, deviceFailures: 0 };
  if (outcome === 'cancelled') return { consecutiveFailures, deviceFailures };
  if (cause === 'chemistry') return { consecutiveFailures: consecutiveFailures + 1, deviceFailures: 0 };
  return { consecutiveFailures, deviceFailures: deviceFailures + 1 };
}

function drainText({ problems }: LoopState, reason: 'drained' | 'wallClock' | 'failures'): string {
  if (reason === 'failures')
    return problems.find(({ key }) => key === failuresKey)?.text ?? 'too many trials in a row gave no value';
  return reason === 'drained' ? 'drained by a person' : 'wall clock used up';
}
