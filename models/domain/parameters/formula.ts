import { z } from 'zod';
import { InfeasibleError } from '../errors.js';
import { formulaKey, formulaShape, readFormula } from '../formula.js';
import { repeated } from './categorical.js';
import { withFractions } from './composition.js';
import type { ParameterType } from './contract.js';
import { atQuantile, cellFault, columnSchema, nameSchema } from './numbers.js';
import { respelled } from './respelled.js';

const schema = z.strictObject({
  name: nameSchema,
  type: z.literal('formula'),
  column: columnSchema,
  formulas: z.array(z.string().min(1)).min(1).describe('the allowed chemical formulas, such as Ba0.5Sr0.5TiO3'),
});
type Formula = z.infer<typeof schema>;

/** One of a list of chemical formulas, as they are written; mixture feature of its elements. */
export const formula: ParameterType<Formula> = {
  type: 'formula',
  schema,
  faults: ({ formulas }) => [
    ...formulas.flatMap((text, i) => {
      const read = readFormula(text);
      if (typeof read !== 'string') return [];
      return [{ path: `formulas[${i}]`, message: `'${text}': ${read}`, remedy: formulaShape }];
    }),
    ...repeated(formulas, 'formulas'),
    ...respelled(formulas, { path: 'formulas', what: 'formula', keyOf: formulaKey }),
  ],
  values: ({ formulas }) => formulas,
  fromUnit: ({ formulas }, u) => atQuantile(formulas, u),
  refuses: ({ name, formulas }, value) =>
    formulas.includes(value as string) ? null : `one of the ${formulas.length} formulas of '${name}'`,
  encodes: (_, value) => typeof value === 'string' && typeof readFormula(value) !== 'string',
  widened: withFormulas,
  growth: {
    refuses: (_, value) => (typeof value === 'string' && typeof readFormula(value) !== 'string' ? null : formulaShape),
    with: withFormulas,
    meant: (value) => formulaKey(value) ?? value,
  },
  feature: (_, value) => {
    const fractions = readFormula(value as string);
    if (typeof fractions === 'string') throw new InfeasibleError(`'${value}' is no formula: ${fractions}`);
    return { kind: 'mixture', fractions };
  },
  fromFeature: (parameter, feature) => withFractions(parameter, formula, feature),
  fromText: ({ formulas }, text) => spelledIn(formulas, text.trim()),
  agrees: (_, text, value) => spelledIn([value as string], text.trim()) === value,
  fromColumn: (column) => {
    const values = column.cells.map((cell) => cell.trim());
    const bad = values.flatMap((value, row) => {
      const read = readFormula(value);
      return typeof read === 'string' ? [{ row, why: read }] : [];
    });
    if (bad.length > 0) return [cellFault(column, bad, { not: 'a formula', remedy: formulaShape })];
    const first = new Map<string, string>();
    const spelled = values.map((value) => {
      const key = formulaKey(value)!;
      if (!first.has(key)) first.set(key, value);
      return first.get(key)!;
    });
    return { parameter: { name: column.name, type: 'formula', formulas: [...first.values()] }, values: spelled };
  },
};

function withFormulas(parameter: Formula, values: readonly string[]): Formula {
  return { ...parameter, formulas: [...parameter.formulas, ...values] };
}

/** The listed formula of the same amounts; the text where there is none. */
function spelledIn(formulas: readonly string[], text: string): string {
  if (formulas.includes(text)) return text;
  const key = formulaKey(text);
  return (key === null ? undefined : formulas.find((one) => formulaKey(one) === key)) ?? text;
}
