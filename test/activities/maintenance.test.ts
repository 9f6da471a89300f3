import { describe, expect, it } from 'vitest';
import { closedTimes } from '../../activities/maintenance.js';

const span = (from: string, until: string) => ({ from: Date.parse(from), until: Date.parse(until) });
const told = (times: readonly { readonly from: number; readonly until: number; readonly why: string }[]) =>
  times.map(({ from, until, why }) => [new Date(from).toISOString(), new Date(until).toISOString(), why]);

describe('maintenance', () => {
  it('once is told where it touches the span', () => {
    const once = [{ from: '2026-12-01T08:00:00+01:00', until: '2026-12-01T10:00:00+01:00', why: 'filters' }];
    expect(told(closedTimes(once, span('2026-12-01T08:30:00Z', '2026-12-02T00:00:00Z')))).toEqual([
      ['2026-12-01T07:00:00.000Z', '2026-12-01T09:00:00.000Z', 'filters'],
    ]);
    expect(closedTimes(once, span('2026-12-01T09:00:00Z', '2026-12-02T00:00:00Z'))).toEqual([]);
  });

  it('is by the wall clock of its zone, also when the clocks change', () => {
    const weekly = [{ every: ['sun' as const, 'mon' as const], from: '08:00', until: '10:00', zone: 'Europe/Berlin' }];
    expect(told(closedTimes(weekly, span('2026-10-18T00:00:00Z', '2026-10-27T00:00:00Z')))).toEqual([
      ['2026-10-18T06:00:00.000Z', '2026-10-18T08:00:00.000Z', 'maintenance'],
      ['2026-10-19T06:00:00.000Z', '2026-10-19T08:00:00.000Z', 'maintenance'],
      ['2026-10-25T07:00:00.000Z', '2026-10-25T09:00:00.000Z', 'maintenance'],
      ['2026-10-26T07:00:00.000Z', '2026-10-26T09:00:00.000Z', 'maintenance'],
    ]);
  });

  it('may last over midnight, and closes earlier by what a job takes', () => {
    const nightly = [{ every: 'day' as const, from: '22:00', until: '06:00', zone: 'UTC' }];
    expect(told(closedTimes(nightly, span('2026-12-02T01:00:00Z', '2026-12-02T23:00:00Z'), 3_600_000))).toEqual([
      ['2026-12-01T21:00:00.000Z', '2026-12-02T06:00:00.000Z', 'maintenance'],
      ['2026-12-02T21:00:00.000Z', '2026-12-03T06:00:00.000Z', 'maintenance'],
    ]);
  });
});
