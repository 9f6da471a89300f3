import { z } from 'zod';
import { type Condition, conditionsOf, whenFaults, whenSchema } from './condition.js';
import type { ConstraintType, LinearRow } from './contract.js';
import { namesOf } from './terms.js';

const schema = z.strictObject({
  type: z.literal('exclude'),
  when: whenSchema,
});
type Exclude = z.infer<typeof schema>;

/** Values that may not come together. */
export const exclude: ConstraintType<Exclude> = {
  type: 'exclude',
  schema,
  faults: ({ when }, { parameters }) => whenFaults(when, parameters, 'when'),
  compile: ({ when }, { parameters }) => {
    const conditions = conditionsOf(when, parameters);
    const free = conditions.filter((condition) => condition.free);
    const fixed = conditions.filter((condition) => !condition.free);
    return {
      words: `not ${conditions.map(({ words }) => words).join(' with ')}`,
      names: namesOf(
        conditions.map(({ parameter }) => parameter),
        parameters,
      ),
      excess: (design) => Math.min(...conditions.map((condition) => condition.toEnd(design))),
      rows: (design): readonly LinearRow[] => {
        if (free.length === 0 || fixed.some((condition) => condition.toEnd(design) === 0)) return [];
        // Above 0 where the condition does not hold, and so is not to begin to; below 0 where it is to end.
        const margin = (condition: Condition) => condition.toHold(design) - condition.toEnd(design);
        const easiest = free.reduce((best, one) => (margin(one) > margin(best) ? one : best));
        return [easiest.ends(design)];
      },
    };
  },
};
