import { z } from 'zod';
import type { Properties } from './expression/check.js';
import { functions } from './expression/functions.js';

/** What a property may be called: it stands in expressions as a function does. */
const propertyName = z
  .string()
  .regex(/^[\p{L}_][\p{L}\p{M}\p{N}_]{0,63}$/u, 'a letter, then up to 63 letters, digits or underscores')
  .refine((name) => !functions.has(name), 'a name that no function of expressions has');

/** Where a table has a property. */
const propertyFileSchema = z.strictObject({
  file: z.string().min(1).describe('table with one value of parameters a row, relative to the campaign file'),
  of: z.string().min(1).describe('its column with the values, named as the parameters name them'),
  column: z.string().min(1).optional().describe('its column with the numbers, the name of the property where absent'),
});

/** One property as the campaign file gives it. */
export const propertySchema = z.union([propertyFileSchema, z.record(z.string().min(1), z.number())]);
/** See `propertySchema`. */
export type PropertySpec = z.infer<typeof propertySchema>;

/** The properties of a campaign file. */
export const propertiesSchema = z.record(propertyName, propertySchema);

/** Properties as they are exported, with their files read. */
export const readPropertiesSchema: z.ZodType<Properties> = z.record(z.string(), z.record(z.string(), z.number()));

/** Whether a property is to be read from a table. */
export function isOfFile(property: PropertySpec): property is z.infer<typeof propertyFileSchema> {
  return typeof property.file === 'string';
}
