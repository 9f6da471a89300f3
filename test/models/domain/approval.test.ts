import { describe, expect, it } from 'vitest';
import { type Gate, gateFaults, joinedGates } from '../../../models/domain/approval.js';

describe('gates', () => {
  it('come to the most cautious ending of those that are met, and of equal ones the longest time', () => {
    const met = (...gates: Gate[]) => joinedGates(gates.map((gate) => [gate, 'w'] as const));
    const [approve, reject, wait] = [
      { timeout: '1h', otherwise: 'approve' as const },
      { timeout: '2h', otherwise: 'reject' as const },
      { timeout: '3h' },
    ];
    expect(met(approve, reject)).toMatchObject({ otherwise: 'reject', timeoutMs: 7_200_000 });
    expect(met(approve, { ...approve, timeout: '30min' })).toMatchObject({
      otherwise: 'approve',
      timeoutMs: 3_600_000,
    });
    expect(met(approve, wait, {})).toMatchObject({ otherwise: 'wait', timeoutMs: null, why: ['w', 'w', 'w'] });
  });

  it('say which proposals they are for, and know when their ending comes', () => {
    expect(gateFaults({ first: 2 })).toEqual([]);
    expect(gateFaults({ costAbove: 0, timeout: '1h', otherwise: 'approve' })).toEqual([]);
    expect(gateFaults({ otherwise: 'reject' }).map(({ path }) => path)).toEqual(['', 'otherwise']);
  });
});
