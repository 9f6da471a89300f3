import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { labSchema } from '../../../models/domain/lab.js';
import { type Amounts, addedAmounts, type Draws, drawn, leastUsed } from '../../../models/domain/stock-needs.js';

const lab = labSchema.parse({
  name: 'bench',
  instruments: {
    small: { adapter: 'problem', can: ['heat'], uses: { film: 1 } },
    large: { adapter: 'problem', can: ['heat'], uses: { film: 3, argon: 1 } },
    balance: { adapter: 'problem' },
  },
});

describe('what a step uses up', () => {
  test('is what it does itself, and the least that an instrument does that it may have', () => {
    expect(leastUsed(lab, ['small', 'large'], { argon: 2 })).toEqual({ argon: 2, film: 1 });
    expect(leastUsed(lab, ['large'], { argon: 2 })).toEqual({ argon: 3, film: 3 });
    expect(leastUsed(lab, ['large', 'balance'], {})).toEqual({});
    expect(leastUsed(lab, [], { argon: 2 })).toEqual({ argon: 2 });
  });
});

describe('what is drawn', () => {
  test('is all or nothing, and what was kept is part of it', () => {
    expect(drawn({ a: 3, b: 1 }, {}, { x: { a: 1 }, y: { a: 1, b: 1 } })).toEqual({ left: { a: 1, b: 0 } });
    expect(drawn({ a: 3, b: 1 }, {}, { x: { a: 2 }, y: { a: 2 } })).toEqual({ short: { stock: 'a', amount: 4 } });
    expect(drawn({ a: 0 }, { x: { a: 2 } }, { x: { a: 2 } })).toEqual({ left: { a: 0 } });
    expect(drawn({ a: 0 }, { x: { a: 2 } }, { x: { a: 1 } })).toEqual({ left: { a: 1 } });
    expect(drawn({}, {}, { x: { a: 1 } })).toEqual({ short: { stock: 'a', amount: 1 } });
  });

  test('is never more than there is: no trial that has begun is short, and in the end what done steps used is gone', () => {
    const step = fc.record({ a: fc.nat(4), b: fc.nat(4) });
    const trial = fc.record({ steps: fc.array(step, { minLength: 1, maxLength: 4 }), fails: fc.nat(6) });
    const world = fc.record({
      left: fc.record({ a: fc.nat(20), b: fc.nat(20) }),
      trials: fc.array(trial, { minLength: 1, maxLength: 6 }),
      turns: fc.array(fc.nat(5), { maxLength: 60 }),
    });
    const play = ({
      left: first,
      trials,
      turns,
    }: {
      left: Amounts;
      trials: { steps: Amounts[]; fails: number }[];
      turns: number[];
    }) => {
      let left = first;
      let kept: Draws = {};
      const used: Amounts[] = [];
      const at = trials.map(() => 0);
      for (const i of turns.map((turn) => turn % trials.length)) {
        const { steps, fails } = trials[i]!;
        const next = at[i]!;
        if (next >= steps.length) continue;
        const key = (k: number) => `${i}/${k}`;
        const further: Draws = next > 0 ? {} : Object.fromEntries(steps.map((uses, k) => [key(k), uses]));
        const found = drawn(left, kept, { ...further, [key(next)]: steps[next]! });
        if ('short' in found) {
          expect(next).toBe(0);
          continue;
        }
        left = found.left;
        const { [key(next)]: _, ...others } = { ...kept, ...further };
        kept = others;
        used.push(steps[next]!);
        at[i] = next === fails ? steps.length : next + 1;
        if (at[i] === steps.length) {
          const own = Object.keys(kept).filter((name) => name.startsWith(`${i}/`));
          left = addedAmounts(left, ...own.map((name) => kept[name]!));
          kept = Object.fromEntries(Object.entries(kept).filter(([name]) => !own.includes(name)));
        }
        expect(Math.min(left.a!, left.b!)).toBeGreaterThanOrEqual(0);
      }
      const all = addedAmounts(left, ...Object.values(kept), ...used);
      expect([all.a, all.b]).toEqual([first.a, first.b]);
    };
    fc.assert(fc.property(world, play), { seed: 16, numRuns: 500 });
  });
});
