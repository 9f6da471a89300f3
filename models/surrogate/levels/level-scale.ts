import { lossUnit } from '../outputs/loss-unit.js';

/** What turns losses of one level into standard units. */
export interface LevelScale {
  /** Of the losses in units, and so is the standard deviation; 1 where they do not differ. */
  readonly mean: number;
  readonly sd: number;
  /** 1 but for losses too large or too small to be squared; see `lossUnit`. */
  readonly unit: number;
}

/** The scale of losses that are in standard units already. */
export const standardUnits: LevelScale = { mean: 0, sd: 1, unit: 1 };

/** Scale of losses by their own mean and standard deviation (n − 1); that of standard units where there are none. */
export function levelScale(losses: Float64Array): LevelScale {
  const n = losses.length;
  if (n === 0) return standardUnits;
  const unit = lossUnit(losses);
  const own = losses.map((loss) => loss / unit);
  const mean = own.reduce((sum, value) => sum + value, 0) / n;
  const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, n - 1);
  return { mean, sd: variance > 1e-16 * mean * mean ? Math.sqrt(variance) : 1, unit };
}

/** A loss in standard units. */
export function standardLoss(loss: number, { mean, sd, unit }: LevelScale): number {
  return (loss / unit - mean) / sd;
}
