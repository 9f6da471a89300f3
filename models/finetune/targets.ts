import { InvalidInputError } from '../domain/errors.js';
import type { Fault } from '../domain/fault.js';
import type { Generator } from '../random/generator.js';

/** A measured value of a molecule at a level; fidelities and earlier campaigns are levels. */
export interface Label {
  /** Place of the molecule. */
  readonly molecule: number;
  readonly level: number;
  readonly value: number;
}

/** Labels as they are learned from: standardised, [molecules × levels], with what each counts. */
export interface Targets {
  readonly levels: number;
  /** Mean and standard deviation of each level over the molecules that are learned from. */
  readonly mean: Float64Array;
  readonly sd: Float64Array;
  /** Mean of a molecule's values at a level; 0 where there is none. */
  readonly y: Float32Array;
  /** How many values that is, times the weight of the level. */
  readonly weight: Float32Array;
  /** Molecules with labels: those that are learned from, and those that are held out. */
  readonly learned: readonly number[];
  readonly heldOut: readonly number[];
}

/**
 * Puts labels in order, and draws the molecules that are held out: each with all its labels.
 *
 * @param molecules - how many there are
 * @param share - of the molecules with labels that is held out
 * @param weights - what a value of each level counts
 * @throws {InvalidInputError} if a label is of no molecule or level, or no finite number; names the first ten
 */
export function targetsOf(
  labels: readonly Label[],
  {
    molecules,
    weights,
    share,
  }: { readonly molecules: number; readonly weights: readonly number[]; readonly share: number },
  random: Generator,
): Targets {
  const levels = weights.length;
  const faults = labels.flatMap(({ molecule, level, value }, i): Fault[] => {
    const path = `labels[${i}]`;
    const isPlace = (at: number, count: number) => Number.isInteger(at) && at >= 0 && at < count;
    if (!isPlace(molecule, molecules))
      return [{ path, message: `there is no molecule ${molecule}`, remedy: `give one of 0 to ${molecules - 1}` }];
    if (!isPlace(level, levels))
      return [{ path, message: `there is no level ${level}`, remedy: `give one of 0 to ${levels - 1}` }];
    return Number.isFinite(value) ? [] : [{ path, message: `${value} is not finite`, remedy: 'give a number' }];
  });
  if (faults.length > 0) throw new InvalidInputError('labels', faults.slice(0, 10));
  const [sums, counts] = [new Float64Array(molecules * levels), new Float64Array(molecules * levels)];
  for (const { molecule, level, value } of labels) {
    sums[molecule * levels + level] = sums[molecule * levels + level]! + value;
    counts[molecule * levels + level] = counts[molecule * levels + level]! + 1;
  }
  const labelled = [...new Set(labels.map(({ molecule }) => molecule))].sort((a, b) => a - b);
  const order = [...random.permutation(labelled.length)].map((i) => labelled[i]!);
  const heldOutCount = Math.round(share * labelled.length);
  const [heldOut, learned] = [order.slice(0, heldOutCount), order.slice(heldOutCount)];
  const scales = weights.map((_, level) => {
    const own = (learned.some((i) => counts[i * levels + level]! > 0) ? learned : labelled).flatMap((i) => {
      const at = i * levels + level;
      return counts[at]! > 0 ? [sums[at]! / counts[at]!] : [];
    });
    const mean = own.reduce((a, b) => a + b, 0) / Math.max(1, own.length);
    const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, own.length);
    return { mean, sd: variance > 0 ? Math.sqrt(variance) : 1 };
  });
  return {
    levels,
    mean: Float64Array.from(scales, ({ mean }) => mean),
    sd: Float64Array.from(scales, ({ sd }) => sd),
    y: Float32Array.from(sums, (sum, at) => {
      const { mean, sd } = scales[at % levels]!;
      return counts[at]! > 0 ? (sum / counts[at]! - mean) / sd : 0;
    }),
    weight: Float32Array.from(counts, (count, at) => count * weights[at % levels]!),
    learned,
    heldOut,
  };
}
