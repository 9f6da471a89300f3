import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { designKey } from '../../../models/domain/design.js';
import { typeOf } from '../../../models/domain/parameters/parameter.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { Generator } from '../../../models/random/generator.js';
import { spaceDomain } from '../../../models/search/domain.js';
import { Region } from '../../../models/search/region.js';
import { designSequence } from '../../../models/search/sampled-designs.js';
import { constrainedSpaces } from '../../support/constrained-spaces.js';

describe('designs of constrained spaces', () => {
  it('lie in the space, keep all constraints to 1e-9 and differ, however they are made', async () => {
    await fc.assert(
      fc.asyncProperty(constrainedSpaces, fc.integer({ min: 0, max: 2 ** 31 }), async (space, seed) => {
        const region = Region.of(space);
        const domain = spaceDomain(await SpaceEncoder.of(space));
        const sampled = domain.sample(12, seed);
        expect(sampled.length).toBeGreaterThan(0);
        if (!region.isProduct) expect(new Set(sampled.map(designKey)).size).toBe(sampled.length);
        const random = new Generator(seed, 'test');
        const moved = sampled
          .slice(0, 4)
          .flatMap((design) => [domain.move(design, 0.3, 1, random), domain.move(design, 0.01, 0.4, random)]);
        const near = sampled.slice(0, 2).flatMap((design) => domain.neighbours?.(design, random) ?? []);
        for (const design of [...sampled, ...moved, ...near]) {
          for (const parameter of space.parameters)
            expect(typeOf(parameter).refuses(parameter, design[parameter.name]!)).toBeNull();
          expect(region.constraints.broken(design)).toEqual([]);
          expect(region.constraints.settled(design)).toEqual(design);
        }
        // Encoded and back they are the same.
        const { encoder } = domain;
        const encoded = encoder.encode(sampled);
        expect(encoder.encode(encoder.decode(encoded))).toEqual(encoded);
        // The same seed, the same designs, however many are asked for.
        const at = designSequence({ ...space }, seed);
        expect(sampled.slice(0, 5)).toEqual([0, 1, 2, 3, 4].slice(0, sampled.length).map(at));
      }),
      { seed: 11, numRuns: 120 },
    );
  });
});
