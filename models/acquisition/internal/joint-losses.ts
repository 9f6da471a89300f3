import { ShapeError } from '../../domain/errors.js';
import type { EncodedDesigns } from '../../encode/encoded-designs.js';
import { Generator } from '../../random/generator.js';
import { weightedChoice } from '../../random/weighted-choice.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import { drawJoint } from '../joint-draws.js';

/**
 * Joint draws of the target-level losses at designs, without noise, by the mixture of the members of an ensemble.
 *
 * Each draw takes a member m with probability w_m, then y = μ_m + L_m·z on its scale, carried back to losses.
 *
 * Moments need not exist: a logarithmic scale makes losses log-normal. Quantiles always do.
 *
 * @param draws - number of draws, 1 or more
 * @returns losses, objective units (minimised), row-major [draws × designs]
 * @throws {ShapeError} if there is no design, or draws is no whole number of 1 or more
 * @remarks Cost: O(n²·q) a member for n rows, and as `drawJoint`.
 */
export function drawJointLosses(
  ensemble: Ensemble,
  designs: EncodedDesigns,
  draws: number,
  seed: number,
): Float64Array<ArrayBuffer> {
  const q = designs.n;
  if (q === 0 || !Number.isSafeInteger(draws) || draws < 1)
    throw new ShapeError(`${draws} draws at ${q} designs; at least one of each is needed`);
  const result = new Float64Array(draws * q);
  const choices = new Generator(seed, 'member');
  const weights = ensemble.members.map(({ weight }) => weight);
  const memberOf = Array.from({ length: draws }, () => weightedChoice(weights, choices));
  ensemble.members.forEach(({ surrogate }, m) => {
    const places = [...memberOf.keys()].filter((draw) => memberOf[draw] === m);
    if (places.length === 0) return;
    const random = new Generator(seed, 'normals', m);
    const base = Float64Array.from({ length: places.length * q }, () => random.normal());
    const { values } = drawJoint({ ...surrogate.joint(designs), base });
    places.forEach((place, s) => {
      for (let c = 0; c < q; c++) result[place * q + c] = surrogate.scale.toLoss(values[s * q + c]!);
    });
  });
  return result;
}
