import { alarmState, type StoredAlarm } from '../../activities/store/alarm.js';
import type { Matter } from '../../activities/store/notice.js';
import type { AlarmPriority } from '../../models/domain/alarm-kinds.js';
import { durationMs } from '../../models/domain/duration.js';
import { alarmView, priorityWords } from '../alarms/alarm-view.js';
import type { AlarmsSettings } from './alarms-schema.js';

/** How a destination is told of alarms. */
export interface AlarmTelling {
  /** After how long that nobody has acknowledged it, milliseconds, and which. */
  readonly steps: readonly { readonly afterMs: number; readonly priorities: readonly AlarmPriority[] }[];
  readonly repeatMs: number;
  readonly quiet: AlarmsSettings['quiet'] | null;
  /** Where the page is; null where that is not said. */
  readonly page: string | null;
}

/** How a destination is told of alarms; null where no step names it. */
export function alarmTelling({ steps, repeat, quiet, page }: AlarmsSettings, name: string): AlarmTelling | null {
  const own = steps
    .filter(({ tell }) => tell.includes(name))
    .map(({ after, priorities }) => ({
      afterMs: after === undefined ? 0 : durationMs(after),
      priorities: priorities ?? (after === undefined ? ['now', 'soon', 'today'] : ['now', 'soon']),
    }));
  return own.length === 0
    ? null
    : { steps: own, repeatMs: durationMs(repeat), quiet: quiet ?? null, page: page ?? null };
}

/** Alarms that are not over, as there is to tell of them: in words that need nothing beside them. */
export function alarmMatters(alarms: readonly StoredAlarm[], page: string | null): readonly Matter[] {
  return alarms
    .filter(({ clearedAt }) => clearedAt === null)
    .map((alarm): Matter => {
      const { id, priority, text, consequence, action, time, lab, campaigns, trials, raisedAt, times } =
        alarmView(alarm);
      return {
        subject: subjectOf({ id, times }),
        about: `alarm/${alarm.cause}`,
        kind: 'alarm',
        ...{ campaigns, lab, trials, since: raisedAt, designs: {}, momentary: false },
        text: `${priorityWords[priority]}: ${text}. Do: ${action} (${time}). Else: ${consequence}`,
        commands: [`athanor alarms ack ${id} --note TEXT`],
        ...(page === null ? {} : { link: `${page.replace(/\/$/, '')}/alarms/${id}` }),
      };
    });
}

/** The same until it is raised again. */
function subjectOf({ id, times }: { readonly id: number; readonly times: number }): string {
  return `alarm/${id}/${times}`;
}

/** Subjects of alarms that a destination is to be told of now, milliseconds since 1970; those that somebody has are told no more. */
export function dueAlarms(
  alarms: readonly StoredAlarm[],
  { steps, quiet }: AlarmTelling,
  now: number,
): ReadonlySet<string> {
  const isQuiet = quiet !== null && quiet !== undefined && isWithin(quiet, now);
  const due = alarms.filter(
    (alarm) =>
      alarmState(alarm) === 'new' &&
      !(isQuiet && alarm.priority === 'today') &&
      steps.some(({ afterMs, priorities }) => now - alarm.raisedAt! >= afterMs && priorities.includes(alarm.priority)),
  );
  return new Set(due.map(subjectOf));
}

/** Whether a moment is within hours of the day in a time zone; hours that end before they begin go over midnight. */
export function isWithin(
  { from, until, zone }: { readonly from: string; readonly until: string; readonly zone: string },
  now: number,
): boolean {
  const time = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(now);
  return from <= until ? from <= time && time < until : time >= from || time < until;
}
