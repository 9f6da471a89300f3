import { NumericalError } from '../../domain/errors.js';
import type { LatentScale } from '../contract.js';
import type { OutputTransform } from './output-transform.js';

/** Sizes of the largest loss within which squares of losses, and quotients by them, neither overflow nor vanish. */
const plainSizes = [1e-100, 1e100] as const;

/** Size of the largest loss below which all losses count as equal: slopes of scales would overflow. */
const leastSize = 1e-250;

/**
 * Unit in which losses of any size can be squared: 1 for ordinary ones, else a power of two (so that nothing is rounded)
 * near the size of the largest.
 *
 * @param losses - finite
 * @returns 1 where the largest is between 1e-100 and 1e100 in size, or below 1e-250
 */
export function lossUnit(losses: Float64Array): number {
  const size = losses.reduce((largest, loss) => Math.max(largest, Math.abs(loss)), 0);
  const [least, most] = plainSizes;
  if ((size >= least && size <= most) || size < leastSize) return 1;
  return 2 ** Math.min(1023, Math.floor(Math.log2(size)));
}

/**
 * A scale of losses in other units as one of losses: t(loss/unit).
 *
 * @param scale - of losses in units, at the target
 * @param units - by level
 * @returns `scale` itself where all units are 1; no loss that it gives overflows
 */
export function inUnits(scale: LatentScale, units: readonly number[]): LatentScale {
  if (units.every((unit) => unit === 1)) return scale;
  const target = units.length - 1;
  const most = Number.MAX_VALUE;
  return {
    toLatent: (loss, level = target) => scale.toLatent(loss / units[level]!),
    toLoss: (latent, level = target) => Math.max(-most, Math.min(most, scale.toLoss(latent) * units[level]!)),
    slope: (loss) => scale.slope(loss / units[target]!) / units[target]!,
  };
}

/** The transform for losses that are first brought into units, those of the rows into that of the target. */
export function transformInUnits(transform: OutputTransform, units: readonly number[]): OutputTransform {
  const unit = units.at(-1)!;
  if (unit === 1) return transform;
  return {
    ...transform,
    of: (losses, parameter) => {
      const transformed = transform.of(
        losses.map((loss) => loss / unit),
        parameter,
      );
      return { ...transformed, ...inUnits(transformed, units) };
    },
  };
}

/** @throws {NumericalError} naming the first row whose loss is not finite */
export function refuseNotFinite(losses: Float64Array): void {
  const row = losses.findIndex((loss) => !Number.isFinite(loss));
  if (row >= 0) throw new NumericalError(`the loss of row ${row} is ${losses[row]}; finite numbers are wanted`);
}
