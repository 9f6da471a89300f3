import type { Design } from '../domain/design.js';
import { Generator } from '../random/generator.js';
import type { SearchDomain } from './domain.js';

const perturbationScales = [0.3, 0.1, 0.03, 0.01, 0.003];

/** Perturbations of a design at each scale; every second of them moves this share of the parameters only. */
const [copies, movedShare] = [8, 0.4];

/**
 * Designs to begin a search with: scrambled Sobol points of the domain, and 40 Gaussian perturbations of each of the
 * best designs so far (scales 0.3 to 0.003 of the range).
 *
 * @param points - number of Sobol points
 */
export function rawDesigns(
  domain: Pick<SearchDomain, 'sample' | 'move'>,
  best: readonly Design[],
  points: number,
  seed: number,
): Design[] {
  const designs = domain.sample(points, seed);
  const random = new Generator(seed, 'perturbations');
  for (const design of best)
    for (const scale of perturbationScales)
      for (let copy = 0; copy < copies; copy++)
        designs.push(domain.move(design, scale, copy % 2 === 1 ? movedShare : 1, random));
  return designs;
}
