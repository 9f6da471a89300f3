import type { Design, ParameterValue } from '../models/domain/design.js';
import type { DesignList } from '../models/domain/design-list.js';
import { type Fault, formatPath } from '../models/domain/fault.js';
import { isNumeric, type Parameter, typeOf } from '../models/domain/parameters/parameter.js';
import type { StepValues } from '../models/domain/recipe.js';
import { substancesOf } from '../models/domain/space.js';
import { unitsOf } from '../models/domain/units.js';
import type { CheckScope, JobRequest } from './contract.js';
import { parameterOf, partsOf } from './internal/template.js';
import { templateFaults } from './internal/template-faults.js';
import { loadUnits, type Units } from './internal/units.js';
import { fillStep, type StepFilling, slotOf } from './step-values.js';

/** Values of one place that are told one by one; of more only the first and the last. */
const mostValues = 1_000;

/** What can be told of the values of a step before there is a design. @param path - of the values in the file */
export async function stepFaults(
  values: StepValues,
  scope: CheckScope,
  path: readonly PropertyKey[],
): Promise<readonly Fault[]> {
  const units = await loadUnits();
  return Object.entries(values).flatMap(([name, value]) => templateFaults(value, { scope, units }, [...path, name]));
}

/**
 * What can be told of what a step uses up: stock that there is not, or whose unit is of another kind.
 *
 * @param stock - of the lab, by name
 * @param path - of the amounts in the file
 */
export async function usesFaults(
  uses: StepValues,
  scope: CheckScope,
  stock: Readonly<Record<string, { readonly unit: string }>>,
  path: readonly PropertyKey[],
): Promise<readonly Fault[]> {
  const units = await loadUnits();
  return Object.entries(uses).flatMap(([name, value]) => {
    const at = [...path, name];
    const faults = templateFaults(value, { scope, units }, at);
    const tell = (message: string, remedy: string) => [{ path: formatPath(at), message, remedy }];
    if (faults.length > 0) return faults;
    if (!Object.hasOwn(stock, name)) {
      const known = Object.keys(stock).join(', ');
      return tell(`no stock '${name}' in the lab`, known === '' ? 'it has none' : `allowed: ${known}`);
    }
    const slot = slotOf(value);
    if (typeof value === 'number') return value >= 0 ? [] : tell(`${value} is no amount`, 'a number from 0');
    const parameter = scope.parameters.find((one) => slot !== null && one.name === parameterOf(slot.name));
    const isAmount = slot?.name.startsWith('amount.') || (parameter !== undefined && isNumeric(parameter));
    if (!isAmount) return tell(`'${value}' is no amount`, 'a number, or a place for one: {x}');
    const own = slot?.unit ?? (parameter !== undefined && 'unit' in parameter ? parameter.unit : undefined);
    const why = own === undefined ? null : units.fault(own, stock[name]!.unit);
    return why === null ? [] : tell(why, `an amount in ${stock[name]!.unit}`);
  });
}

/**
 * What the instrument of a step sees of the space: the parameters of the step, which go as far as those that they are filled
 * in from, and the outcomes that it gives. To be asked for where `stepFaults` finds nothing.
 */
export async function stepScope(step: StepFilling, scope: CheckScope): Promise<CheckScope> {
  const units = await loadUnits();
  const filled = (design: Design, rowId: string | null) => {
    const trial = requestOf(design, rowId, scope);
    const done = fillStep(step.with, { trial, key: 'key', units });
    return 'faults' in done ? {} : done.design;
  };
  const parameters = Object.entries(step.with).map(([name, value]) => stepParameter(name, value, { scope, units }));
  const pool = scope.pool == null ? null : { ids: scope.pool.ids, designs: mapped(scope.pool, filled) };
  const { outcomeUnits } = scope;
  return { parameters, pool, objectives: step.gives, ...(outcomeUnits && { outcomeUnits }) };
}

function requestOf(design: Design, rowId: string | null, { parameters }: CheckScope): JobRequest {
  const units = unitsOf(parameters);
  const substances = substancesOf({ parameters }, design);
  return { design, rowId, substances, fidelity: 'fidelity', objectives: [], ...(units === null ? {} : { units }) };
}

/** The rows of a pool as a step sees them, each made when it is asked for. */
function mapped(
  { ids, designs }: NonNullable<CheckScope['pool']>,
  filled: (design: Design, rowId: string) => Design,
): DesignList {
  const at = (row: number) => {
    const design = designs.at(row);
    return design === undefined ? undefined : filled(design, ids.at(row)!);
  };
  function* each(): ArrayIterator<Design> {
    for (let row = 0; row < designs.length; row++) yield at(row)!;
  }
  return { length: designs.length, at, [Symbol.iterator]: each };
}

interface Known {
  readonly scope: CheckScope;
  readonly units: Units;
}

/** A parameter of a step: as that of the design where it is that, else the values that it may come to. */
function stepParameter(name: string, template: number | string, known: Known): Parameter {
  if (typeof template === 'number') return { name, type: 'discrete', values: [template] };
  const slot = slotOf(template);
  const named = (wanted: string) => known.scope.parameters.find((parameter) => parameter.name === parameterOf(wanted));
  const own = slot === null ? undefined : named(slot.name);
  if (slot !== null && own !== undefined && slot.unit === null && slot.decimals === null) return { ...own, name };
  const values = valuesOf(template, known);
  if (!values.every((value) => typeof value === 'number'))
    return { name, type: 'categorical', levels: [...new Set(values.map(String))] };
  const unit = slot?.unit ?? (own !== undefined && 'unit' in own ? own.unit : undefined);
  const told = unit === undefined ? {} : { unit };
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const isRange = own !== undefined && (own.type === 'continuous' || own.type === 'integer') && low < high;
  if (isRange) return { name, type: 'continuous', bounds: [low, high], ...told };
  return { name, type: 'discrete', values: [...new Set(values)], ...told };
}

/** What a value may come to: all of it where that can be listed, else what it is at the ends of the parameters. */
function valuesOf(template: string, { scope, units }: Known): readonly ParameterValue[] {
  const parts = partsOf(template);
  const names = typeof parts === 'string' ? [] : parts.flatMap((part) => (typeof part === 'string' ? [] : [part.name]));
  const used = scope.parameters.filter(({ name }) =>
    names.some((word) => parameterOf(word) === name || /^(?:smiles|amount)\.(.+)$/s.exec(word)?.[1]?.startsWith(name)),
  );
  let designs: readonly Design[] = [Object.fromEntries(scope.parameters.map((one) => [one.name, endsOf(one)[0]!]))];
  for (const parameter of used) {
    const all = typeOf(parameter).values(parameter);
    const values = all !== null && all.length * designs.length <= mostValues ? all : endsOf(parameter);
    designs = designs.flatMap((design) => values.map((value) => ({ ...design, [parameter.name]: value })));
  }
  return designs.flatMap((design) => {
    const trial = requestOf(design, 'row', scope);
    const done = fillStep({ value: template }, { trial, key: 'key', units });
    return 'faults' in done ? [] : [done.design.value!];
  });
}

/** The first and the last value of a parameter. */
function endsOf(parameter: Parameter): readonly ParameterValue[] {
  if (isNumeric(parameter) && 'bounds' in parameter) return parameter.bounds;
  const values = typeOf(parameter).values(parameter) ?? [];
  return values.length <= 2 ? values : [values[0]!, values.at(-1)!];
}
