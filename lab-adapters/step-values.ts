import type { ParameterValue } from '../models/domain/design.js';
import type { Fault } from '../models/domain/fault.js';
import { formatPath } from '../models/domain/fault.js';
import type { StepValues } from '../models/domain/recipe.js';
import type { JobRequest, JobResult } from './contract.js';
import { fill, parameterOf, partsOf, type Slot } from './internal/template.js';
import { loadUnits, type Units } from './internal/units.js';

/** What a step asks of its instrument, or all that keeps it from being asked. */
export type StepRequest = { readonly request: JobRequest } | { readonly faults: readonly Fault[] };

/** What is filled in for a step. */
export interface StepFilling {
  readonly with: StepValues;
  readonly gives: readonly string[];
}

/**
 * The request of one step of a trial: its parameters are filled in from the design and have the units that they were
 * converted to, its outcomes are those that it gives.
 *
 * @param trial - what would be asked for, were the trial one job
 * @param key - of the step's job
 * @param allDigits - as an earlier version told converted numbers
 */
export async function stepRequest(
  step: StepFilling,
  trial: JobRequest,
  key: string,
  allDigits = false,
): Promise<StepRequest> {
  const filled = fillStep(step.with, { trial, key, units: await loadUnits(allDigits) });
  if ('faults' in filled) return filled;
  const { units: _, ...rest } = trial;
  const { design, substances, units } = filled;
  const told = Object.keys(units).length === 0 ? {} : { units };
  return { request: { ...rest, design, substances, ...told, objectives: step.gives } };
}

/** Values of a step, with what is known of them. */
export interface FilledStep {
  readonly design: Readonly<Record<string, ParameterValue>>;
  readonly substances: Readonly<Record<string, string>>;
  readonly units: Readonly<Record<string, string>>;
}

/** Fills in the values of a step. */
export function fillStep(
  given: StepValues,
  { trial, key, units: known }: { readonly trial: JobRequest; readonly key: string; readonly units: Units },
): FilledStep | { readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const design: Record<string, ParameterValue> = {};
  const substances: Record<string, string> = {};
  const units: Record<string, string> = {};
  for (const [name, template] of Object.entries(given)) {
    const path = ['with', name];
    const filled = fill(template, { key, request: trial, units: known }, path);
    if ('faults' in filled) {
      faults.push(...filled.faults);
      continue;
    }
    if (filled.value === null) {
      faults.push({ path: formatPath(path), message: `${template} has no value here`, remedy: 'name a parameter' });
      continue;
    }
    design[name] = filled.value as ParameterValue;
    const slot = slotOf(template);
    if (slot === null) continue;
    const unit = slot.unit ?? trial.units?.[parameterOf(slot.name)];
    if (unit !== undefined) units[name] = unit;
    const molecule = slot.name.startsWith('smiles.') ? filled.value : trial.substances[parameterOf(slot.name)];
    if (typeof molecule === 'string') substances[name] = molecule;
  }
  return faults.length > 0 ? { faults } : { design, substances, units };
}

/** The place that a value is filled in from alone; null where it is a constant, or a text with more in it. */
export function slotOf(template: number | string): Slot | null {
  const parts = typeof template === 'string' ? partsOf(template) : 'a number';
  return typeof parts !== 'string' && parts.length === 1 && typeof parts[0] === 'object' ? parts[0] : null;
}

/**
 * What a step takes from the stock, in the units of that.
 *
 * @param stock - units by name of the stock
 */
export async function stepUses(
  uses: StepValues,
  trial: JobRequest,
  stock: Readonly<Record<string, { readonly unit: string }>>,
): Promise<{ readonly uses: Readonly<Record<string, number>> } | { readonly faults: readonly Fault[] }> {
  const units = await loadUnits();
  const faults: Fault[] = [];
  const amounts: Record<string, number> = {};
  for (const [name, template] of Object.entries(uses)) {
    const path = ['uses', name];
    const filled = fill(template, { key: '', request: trial, units }, path);
    if ('faults' in filled) {
      faults.push(...filled.faults);
      continue;
    }
    const slot = slotOf(template);
    const unit = slot?.unit ?? (slot === null ? undefined : trial.units?.[parameterOf(slot.name)]);
    const wanted = stock[name]?.unit;
    const why = unit === undefined || wanted === undefined ? null : units.fault(unit, wanted);
    const amount =
      why === null && unit !== undefined && wanted !== undefined && typeof filled.value === 'number'
        ? units.convert(filled.value, unit, wanted)
        : filled.value;
    if (why === null && typeof amount === 'number' && amount >= 0 && Number.isFinite(amount)) amounts[name] = amount;
    else {
      const message = why ?? `${template} is ${JSON.stringify(amount)}, no amount`;
      faults.push({ path: formatPath(path), message, remedy: `an amount in ${wanted ?? 'its unit'}` });
    }
  }
  return faults.length > 0 ? { faults } : { uses: amounts };
}

/**
 * What a step reached, told of the design: a parameter of its instrument that is one of the design, converted or not, is that.
 *
 * @param achieved - by the names and in the units of the step's own request
 * @returns what is told of the design, in its units, and what is of the step alone
 */
export async function stepAchieved(
  { with: values }: Pick<StepFilling, 'with'>,
  trial: JobRequest,
  achieved: Readonly<Record<string, ParameterValue>>,
): Promise<{
  readonly design: Readonly<Record<string, ParameterValue>>;
  readonly others: Readonly<Record<string, ParameterValue>>;
}> {
  const units = await loadUnits();
  const design: Record<string, ParameterValue> = {};
  const others: Record<string, ParameterValue> = {};
  for (const [name, value] of Object.entries(achieved)) {
    const slot = Object.hasOwn(values, name) ? slotOf(values[name]!) : null;
    const parameter = slot === null ? '' : parameterOf(slot.name);
    const to = trial.units?.[parameter];
    const from = slot?.unit ?? to;
    if (!Object.hasOwn(trial.design, parameter)) others[name] = value;
    else if (typeof value !== 'number' || from === undefined || from === to) design[parameter] = value;
    else if (to !== undefined && units.fault(from, to) === null) {
      const asked = trial.design[parameter];
      // What was told in another unit has lost digits; reached as it was told, it is what was asked.
      const isAsked = typeof asked === 'number' && units.convert(asked, to, from) === value;
      design[parameter] = isAsked ? asked : units.convert(value, from, to);
    } else others[name] = value;
  }
  return { design, others };
}

/** The result of a step as one of its trial: what it reached of the design, the rest in the details. */
export async function asOfTrial(
  step: Pick<StepFilling, 'with'>,
  trial: JobRequest,
  given: JobResult,
): Promise<JobResult> {
  const { achieved, ...result } = given;
  if (typeof achieved !== 'object') return given;
  const { design, others } = await stepAchieved(step, trial, achieved);
  const isAll = Object.keys(others).length === 0;
  return {
    ...result,
    ...(Object.keys(design).length === 0 ? {} : { achieved: design }),
    ...(isAll ? {} : { details: { ...result.details, reached: others } }),
  };
}
