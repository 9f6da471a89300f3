import { DateTime } from 'luxon';
import { type Maintenance, weekdays } from '../models/domain/lab.js';

/** A time in which nothing is begun; milliseconds since 1970. */
export interface ClosedTime {
  readonly from: number;
  readonly until: number;
  readonly why: string;
}

const unnamed = 'maintenance';

/**
 * When an instrument is closed for maintenance, in the order of time: those times that touch the span asked for.
 *
 * @param span - milliseconds since 1970
 * @param leadMs - how long before each it is closed already, as a job that began then would last into it
 */
export function closedTimes(
  maintenance: readonly Maintenance[],
  span: { readonly from: number; readonly until: number },
  leadMs = 0,
): readonly ClosedTime[] {
  return maintenance
    .flatMap((one) => ('every' in one ? timesOf(one, span) : [{ ...moments(one), why: one.why ?? unnamed }]))
    .map(({ from, ...rest }) => ({ from: from - leadMs, ...rest }))
    .filter(({ from, until }) => until > span.from && from < span.until)
    .sort((a, b) => a.from - b.from);
}

function moments({ from, until }: { readonly from: string; readonly until: string }) {
  return { from: Date.parse(from), until: Date.parse(until) };
}

/** By the wall clock of its zone: an hour that a change of clocks skips is passed over, one that it repeats counts once. */
function timesOf(
  { every, from, until, zone, why = unnamed }: Extract<Maintenance, { readonly every: unknown }>,
  span: { readonly from: number; readonly until: number },
): ClosedTime[] {
  const times: ClosedTime[] = [];
  // A day earlier, as one may have begun then and last until now.
  let day = DateTime.fromMillis(span.from, { zone }).startOf('day').minus({ days: 1 });
  for (; day.toMillis() < span.until; day = day.plus({ days: 1 })) {
    if (Array.isArray(every) && !every.includes(weekdays[day.weekday - 1])) continue;
    const begin = at(day, from);
    const end = at(day, until);
    times.push({ from: begin, until: end > begin ? end : at(day.plus({ days: 1 }), until), why });
  }
  return times;
}

function at(day: DateTime, time: string): number {
  const [hour, minute] = time.split(':').map(Number);
  return day.set({ hour: hour!, minute: minute! }).toMillis();
}
