import { expect, it } from 'vitest';
import type { Design } from '../../../../models/domain/design.js';
import { blankDesigns, type EncodedDesigns, type Encoding } from '../../../../models/encode/encoded-designs.js';
import { reaches } from '../../../../models/strategy/explain/reach.js';
import type { FittedSurrogate } from '../../../../models/surrogate/contract.js';
import { Ensemble } from '../../../../models/surrogate/ensemble.js';

const encoding: Encoding = {
  ...{ numeric: 2, categories: 0, substances: 0, coded: 0 },
  ...{ fingerprints: [], descriptors: [], codes: [], vectors: [] },
};

function encode(designs: readonly Design[]): EncodedDesigns {
  const encoded = blankDesigns(designs.length, encoding);
  encoded.numeric.set(designs.flatMap(({ a, b }) => [Number(a), Number(b)]));
  return encoded;
}

/** A squared exponential of these lengthscales. */
function member(name: string, weight: number, lengthscales: readonly [number, number] | null) {
  const correlation = (a: EncodedDesigns, b: EncodedDesigns) =>
    Float64Array.from({ length: a.n * b.n }, (_, at) => {
      const [i, j] = [Math.floor(at / b.n), at % b.n];
      const square = lengthscales!.reduce(
        (sum, length, c) => sum + ((a.numeric[2 * i + c]! - b.numeric[2 * j + c]!) / length) ** 2,
        0,
      );
      return Math.exp(-0.5 * square);
    });
  const surrogate = (lengthscales === null ? {} : { priorCorrelation: correlation }) as unknown as FittedSurrogate;
  return { name, sees: 'target' as const, weight, score: 0, surrogate };
}

const values = Array.from({ length: 101 }, (_, i) => i / 100);
const factors = ['a', 'b'].map((name) => ({ name, values }));

it('falls with the lengthscale, and finds where half of the correlation is left', () => {
  const [a, b] = reaches(new Ensemble([member('one', 1, [0.2, 2])]), encode, factors, { a: 0.3, b: 0.9 });
  // ρ = 1/2 at ℓ·√(2·log 2).
  expect(a!.half).toBeCloseTo(0.2 * Math.sqrt(2 * Math.log(2)), 3);
  expect(b!.half).toBeNull();
  expect(a!.variation).toBeGreaterThan(5 * b!.variation);
  expect(a!.share + b!.share).toBeCloseTo(1, 12);
});

it('averages over the members that have lengthscales, by weight', () => {
  const base = { a: 0, b: 0 };
  const of = (...members: ReturnType<typeof member>[]) => reaches(new Ensemble(members), encode, factors, base);
  const [short, long] = [of(member('x', 1, [0.2, 1]))[0]!, of(member('y', 1, [1, 1]))[0]!];
  const both = of(member('x', 0.2, [0.2, 1]), member('y', 0.3, [1, 1]), member('trees', 0.5, null))[0]!;
  expect(both.variation).toBeCloseTo(0.4 * short.variation + 0.6 * long.variation, 12);
  expect(of(member('trees', 1, null))).toEqual([]);
});
