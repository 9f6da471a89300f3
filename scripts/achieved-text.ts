import type { Design } from '../models/domain/design.js';
import { formatNumber } from './wording.js';

/** Values of some parameters in a line: `t=80 solvent=DMF`. */
export function achievedText(values: Design): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${typeof value === 'number' ? formatNumber(value) : value}`)
    .join(' ');
}
