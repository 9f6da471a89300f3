import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Design } from '../../models/domain/design.js';
import { designFaults } from '../../models/domain/design-faults.js';
import { Generator } from '../../models/random/generator.js';
import type { SearchDomain } from '../../models/search/domain.js';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

/** Runs the laws of a domain of searches: all that it gives are designs of it, and the same seed gives the same. */
export function describeSearchDomain(name: string, domain: SearchDomain): void {
  const { encoder, free } = domain;
  const { parameters } = encoder.space;
  const mustBelong = (design: Design) => {
    expect(designFaults(parameters, design)).toEqual([]);
    expect(domain.allow(design, 0)).toBe(true);
  };

  describe(`the domain ${name}`, () => {
    it('samples designs of its own, the same by the same seed', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const designs = domain.sample(8, seed);
          for (const design of designs) mustBelong(design);
          expect(domain.sample(8, seed)).toEqual(designs);
        }),
        { seed: 1, numRuns: 20 },
      );
    });

    it('moves to designs of its own, the same by the same seed, and nowhere where nothing moves', () => {
      fc.assert(
        fc.property(seeds, fc.constantFrom(0.003, 0.1, 0.3), fc.constantFrom(0.4, 1), (seed, scale, share) => {
          const [from] = domain.sample(1, seed);
          const to = domain.move(from!, scale, share, new Generator(seed, 'move'));
          mustBelong(to);
          expect(domain.move(from!, scale, share, new Generator(seed, 'move'))).toEqual(to);
          expect(domain.move(from!, scale, 0, new Generator(seed, 'move'))).toEqual(from);
        }),
        { seed: 2, numRuns: 40 },
      );
    });

    it('projects to a design of its own with the free columns asked for and all else as it was', () => {
      fc.assert(
        fc.property(seeds, seeds, (seed, other) => {
          const [from, to] = [domain.sample(1, seed)[0]!, domain.sample(1, other)[0]!];
          const wanted = encoder.encode([to]).numeric;
          const projected = domain.project(
            from,
            Float64Array.from(free, (at) => wanted[at]!),
          )!;
          mustBelong(projected);
          const [before, after] = [encoder.encode([from]), encoder.encode([projected])];
          for (const at of before.numeric.keys()) {
            const expected = free.includes(at) ? wanted[at]! : before.numeric[at]!;
            expect(after.numeric[at]).toBeCloseTo(expected, 9);
          }
          for (const block of ['categories', 'substances', 'vectors'] as const)
            expect(after[block]).toEqual(before[block]);
        }),
        { seed: 3, numRuns: 40 },
      );
    });
  });
}
