import type { Fault } from '../../models/domain/fault.js';
import { formatPath } from '../../models/domain/fault.js';
import type { CheckScope } from '../contract.js';
import { componentIn, parameterOf, partsOf, type Slot, type Template } from './template.js';
import type { Units } from './units.js';

/** What a template may name. */
export interface TemplateScope {
  readonly scope: CheckScope | undefined;
  readonly units: Units;
  /** What the place has beside the request, such as `job`. */
  readonly more?: readonly string[];
}

/**
 * What can be told of a template before there is a request: braces that do not pair, names that nothing has, units that do not
 * convert. Without a scope (settings outside a campaign) only the first, and units that nothing converts to.
 *
 * @param path - of the template in the settings
 */
export function templateFaults(template: Template, about: TemplateScope, path: readonly PropertyKey[]): Fault[] {
  if (Array.isArray(template)) return template.flatMap((item, i) => templateFaults(item, about, [...path, i]));
  if (typeof template === 'object' && template !== null)
    return Object.entries(template).flatMap(([key, item]) => templateFaults(item, about, [...path, key]));
  if (typeof template !== 'string') return [];
  const at = formatPath(path);
  const parts = partsOf(template);
  if (typeof parts === 'string') return [{ path: at, message: parts, remedy: 'mend the template' }];
  return parts.flatMap((part) => {
    const fault = typeof part === 'string' ? null : slotFault(part, about);
    return fault === null ? [] : [{ path: at, ...fault }];
  });
}

type Told = Pick<Fault, 'message' | 'remedy'> | null;

function slotFault({ name, unit, decimals }: Slot, { scope, units, more = [] }: TemplateScope): Told {
  const isWord = more.includes(name) || name === 'key' || name === 'fidelity' || name === 'rowId';
  if (isWord && unit === null && (name !== 'rowId' || scope === undefined || scope.pool != null)) return null;
  if (scope === undefined)
    return unit === null || units.known(unit)
      ? null
      : {
          message: `{${name} as ${unit}}: '${unit}' is no unit that is known here`,
          remedy: 'such as mg, mL/min or °C',
        };
  if (name === 'rowId' && scope.pool == null)
    return { message: '{rowId}: the space has no rows', remedy: 'only a space with a pool has; name parameters' };
  const { parameters } = scope;
  const named = (wanted: string) => parameters.find((parameter) => parameter.name === wanted);
  const [, kind, rest = ''] = /^(smiles|amount)\.(.+)$/s.exec(name) ?? [];
  if (kind === 'smiles' && named(rest)?.type === 'substance' && unit === null && decimals === null) return null;
  if (kind === 'amount' && unit === null) {
    const [of, component] = componentIn(rest);
    const composition = named(of);
    if (composition?.type === 'composition' && composition.components.includes(component)) return null;
  }
  const parameter = isWord ? undefined : named(parameterOf(name));
  if (parameter === undefined)
    return {
      message: `{${name}${unit === null ? '' : ` as ${unit}`}}: nothing of that name has ${unit === null ? 'a value' : 'a unit'}`,
      remedy: `name ${parameters.map((each) => each.name).join(', ')}, key, rowId, fidelity${more.map((word) => `, ${word}`).join('')}, smiles.NAME or amount.NAME.COMPONENT`,
    };
  const own = 'unit' in parameter ? parameter.unit : undefined;
  const isNumber = ['continuous', 'discrete', 'integer'].includes(parameter.type);
  if (decimals !== null && !isNumber)
    return { message: `{${name}}: '${parameter.name}' is no number`, remedy: 'leave out the decimals' };
  if (unit === null) return null;
  if (own === undefined)
    return {
      message: `{${name} as ${unit}}: '${parameter.name}' has no unit`,
      remedy: `give parameter '${parameter.name}' its 'unit', or leave out 'as ${unit}'`,
    };
  const why = units.fault(own, unit);
  return why === null ? null : { message: `{${name} as ${unit}}: ${why}`, remedy: 'give units of one kind' };
}
