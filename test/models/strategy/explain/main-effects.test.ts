import { describe, expect, it } from 'vitest';
import type { Design } from '../../../../models/domain/design.js';
import { mainEffects } from '../../../../models/strategy/explain/main-effects.js';

const grid = (n: number) => Array.from({ length: n }, (_, i) => i / (n - 1));
const background: Design[] = grid(5).flatMap((a) => grid(5).flatMap((b) => ['s', 't'].map((c) => ({ a, b, c }))));
const factors = [
  { name: 'b', values: grid(9) },
  { name: 'a', values: grid(9) },
  { name: 'c', values: ['s', 't'] },
];

describe('mainEffects', () => {
  it('gives the terms of an additive function, strongest first', () => {
    const predict = (designs: readonly Design[]) => designs.map(({ a, c }) => 3 * Number(a) + (c === 't' ? 1 : 0));
    const effects = mainEffects(predict, factors, background);
    expect(effects.map(({ name }) => name)).toEqual(['a', 'c', 'b']);
    expect(effects[0]!.range).toBeCloseTo(3, 12);
    expect(effects[1]!.range).toBeCloseTo(1, 12);
    expect(effects[2]!.share).toBe(0);
    // Of 9 even steps over [0, 3] the variance is 9·(10/96); of two levels one apart 1/4.
    const variance = 9 * (10 / 96);
    expect(effects[0]!.share).toBeCloseTo(variance / (variance + 0.25), 12);
    expect(effects[0]!.curve.map(({ mean }) => mean)).toEqual(grid(9).map((a) => expect.closeTo(3 * a + 0.5, 12)));
  });

  it('shows nothing of a pure interaction, nor of a constant', () => {
    const interaction = (designs: readonly Design[]) =>
      designs.map(({ a, b }) => (Number(a) - 0.5) * (Number(b) - 0.5));
    for (const { range } of mainEffects(interaction, factors, background)) expect(range).toBeCloseTo(0, 12);
    for (const { share } of mainEffects((designs) => designs.map(() => 7), factors, background)) expect(share).toBe(0);
  });
});
