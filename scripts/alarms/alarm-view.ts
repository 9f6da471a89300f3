import { alarmState, type StoredAlarm } from '../../activities/store/alarm.js';
import { type AlarmPriority, alarmKindOf } from '../../models/domain/alarm-kinds.js';

/** An alarm as people and programs are told of it; times in milliseconds since 1970. */
export interface AlarmView {
  readonly id: number;
  readonly kind: string;
  readonly priority: AlarmPriority;
  readonly state: ReturnType<typeof alarmState>;
  /** What it is. */
  readonly text: string;
  readonly cause: string;
  readonly consequence: string;
  readonly action: string;
  /** How long there is for that. */
  readonly time: string;
  readonly lab: string | null;
  readonly campaigns: string[];
  /** The first of the trials that it concerns, and how many there are. */
  readonly trials: string[];
  readonly count: number;
  readonly commands: string[];
  readonly raisedAt: number;
  /** How often it was raised. */
  readonly times: number;
  readonly clearedAt: number | null;
  readonly acknowledged: { readonly who: string; readonly note: string | null; readonly at: number } | null;
  readonly shelved: { readonly who: string; readonly why: string; readonly until: number } | null;
}

/** An alarm with what is known of its kind. */
export function alarmView(alarm: StoredAlarm): AlarmView {
  const { id, kind, priority, lab, body, times, raisedAt, clearedAt, seenAt } = alarm;
  const { ackedAt, ackedBy, ackNote, shelvedUntil, shelvedBy, shelvedWhy } = alarm;
  const known = alarmKindOf(kind);
  return {
    ...{ id, kind, priority, state: alarmState(alarm), text: body.text },
    ...{
      cause: known?.cause ?? '',
      consequence: known?.consequence ?? '',
      action: known?.action ?? '',
      time: known?.time ?? '',
    },
    ...{ lab, campaigns: body.campaigns, trials: body.trials, count: body.count, commands: body.commands },
    ...{ raisedAt: raisedAt ?? seenAt, times, clearedAt },
    acknowledged: ackedAt === null ? null : { who: ackedBy!, note: ackNote, at: ackedAt },
    shelved: shelvedUntil === null ? null : { who: shelvedBy!, why: shelvedWhy ?? '', until: shelvedUntil },
  };
}

/** What a priority says, in words. */
export const priorityWords = { now: 'ACT NOW', soon: 'SOON', today: 'TODAY' } as const;
