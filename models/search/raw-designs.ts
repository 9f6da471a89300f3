import type { Design } from '../domain/design.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { SpaceEncoder } from '../encode/space-encoder.js';
import { Generator } from '../random/generator.js';
import { sobol } from '../random/sobol.js';

const perturbationScales = [0.3, 0.1, 0.03, 0.01, 0.003];

/**
 * Designs to begin a search with: scrambled Sobol points of the space, and 40 Gaussian perturbations of each of the
 * best designs so far (scales 0.3 to 0.003 of the range).
 *
 * @param points - number of Sobol points
 */
export function rawDesigns({ space }: SpaceEncoder, best: readonly Design[], points: number, seed: number): Design[] {
  const { parameters } = space;
  const d = parameters.length;
  const unit = sobol(points, d, seed);
  const at = (coordinate: (p: number) => number): Design =>
    Object.fromEntries(
      parameters.map((parameter, p) => [parameter.name, typeOf(parameter).fromUnit(parameter, coordinate(p))]),
    );
  const designs = Array.from({ length: points }, (_, i) => at((p) => unit[i * d + p]!));
  const random = new Generator(seed, 'perturbations');
  for (const design of best)
    for (const scale of perturbationScales)
      for (let copy = 0; copy < 8; copy++) {
        const moved = parameters.map((parameter) => {
          const type = typeOf(parameter);
          const value = design[parameter.name]!;
          const feature = type.feature(parameter, value);
          // Half of the copies move about 40 % of the coordinates only.
          if (copy % 2 === 1 && random.uniform() > 0.4) return value;
          if (feature.kind === 'numeric')
            return type.fromUnit(parameter, reflect(feature.value + scale * random.normal()));
          return random.uniform() < scale ? type.fromUnit(parameter, random.uniform()) : value;
        });
        designs.push(Object.fromEntries(parameters.map((parameter, p) => [parameter.name, moved[p]!])));
      }
  return designs;
}

/** Folds a coordinate back into [0, 1). */
function reflect(u: number): number {
  const folded = Math.abs(u % 2);
  return Math.min(1 - 2 ** -53, folded > 1 ? 2 - folded : folded);
}
