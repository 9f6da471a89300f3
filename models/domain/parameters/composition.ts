import { z } from 'zod';
import { nameSchema } from './numbers.js';

/** Fractions of components that add up to `total`. Accepted by the schema; refused as not supported yet. */
export const compositionSchema = z.strictObject({
  name: nameSchema,
  type: z.literal('composition'),
  components: z.array(z.string().min(1)).min(2),
  total: z.number().positive().default(1),
});
