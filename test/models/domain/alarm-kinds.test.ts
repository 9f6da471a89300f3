import { expect, it } from 'vitest';
import { alarmKindOf, alarmKinds } from '../../../models/domain/alarm-kinds.js';

it('every kind says where it comes from, what comes of it, what to do and by when', () => {
  for (const [name, kind] of Object.entries(alarmKinds)) {
    for (const what of ['cause', 'consequence', 'action', 'time'] as const) expect(kind[what], name).not.toBe('');
    expect(Math.min(kind.onDelayMs, kind.rearmMs), name).toBeGreaterThanOrEqual(0);
    expect(alarmKindOf(name)).toBe(kind);
  }
});

it('what people or equipment are at risk by is told at once, and of a kind that is not known nothing', () => {
  const urgent = Object.values(alarmKinds).filter(({ priority }) => priority === 'now');
  expect(urgent.map(({ onDelayMs }) => onDelayMs)).toEqual([0]);
  expect([alarmKindOf('toString'), alarmKindOf('of a later version')]).toEqual([null, null]);
});
