import { z } from 'zod';
import { categorical } from './categorical.js';
import { composition } from './composition.js';
import { continuous } from './continuous.js';
import type { ParameterType } from './contract.js';
import { discrete } from './discrete.js';
import { formula } from './formula.js';
import { integer } from './integer.js';
import { substance } from './substance.js';

/** Every parameter type; a new one is one line here. */
const types = { continuous, discrete, integer, categorical, substance, composition, formula };

/** A parameter as the campaign file gives it. */
export const parameterSchema = z.discriminatedUnion(
  'type',
  Object.values(types).map((type) => type.schema) as unknown as [
    z.ZodObject<{ type: z.ZodLiteral<ParameterTypeName> }>,
  ],
) as unknown as z.ZodType<Parameter>;

/** A parameter of any type. */
export type Parameter = {
  [K in keyof typeof types]: (typeof types)[K] extends ParameterType<infer P> ? P : never;
}[keyof typeof types];

/** Name of a type. */
export type ParameterTypeName = keyof typeof types;
/** Names of all types. */
export const parameterTypeNames = Object.keys(types) as [ParameterTypeName, ...ParameterTypeName[]];

/** The behaviour of a parameter's type. */
export function typeOf<P extends Parameter>(parameter: P): ParameterType<P> {
  return types[parameter.type] as unknown as ParameterType<P>;
}

/** The behaviour of a type by its name. */
export function typeNamed(name: ParameterTypeName): ParameterType<Parameter> {
  return types[name] as unknown as ParameterType<Parameter>;
}

/** Whether the values of a parameter are numbers on a scale. */
export function isNumeric(parameter: Parameter): boolean {
  return typeOf(parameter).feature(parameter, typeOf(parameter).fromUnit(parameter, 0)).kind === 'numeric';
}
