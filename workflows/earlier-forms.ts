import type { TrialEnd } from '../activities/placed-trial.js';
import { ownValue } from '../models/domain/standing.js';
import type { CampaignInput } from './campaign-input.js';
import { initialState, type LoopEvent, type LoopSettings, type LoopState } from './loop.js';
import { failuresKey } from './people-events.js';

/** What workflows that were started before there were several outcomes hold of the one objective. */
interface EarlierSettings extends Omit<LoopSettings, 'goals'> {
  readonly goals?: LoopSettings['goals'];
  /** Value = sign · loss; the values of stop rules are losses. */
  readonly sign?: 1 | -1;
}

interface EarlierState extends Omit<LoopState, 'front' | 'problems'> {
  readonly front?: LoopState['front'];
  readonly incumbent?: { readonly trialId: string; readonly loss: number; readonly round: number } | null;
  readonly problems?: LoopState['problems'];
  /** Why the campaign paused by itself; what else went wrong was not carried over. */
  readonly alarm?: string | null;
}

/** The input of a campaign's workflow, in the present form whichever version started it or carried it over. */
export function presentInput(given: CampaignInput): CampaignInput {
  const settings = presentSettings(given.settings);
  const { carried } = given;
  if (carried === undefined) return { ...given, settings };
  const { incumbent, alarm, ...state }: EarlierState = carried.state;
  const known =
    incumbent == null ? [] : [{ ...one(incumbent.loss), trialId: incumbent.trialId, round: incumbent.round }];
  const problems = alarm == null ? [] : [{ key: failuresKey, text: alarm }];
  const present = { ...initialState(settings), front: known, problems, ...state };
  return { ...given, settings, carried: { ...carried, state: present } };
}

function presentSettings(given: EarlierSettings): LoopSettings {
  if (given.goals !== undefined) return given as LoopSettings;
  const { sign = 1, ...settings } = given;
  const objective = { name: '', direction: sign === 1 ? ('minimise' as const) : ('maximise' as const) };
  const stop = given.stop.map((rule) =>
    rule.type === 'targetReached' ? { ...rule, value: ownValue(objective, rule.value) } : rule,
  );
  return { ...settings, stop, goals: { objectives: [objective], bounds: [] } };
}

/** The end of a trial as an activity of whichever version told it. */
export function presentEnd(given: TrialEnd & { readonly loss?: number | null }): TrialEnd {
  const { loss = null, ...end } = given;
  return { ...end, judged: end.judged ?? (loss === null ? null : one(loss)) };
}

/** What the end of a trial is to the loop: a person is told of what has to be seen to, until the campaign is resumed. */
export function endEvents({ trouble, ...end }: TrialEnd): readonly LoopEvent[] {
  const ended = { type: 'trialEnded', ...presentEnd(end) } as const;
  return trouble === undefined ? [ended] : [ended, { type: 'problem', key: `undo/${end.id}`, text: trouble }];
}

function one(loss: number) {
  return { losses: [loss], feasible: true };
}
