import { z } from 'zod';
import type { Fault } from './fault.js';
import { isNumeric, typeOf } from './parameters/parameter.js';
import type { Space } from './space.js';

const parameter = z.string().min(1).describe('the parameter that it is about');

/** What a person believes of where good designs lie, before anything is measured; it fades as values come in. */
export const beliefSchema = z.union([
  z.strictObject({
    parameter,
    near: z.number().describe('the value of a number near which good designs are expected'),
    sd: z.number().positive().describe('how far off that may well be, as a standard deviation'),
  }),
  z.strictObject({
    parameter,
    weights: z
      .record(z.string(), z.number().positive().max(1e6))
      .describe('how many times as likely as another a value of a list is to be good; 1 for those not named'),
  }),
]);
/** A belief about one parameter. */
export type Belief = Readonly<z.infer<typeof beliefSchema>>;

/** What is wrong with beliefs, with paths from their list. */
export function beliefFaults(
  beliefs: readonly (Belief | undefined)[],
  { parameters }: Pick<Space, 'parameters'>,
): Fault[] {
  const seen = new Set<string>();
  return beliefs.flatMap((belief, i): Fault[] => {
    if (belief === undefined) return [];
    const of = parameters.find(({ name }) => name === belief.parameter);
    const path = `[${i}].parameter`;
    const among = `one of ${parameters.map(({ name }) => name).join(', ')}`;
    if (of === undefined) return [{ path, message: `no parameter '${belief.parameter}'`, remedy: among }];
    if (seen.has(of.name)) return [{ path, message: `a second belief about '${of.name}'`, remedy: 'one for each' }];
    seen.add(of.name);
    const type = typeOf(of);
    if ('near' in belief) {
      const wrong = isNumeric(of) ? ends(type.fromUnit(of, 0), type.fromUnit(of, 1 - 2 ** -53), belief.near) : null;
      if (!isNumeric(of))
        return [{ path: `[${i}].near`, message: `'${of.name}' is no number`, remedy: "give 'weights'" }];
      return wrong === null
        ? []
        : [{ path: `[${i}].near`, message: `${belief.near} given for '${of.name}'`, remedy: wrong }];
    }
    const values = type.values(of)?.map(String);
    const kind = type.feature(of, type.fromUnit(of, 0)).kind;
    if (values === undefined || kind === 'mixture')
      return [
        {
          path: `[${i}].weights`,
          message: `'${of.name}' is no list of values`,
          remedy: "of a number give 'near' and 'sd'",
        },
      ];
    return Object.keys(belief.weights)
      .filter((value) => !values.includes(value))
      .map((value) => ({
        path: `[${i}].weights`,
        message: `'${value}' is no value of '${of.name}'`,
        remedy: `such as ${values.slice(0, 5).join(', ')}`,
      }));
  });
}

/** The range that a value has to lie in; null where it does. */
function ends(low: unknown, high: unknown, value: number): string | null {
  return value >= Number(low) && value <= Number(high) ? null : `a number from ${low} to ${high}`;
}
