import { AthanorError } from '../domain/errors.js';
import type { AcquisitionType } from './contract.js';
import { integratedVariance } from './integrated-variance.js';
import { kgPerCost } from './kg-per-cost.js';
import { logEiPerCost } from './log-ei-per-cost.js';
import { logNei } from './log-nei.js';
import { logPi } from './log-pi.js';
import { mesPerCost } from './mes-per-cost.js';
import { qLogEiPerCost } from './q-log-ei.js';
import { thompson } from './thompson.js';
import { ucb } from './ucb.js';
import { variance } from './variance.js';

/** Every acquisition a campaign file can name, besides `random`; a new one is one line here. */
export const acquisitions: readonly AcquisitionType[] = [
  logEiPerCost,
  qLogEiPerCost,
  logNei,
  logPi,
  ucb,
  thompson,
  variance,
  integratedVariance,
  mesPerCost,
  kgPerCost,
];

/** The acquisition of that name. @throws {AthanorError} naming the ones there are */
export function acquisitionNamed(name: string): AcquisitionType {
  const found = acquisitions.find((acquisition) => acquisition.name === name);
  if (found === undefined)
    throw new AthanorError(
      'ACQUISITION',
      `no acquisition '${name}'; there are random, ${acquisitions.map((a) => a.name).join(', ')}`,
    );
  return found;
}
