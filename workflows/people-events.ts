import { generationOf, type LoopCommand, type LoopEvent, type LoopState, type Problem, type Slot } from './loop.js';

/** Key of the problem that too many trials in a row gave nothing: the campaign pauses by itself. */
export const failuresKey = 'failures';

/** What people decide on single trials. An event that fits none changes nothing. */
export type TrialDecision = Extract<LoopEvent, { type: 'held' | 'approve' | 'reject' | 'edit' | 'injected' | 'needs' }>;

/**
 * The state after a person's decision on a trial. What a person takes back before it began was never run: it counts neither
 * as started nor as failed.
 */
export function decideTrial(state: LoopState, event: TrialDecision, commands: LoopCommand[]): LoopState {
  switch (event.type) {
    case 'held':
      return { ...state, waiting: state.waiting.map((slot) => (slot.id === event.id ? held(slot) : slot)) };
    case 'approve':
      return { ...state, waiting: state.waiting.map((slot) => (slot.id === event.id ? approved(slot) : slot)) };
    case 'reject':
      return take(state, event.id, [], commands);
    case 'edit':
      return isKnown(state, event.slot.id) ? state : take(state, event.id, [event.slot], commands);
    case 'injected': {
      // A round that is out was decided without it, and its answer must find the number that it was asked for by.
      const fits = !state.proposing && event.round === state.round + 1 && !isKnown(state, event.slot.id);
      if (!fits || (state.phase !== 'running' && state.phase !== 'paused')) return state;
      const slot = { ...event.slot, injected: true as const };
      return { ...state, round: event.round, waiting: [...state.waiting, slot], shortfall: null };
    }
    case 'needs':
      return { ...state, inFlight: state.inFlight.map((slot) => (slot.id === event.id ? needing(slot, event) : slot)) };
  }
}

/** Whether a trial in flight waits for a person to say how it ended. */
export function awaitsWord(state: LoopState, { id, generation = 1 }: { id: string; generation?: number }): boolean {
  const found = state.inFlight.find((slot) => slot.id === id && generationOf(slot) === generation);
  return found?.needs === 'result' || found?.needs === 'resolution';
}

/** The problems with one of a key as it is now; null where it is over. */
export function withProblem(
  problems: readonly Problem[],
  { key, text }: { readonly key: string; readonly text: string | null },
): readonly Problem[] {
  const known = problems.find((problem) => problem.key === key);
  if (known?.text === text || (known === undefined && text === null)) return problems;
  const others = problems.filter((problem) => problem.key !== key);
  return text === null ? others : [...others, { key, text }];
}

/** Puts other slots in the place of one that has not started, whose proposal is withdrawn. */
function take(state: LoopState, id: string, by: readonly Slot[], commands: LoopCommand[]): LoopState {
  if (!state.waiting.some((slot) => slot.id === id)) return state;
  commands.push({ type: 'withdraw', ids: [id] });
  // It waits for a place like the one before it.
  const placed = ({ injected }: Slot) => by.map((slot) => (injected === true ? { ...slot, injected } : slot));
  return {
    ...state,
    waiting: state.waiting.flatMap((slot) => (slot.id === id ? placed(slot) : [slot])),
    shortfall: null,
  };
}

function held(slot: Slot): Slot {
  return { ...slot, needs: 'approval' };
}

function approved({ needs: _, approval: __, ...slot }: Slot): Slot {
  return slot;
}

function needing({ needs: _, ...slot }: Slot, { needs }: TrialDecision & { type: 'needs' }): Slot {
  return needs === null ? slot : { ...slot, needs };
}

function isKnown({ waiting, inFlight, retries }: LoopState, id: string): boolean {
  return [...waiting, ...inFlight, ...retries].some((slot) => slot.id === id);
}
