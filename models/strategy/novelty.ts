import type { Design } from '../domain/design.js';
import type { Feature } from '../domain/parameters/contract.js';
import { typeOf } from '../domain/parameters/parameter.js';
import { tanimoto } from '../encode/fingerprint.js';
import type { PreparedSpace } from './candidates.js';

/**
 * How unlike a design is to all that were tried: the distance to the nearest of them, which is that of the parameter in which
 * the two differ most,
 *
 * ν(x) = min over tried t of max over parameters p of d_p(x, t), from 0 (the same) to 1.
 *
 * d_p is the share of its range for a number, 0 or 1 for a category, 1 − Tanimoto
 * of count fingerprints for a substance (0 for stereoisomers), and half the sum of the differences of fractions for a composition. A
 * distance, not the uncertainty of the surrogate: it is there in the initial sample too, does not rest on a model that errs most
 * where little is known, and a person can check it by looking at two designs.
 *
 * @returns 1 where nothing was tried
 */
export function noveltyOf(prepared: PreparedSpace, design: Design, tried: readonly Design[]): number {
  const own = featuresOf(prepared, design);
  let least = 1;
  for (const other of tried) {
    const theirs = featuresOf(prepared, other);
    let most = 0;
    for (let p = 0; p < own.length && most < least; p++) most = Math.max(most, distance(prepared, own[p]!, theirs[p]!));
    least = Math.min(least, most);
  }
  return least;
}

function featuresOf({ encoder }: PreparedSpace, design: Design): readonly Feature[] {
  return encoder.space.parameters.map((parameter) => typeOf(parameter).feature(parameter, design[parameter.name]!));
}

/** From 0 to 1, of two values of one parameter. */
function distance({ encoder }: PreparedSpace, a: Feature, b: Feature): number {
  if (a.kind === 'numeric' && b.kind === 'numeric') return Math.min(1, Math.abs(a.value - b.value));
  if (a.kind === 'substance' && b.kind === 'substance') {
    const [one, other] = [encoder.molecules.get(a.smiles)!, encoder.molecules.get(b.smiles)!];
    return 1 - tanimoto(one.fingerprint, other.fingerprint);
  }
  if (a.kind === 'mixture' && b.kind === 'mixture') {
    const names = new Set([...Object.keys(a.fractions), ...Object.keys(b.fractions)]);
    let sum = 0;
    for (const name of names) sum += Math.abs((a.fractions[name] ?? 0) - (b.fractions[name] ?? 0));
    return Math.min(1, sum / 2);
  }
  return a.kind === 'category' && b.kind === 'category' && a.index === b.index ? 0 : 1;
}
