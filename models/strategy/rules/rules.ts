import { acquisitionNamed } from '../../acquisition/acquisitions.js';
import { goalNames, randomName, twoStepName } from '../names.js';
import type { Rule } from './contract.js';
import { plainRule } from './plain.js';
import { randomRule } from './random.js';
import { severalGoals } from './several-goals.js';
import { transferRule } from './transfer.js';
import { twoStep } from './two-step.js';

/**
 * The rule of that name: that of two steps, that of random designs, those of several goals, or the one of an acquisition.
 *
 * @param hasSources - whether there are earlier campaigns
 * @throws {AthanorError} if there is none
 */
export function ruleNamed(name: string, hasSources: boolean): Rule {
  if (name === twoStepName) return twoStep;
  if (name === randomName) return randomRule();
  if (Object.values<string>(goalNames).includes(name)) return severalGoals(name);
  const type = acquisitionNamed(name);
  return hasSources ? transferRule(type) : plainRule(type);
}
