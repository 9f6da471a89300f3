import { causeClasses } from '../models/domain/verdicts.js';
import type { Enter } from './messages.js';
import { isWhole, membersOf } from './payloads.js';

/** Values, files or parameters that one entry may name. */
const mostNamed = 100;
/** Characters of what was achieved, and of what was around. */
const longestDesign = 100_000;

/** What an entry says of a trial beside who says it. */
export const entryNames = [
  'trialId',
  'generation',
  'values',
  'noise',
  'achieved',
  'contexts',
  'cost',
  'failed',
  'artefacts',
];

/** Whether this is an entry in form, as the command line says it; what it says of the trial is checked where that is known. */
export function isEntry({
  generation,
  values,
  noise,
  achieved,
  contexts = {},
  cost,
  failed,
  artefacts,
}: Enter): boolean {
  const numbers = (of: unknown) => isRecord(of, (value) => typeof value === 'number' && Number.isFinite(value));
  return (
    isWhole(generation) &&
    generation >= 1 &&
    numbers(values) &&
    numbers(noise) &&
    isRecord(achieved, isValue) &&
    isRecord(contexts, isContext) &&
    JSON.stringify([achieved, contexts]).length <= longestDesign &&
    (cost === null || (typeof cost === 'number' && Number.isFinite(cost) && cost >= 0)) &&
    (failed === null || (causeClasses as readonly unknown[]).includes(failed)) &&
    isRecord(artefacts, (sha) => typeof sha === 'string' && /^[0-9a-f]{64}$/.test(sha))
  );
}

function isValue(of: unknown): boolean {
  return typeof of === 'string' || (typeof of === 'number' && Number.isFinite(of));
}

function isContext(of: unknown): boolean {
  const { value, unit = '', ...more } = membersOf(of);
  return isValue(value) && typeof unit === 'string' && Object.keys(more).length === 0;
}

function isRecord(of: unknown, fits: (value: unknown) => boolean): boolean {
  const values = Object.values(membersOf(of));
  return typeof of === 'object' && of !== null && values.length <= mostNamed && values.every(fits);
}
