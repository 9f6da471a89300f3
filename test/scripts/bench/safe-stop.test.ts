import { describe, expect, test } from 'vitest';
import { judged, type Try } from '../../../scripts/bench/safe-stop.js';

const times = (left: Try['left'], count: number, deviceMs: number): Try[] =>
  Array.from({ length: count }, () => ({ left, deviceMs, commandMs: deviceMs + 30, nodeMs: 50 }));

describe('the limits of the safe stop', () => {
  test('are held where all but one of a hundred tries are below a second', () => {
    const { missed, lines } = judged([
      ...times('all', 50, 300),
      ...times('guard', 49, 900),
      ...times('guard', 1, 4000),
    ]);
    expect(missed).toEqual([]);
    expect(lines.at(-1)).toMatch(/held$/);
  });

  test('are missed by device and command apart', () => {
    expect(judged([...times('all', 50, 300), ...times('guard', 50, 980)]).missed).toEqual([
      'p99 of the command is 1010 ms, not below 1000 ms',
    ]);
    expect(judged([...times('all', 98, 300), ...times('guard', 2, 1000)]).missed).toHaveLength(2);
  });

  test('are not for tries without a guard', () => {
    expect(judged([...times('all', 100, 300), ...times('nothing', 50, 3000)]).missed).toEqual([]);
  });
});
