import type { CodesVersion } from '../models/domain/codes-version.js';
import type { TuneOrder, TuneRule } from '../models/domain/tuning.js';
import type { LoopCommand, LoopEvent, LoopSettings, LoopState } from './loop.js';

/** The last values whose intervals are looked at. */
export const lastForetold = 20;

/** Who is said to have begun what a campaign begins by itself. */
const byItself = 'athanor';

/** Events about the versions of encoders. */
type TuningEvent = Extract<LoopEvent, { type: 'tune' | 'tuned' | 'version' }>;

/** Begins to fine-tune an encoder where the file says that it is time; one at a time. */
export function tuneIfDue(settings: LoopSettings, state: LoopState, commands: LoopCommand[]): LoopState {
  const { tunings } = state;
  if (settings.tune === undefined || tunings === undefined || tunings.current !== null) return state;
  const isBetween = state.inFlight.length === 0 && state.waiting.length === 0;
  for (const [i, rule] of settings.tune.entries()) {
    if (rule.between === true && !isBetween) continue;
    const trigger = triggerOf(rule, state, tunings.learned[i] ?? 0);
    if (trigger !== null) return ordered(settings, state, { at: rule.at, trigger, who: byItself }, commands);
  }
  return state;
}

/** Whether rounds are to wait for what is being learned. */
export function isAwaited({ tune = [] }: LoopSettings, { tunings }: LoopState): boolean {
  const current = tunings?.current ?? null;
  return current !== null && tune.some(({ at, wait }) => at === current.at && wait === true);
}

/** The state after an event about versions. One that fits none changes nothing. */
export function applyTuning(
  settings: LoopSettings,
  state: LoopState,
  event: TuningEvent,
  commands: LoopCommand[],
): LoopState {
  switch (event.type) {
    case 'tune': {
      if ((state.tunings?.current ?? null) !== null || !takesTuning(state)) return state;
      const { type: _, ...asked } = event;
      return ordered(settings, state, asked, commands);
    }
    case 'tuned': {
      const { tunings } = state;
      return tunings?.current?.n === event.n ? { ...state, tunings: { ...tunings, current: null } } : state;
    }
    case 'version':
      return withVersion(state, event.at, event.version);
  }
}

/** Whether a campaign has rounds before it that could gain by another version. */
export function takesTuning({ phase }: Pick<LoopState, 'phase'>): boolean {
  return phase === 'running' || phase === 'paused';
}

/** Nobody waits any more for what is being learned. */
export function withoutTuning(state: LoopState, commands: LoopCommand[]): LoopState {
  const { tunings } = state;
  if (tunings === undefined || tunings.current === null) return state;
  commands.push({ type: 'cancelTuning', n: tunings.current.n });
  return { ...state, tunings: { ...tunings, current: null } };
}

/** With a value of which was foretold in which interval it would lie. */
export function withForetold(state: LoopState, inside: boolean | undefined): LoopState {
  const { tunings } = state;
  if (tunings === undefined || inside === undefined) return state;
  return { ...state, tunings: { ...tunings, inside: [...tunings.inside, inside].slice(-lastForetold) } };
}

function triggerOf({ every, drift, atLeast }: TuneRule, state: LoopState, learned: number): string | null {
  const { measured } = state.ended;
  if (measured < atLeast) return null;
  const news = measured - learned;
  if (every !== undefined && news >= every) return `${news} new results`;
  const { inside } = state.tunings!;
  const outside = inside.filter((one) => !one).length;
  if (drift === undefined || inside.length < lastForetold || outside <= drift * inside.length) return null;
  return `${outside} of the last ${inside.length} values lay outside of their 90 % intervals`;
}

function ordered(
  settings: LoopSettings,
  state: LoopState,
  asked: Pick<TuneOrder, 'at' | 'trigger' | 'who' | 'why' | 'folds' | 'settings'>,
  commands: LoopCommand[],
): LoopState {
  const { round, inFlight, waiting, retries, codes, tunings } = state;
  const n = (tunings?.count ?? 0) + 1;
  const { measured } = state.ended;
  const pending = [...inFlight, ...waiting, ...retries].map(({ id }) => id);
  const used = codes === undefined ? {} : { codes };
  const order: TuneOrder = { n, ...asked, round, pending, measured, ...used };
  commands.push({ type: 'tune', order });
  const learned = (settings.tune ?? []).map(({ at }, i) => (at === asked.at ? measured : (tunings?.learned[i] ?? 0)));
  return { ...state, tunings: { count: n, current: order, learned, inside: [] } };
}

function withVersion(state: LoopState, at: number, version: CodesVersion | null): LoopState {
  const { codes = [], ...rest } = state;
  const others = codes.filter((one) => one.at !== at);
  const next = [...others, ...(version === null ? [] : [version])].sort((a, b) => a.at - b.at);
  return next.length === 0 ? rest : { ...rest, codes: next };
}
