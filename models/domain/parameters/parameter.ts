import { z } from 'zod';
import { categorical } from './categorical.js';
import { compositionSchema } from './composition.js';
import { continuous } from './continuous.js';
import type { ParameterType } from './contract.js';
import { discrete } from './discrete.js';
import { integer } from './integer.js';
import { substance } from './substance.js';

/** Every parameter type that the code can search; a new one is one line here. */
const types = { continuous, discrete, integer, categorical, substance };

/** A parameter as the campaign file gives it. */
export const parameterSchema = z.discriminatedUnion('type', [
  ...Object.values(types).map((type) => type.schema as unknown as typeof compositionSchema),
  compositionSchema,
] as unknown as [typeof compositionSchema]) as unknown as z.ZodType<Parameter | z.infer<typeof compositionSchema>>;

/** A parameter that can be searched. */
export type Parameter = {
  [K in keyof typeof types]: (typeof types)[K] extends ParameterType<infer P> ? P : never;
}[keyof typeof types];

/** Name of a type that can be searched. */
export type ParameterTypeName = keyof typeof types;
/** Names of all types that can be searched. */
export const parameterTypeNames = Object.keys(types) as [ParameterTypeName, ...ParameterTypeName[]];

/** The behaviour of a parameter's type. */
export function typeOf<P extends Parameter>(parameter: P): ParameterType<P> {
  return types[parameter.type] as unknown as ParameterType<P>;
}

/** The behaviour of a type by its name. */
export function typeNamed(name: ParameterTypeName): ParameterType<Parameter> {
  return types[name] as unknown as ParameterType<Parameter>;
}
