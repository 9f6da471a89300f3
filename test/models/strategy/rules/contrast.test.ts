import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contrast } from '../../../../models/strategy/rules/contrast.js';

type Asked = Parameters<typeof contrast>[0][number];
const at = (level: number, row: number, loss: number | null): Asked => ({
  rowId: `r${row}`,
  design: {},
  level,
  turned: [loss],
});

describe('contrast', () => {
  it('takes the best, the worst and the middle of what was measured below, in turns', () => {
    const asked = [3, 1, 4, 1.5, 9].map((loss, row) => at(0, row, loss));
    const order: string[] = [];
    for (let i = 0; i < 3; i++) {
      const next = contrast(asked, 1)!;
      order.push(`${next.as} ${next.rowId}`);
      asked.push(at(1, Number(next.rowId!.slice(1)), null));
    }
    expect(order).toEqual(['best r1', 'worst r4', 'middle r0']);
    // Two are left that were not asked at the target.
    expect(contrast(asked, 1)).toBeNull();
  });

  it('goes by the highest fidelity that was measured at three designs', () => {
    const asked = [at(0, 0, 1), at(0, 1, 2), at(0, 2, 3), at(1, 0, 5), at(1, 1, 4)];
    expect(contrast(asked, 2)).toMatchObject({ by: 0, rowId: 'r0' });
    expect(contrast([...asked, at(1, 2, 6)], 2)).toMatchObject({ by: 1, rowId: 'r1' });
  });

  it('is null where nothing is measured below, and never names what failed, runs, or was asked at the target', () => {
    expect(contrast([], 1)).toBeNull();
    const visit = fc.tuple(fc.nat(1), fc.nat(9), fc.option(fc.integer({ min: -5, max: 5 })));
    fc.assert(
      fc.property(fc.array(visit, { maxLength: 30 }), (visits) => {
        const asked = visits.map(([level, row, loss]) => at(level, row, loss));
        const found = contrast(asked, 1);
        if (found === null) return;
        expect(
          asked.some(({ level, rowId, turned: [loss] }) => level === 0 && rowId === found.rowId && loss !== null),
        ).toBe(true);
        expect(asked.some(({ level, rowId }) => level === 1 && rowId === found.rowId)).toBe(false);
      }),
    );
  });

  it('knows designs of spaces without rows', () => {
    const asked = [0, 1, 2].map((x): Asked => ({ rowId: null, design: { x }, level: 0, turned: [x] }));
    asked.push({ rowId: null, design: { x: 0 }, level: 1, turned: [0] });
    expect(contrast(asked, 1)).toBeNull();
    asked.push({ rowId: null, design: { x: 3 }, level: 0, turned: [-1] });
    expect(contrast(asked, 1)).toMatchObject({ as: 'worst', design: { x: 2 } });
  });
});
