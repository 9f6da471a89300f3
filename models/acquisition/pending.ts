import { type EncodedDesigns, selectDesigns } from '../encode/encoded-designs.js';
import type { FittedSurrogate } from '../surrogate/contract.js';
import type { AcquisitionSituation } from './contract.js';

/**
 * Pending trials as joint draws want them: those at the target as designs to be drawn, the others in the surrogate as
 * if they had come out at their posterior mean, since what they will tell is not a target value.
 */
export function drawnPending({ surrogate, pending, target }: AcquisitionSituation): {
  surrogate: FittedSurrogate;
  atTarget: EncodedDesigns;
} {
  const rows = [...pending.levels.keys()];
  const [here, below] = [true, false].map((wanted) =>
    rows.filter((row) => (pending.levels[row] === target) === wanted),
  );
  const conditioned =
    below!.length === 0
      ? surrogate
      : surrogate.condition(
          selectDesigns(pending.designs, below!),
          Int32Array.from(below!, (row) => pending.levels[row]!),
        );
  return { surrogate: conditioned, atTarget: selectDesigns(pending.designs, here!) };
}
