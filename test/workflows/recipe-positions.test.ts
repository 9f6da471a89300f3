import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionMoves } from '../../workflows/recipe-positions.js';

const order = ['a', 'b', 'c', 'd'];
const moves = (...at: (string | undefined)[]) =>
  positionMoves(
    at.map((name) => ({ at: name })),
    order,
  );

describe('the positions of a sample', () => {
  it('are taken with the step that ends there, and left with the one that ends elsewhere', () => {
    expect(moves('a', undefined, 'b')).toEqual([
      { take: ['a'], leave: [] },
      { take: [], leave: [] },
      { take: ['b'], leave: ['a'] },
    ]);
  });

  it('are taken in the order of the lab, earlier than needed where the recipe has another', () => {
    expect(moves('c', 'a', 'b')).toEqual([
      { take: ['a', 'b', 'c'], leave: [] },
      { take: [], leave: ['c'] },
      { take: [], leave: ['a'] },
    ]);
    expect(moves('a', 'b', 'a')[1]).toEqual({ take: ['b'], leave: [] });
  });
});

const recipes = fc.array(fc.option(fc.constantFrom(...order), { nil: undefined }), { minLength: 1, maxLength: 7 });

describe('whatever the recipes', () => {
  it('a sample has the position in which it stands, and takes none before one that it has', () => {
    fc.assert(
      fc.property(recipes, (at) => {
        let held: string[] = [];
        moves(...at).forEach(({ take, leave }, i) => {
          for (const name of take) {
            expect(held).not.toContain(name);
            expect(held.every((other) => order.indexOf(other) < order.indexOf(name))).toBe(true);
            held = [...held, name];
          }
          const stands = at.slice(0, i + 1).findLast((name) => name !== undefined);
          held = held.filter((name) => !leave.includes(name));
          if (stands !== undefined) expect(held).toContain(stands);
        });
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  it('trials never wait for one another in a ring', () => {
    fc.assert(
      fc.property(fc.array(recipes, { minLength: 2, maxLength: 5 }), fc.infiniteStream(fc.nat(1_000)), (all, turns) => {
        // Each trial is a list of takings and leavings; of those that can go on one does, until all are over.
        const acts = all.map((at) =>
          moves(...at).flatMap(({ take, leave }) => [
            ...take.map((name) => [1, name] as const),
            ...leave.map((name) => [-1, name] as const),
          ]),
        );
        const free = new Map(order.map((name) => [name, 1]));
        const held = all.map(() => [] as string[]);
        const next = all.map(() => 0);
        for (;;) {
          const open = all.map((_, i) => i).filter((i) => next[i]! < acts[i]!.length);
          if (open.length === 0) break;
          const able = open.filter((i) => {
            const [by, name] = acts[i]![next[i]!]!;
            return by < 0 || free.get(name)! > 0;
          });
          expect(able.length).toBeGreaterThan(0);
          const i = able[turns.next().value! % able.length]!;
          const [by, name] = acts[i]![next[i]!++]!;
          free.set(name, free.get(name)! - by);
          held[i] = by > 0 ? [...held[i]!, name] : held[i]!.filter((other) => other !== name);
          if (next[i] === acts[i]!.length) for (const left of held[i]!) free.set(left, free.get(left)! + 1);
        }
      }),
      { seed: 4, numRuns: 500 },
    );
  });
});
