import { z } from 'zod';
import type { ParameterValue } from './design.js';
import type { Fault } from './fault.js';
import { among } from './nearest.js';
import { boundsFaults, boundsSchema, nameSchema } from './parameters/numbers.js';
import { type Parameter, typeOf } from './parameters/parameter.js';
import type { Contexts } from './trial.js';

/** What is measured of the surroundings of trials and not chosen, and is learned from. */
export const contextSchema = z.discriminatedUnion('type', [
  z.strictObject({
    name: nameSchema,
    type: z.literal('continuous'),
    bounds: boundsSchema.describe('lowest and highest value that is expected; it may go beyond by its width'),
    unit: z.string().optional(),
  }),
  z.strictObject({
    name: nameSchema,
    type: z.literal('categorical'),
    levels: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('the names that there can be; any where absent, as of batches that arrive in the course of time'),
  }),
]);

/** See `contextSchema`. */
export type ContextSpec = z.infer<typeof contextSchema>;

/** Values of contexts by name; one that is missing was not told. */
export type ContextValues = Readonly<Record<string, ParameterValue>>;

/**
 * What a person said of contexts, by name, each with the first round that is decided with it: a trial of that round, or of a later
 * one, that tells of the context is newer.
 */
export const saidContextsSchema = z
  .record(
    z.string(),
    z.strictObject({ value: z.union([z.number(), z.string()]), sinceRound: z.int().min(1) }).readonly(),
  )
  .readonly();

/** See `saidContextsSchema`. */
export type SaidContexts = z.infer<typeof saidContextsSchema>;

/** What is wrong with a context as the file has it, its entries as paths. */
export function contextFaults(context: ContextSpec): readonly Fault[] {
  return context.type === 'continuous'
    ? boundsFaults(context.bounds)
    : typeOf(parameterOf(context)).faults(parameterOf(context));
}

/** A context as a parameter, so that it is encoded as one. @param seen - names that an open list has */
export function parameterOf(context: ContextSpec, seen: readonly string[] = []): Parameter {
  if (context.type === 'continuous') return context;
  return { ...context, levels: context.levels ?? [...seen] };
}

/** What must be given for a value of a context; null where it may be one. */
export function refusedContext(context: ContextSpec, value: ParameterValue): string | null {
  if (context.type === 'continuous') {
    const [low, high] = context.bounds;
    const isNear = typeof value === 'number' && typeOf(context).encodes(context, value);
    return isNear ? null : `a number about ${low} to ${high}, at most their distance beyond`;
  }
  if (context.levels === undefined) return typeof value === 'string' && value.trim() !== '' ? null : 'a name';
  return context.levels.includes(String(value)) ? null : among(String(value), context.levels);
}

/** What is wrong with values of contexts that a person gives, with the names of the contexts as paths. */
export function givenContextFaults(specs: readonly ContextSpec[], values: ContextValues): Fault[] {
  const names = specs.map(({ name }) => name);
  return Object.entries(values).flatMap(([name, value]): Fault[] => {
    const context = specs.find((one) => one.name === name);
    if (context === undefined) {
      const remedy = names.length === 0 ? 'the campaign file has none' : among(name, names);
      return [{ path: name, message: 'no such context', remedy }];
    }
    const remedy = refusedContext(context, value);
    return remedy === null ? [] : [{ path: name, message: `${JSON.stringify(value)} given`, remedy }];
  });
}

/**
 * The value of a context that an observation tells: under its name, or that of a step before it (`weigh/humidity`; the last one where
 * several do); null where it tells none, none that can be learned from, or one in another unit.
 */
export function toldContext(context: ContextSpec, told: Contexts | undefined): ParameterValue | null {
  const found =
    told?.[context.name] ?? Object.entries(told ?? {}).findLast(([name]) => name.endsWith(`/${context.name}`))?.[1];
  if (found === undefined) return null;
  const { value, unit } = found;
  if (context.type === 'continuous' && unit !== undefined && context.unit !== undefined && unit !== context.unit)
    return null;
  const own = context.type === 'categorical' ? String(value) : value;
  return refusedContext(context, own) === null ? own : null;
}

/** Values of contexts as an observation holds them, in their units. */
export function answeredContexts(specs: readonly ContextSpec[], values: ContextValues): Contexts {
  const told = Object.entries(values).map(([name, value]) => {
    const context = specs.find((one) => one.name === name);
    const unit = context?.type === 'continuous' ? context.unit : undefined;
    return [name, { value, ...(unit === undefined ? {} : { unit }) }] as const;
  });
  return Object.fromEntries(told);
}
