import { z } from 'zod';
import { gateSchema } from './approval.js';
import { beliefSchema } from './belief.js';
import { constraintSchema } from './constraints/constraint.js';
import { contextSchema } from './contexts.js';
import { curveSchema } from './curve-spec.js';
import { durationSchema } from './duration.js';
import { type Fidelity, fidelitySchema, mostFidelities } from './fidelity.js';
import { finetuneSchema } from './finetune.js';
import type { LabSpec } from './lab.js';
import { combinations } from './merit.js';
import { objectiveSchema, outcomeSchema } from './outcome-spec.js';
import { idSchema, nameSchema } from './parameters/numbers.js';
import { parameterSchema, parameterTypeNames } from './parameters/parameter.js';
import { propertiesSchema } from './properties.js';
import { replicatesSchema } from './replicates.js';
import { transferSchema } from './source.js';
import type { Space } from './space.js';
import { startSchema } from './start.js';

const scalar = z.union([z.number(), z.string()]);

/** A finite pool of designs in a CSV file. */
export const poolSchema = z.strictObject({
  file: z.string().min(1).describe('CSV with one design a row, relative to the campaign file'),
  id: z.string().optional().describe('column that names the rows; the row number from 0 where absent'),
  designColumns: z
    .array(
      z.strictObject({
        name: nameSchema,
        type: z.enum(parameterTypeNames),
        column: z.string().optional().describe('column of the file, the name where absent'),
        columns: z
          .array(z.string().min(1))
          .min(2)
          .optional()
          .describe('for type composition: columns with the amounts of the components that they are named after'),
        total: z
          .number()
          .positive()
          .optional()
          .describe('for type composition: what the amounts add up to, 1 where absent'),
        smiles: z
          .record(z.string().min(1), z.string())
          .optional()
          .describe('for type substance: SMILES of the names that stand in the column; where absent, it holds SMILES'),
        unit: z.string().optional(),
      }),
    )
    .min(1),
});

const spaceSchema = z.strictObject({
  parameters: z.array(parameterSchema).min(1).optional(),
  pool: poolSchema.optional(),
  properties: propertiesSchema
    .optional()
    .describe('numbers of substances and categories, for formulas: {boilingPoint: {THF: 66}}, or a table of them'),
  constraints: z.array(constraintSchema).optional().describe('what a design has to keep to be proposed'),
});

/** A stored model that encodes values of the space, beside what is always seen of them. */
export const encoderSchema = z.strictObject({
  model: z
    .string()
    .min(1)
    .describe("a model of 'athanor models list': ID for the version in use, or ID@VERSION; or elements, or curves"),
  on: z
    .array(nameSchema)
    .min(1)
    .optional()
    .describe('columns that it encodes, each by itself, or that name what curves were measured of; all where absent'),
  reaction: z.array(nameSchema).min(1).optional().describe('substances that it encodes as one reaction, in this order'),
  product: z
    .string()
    .min(1)
    .optional()
    .describe('of the reaction: a substance of the space, or the SMILES that it is in all designs'),
  curve: curveSchema.optional().describe('curves of the rows of the pool that it encodes'),
  output: z
    .string()
    .min(1)
    .optional()
    .describe('output of the model; the one that its manifest recommends where absent'),
  finetune: finetuneSchema
    .optional()
    .describe('when the campaign fine-tunes it on what it measured, and how; by hand alone where absent'),
});

/** See `encoderSchema`. */
export type EncoderSpec = z.infer<typeof encoderSchema>;

/** Encoders that a campaign file may name. */
const mostEncoders = 8;

/** Contexts that a campaign file may name. */
const mostContexts = 8;

/** Initial trials that a campaign file may ask for; more is a slip. */
export const mostInitialTrials = 10_000;

/** How designs are chosen. */
export const strategySchema = z.union([
  z.literal('default'),
  z.strictObject({
    surrogate: z.string().optional(),
    acquisition: z.string().optional(),
    initial: z
      .strictObject({
        trials: z
          .int()
          .min(1)
          .max(mostInitialTrials)
          .optional()
          .describe('how many initial designs at the target fidelity'),
        lowCost: z
          .number()
          .min(0)
          .max(mostInitialTrials)
          .optional()
          .describe('worth of initial trials at lower fidelities, in costs of one target trial'),
        plan: startSchema.optional().describe('how they are laid out, a Sobol sequence where absent'),
        designs: z.array(z.record(z.string(), scalar)).min(1).optional().describe('designs to run first'),
        rows: z
          .array(z.union([z.string().min(1), z.int().min(0)]).transform(String))
          .min(1)
          .optional()
          .describe('rows of the pool to run first'),
      })
      .optional(),
  }),
]);

/** What may be spent in all; at least one of the three. */
export const budgetSchema = z.strictObject({
  cost: z.number().positive().max(1e100).optional().describe('in the unit of the fidelity costs'),
  trials: z.int().min(1).optional(),
  wallClock: durationSchema.optional(),
});

/** A rule that ends the campaign. */
export const stopSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('targetReached'),
    value: z.number().describe('of the first objective'),
    others: z
      .record(z.string(), z.number())
      .optional()
      .describe('values of further objectives by name, which the same trial has to reach'),
  }),
  z.strictObject({ type: z.literal('noImprovement'), rounds: z.int().min(1) }),
  z.strictObject({
    type: z.literal('regretBound'),
    epsilon: z.number().positive(),
    probability: z.number().gt(0).lt(1),
  }),
]);

/** The campaign file: one strict schema, from which the JSON Schema for editors is generated. */
export const campaignSchema = z.strictObject({
  name: idSchema.describe('also the id of the campaign unless another is given'),
  description: z.string().optional(),
  seed: z.int().min(0).max(4294967295).default(1),
  adapters: z
    .array(z.string().min(1))
    .default([])
    .describe('modules that bring further adapters: package names, or paths relative to this file'),
  lab: z
    .union([z.string().min(1), z.strictObject({ name: idSchema })])
    .optional()
    .describe('lab file whose instruments the fidelities name, relative to this file'),
  priority: z
    .int()
    .min(-100)
    .max(100)
    .optional()
    .describe(
      'where campaigns share a lab: of several that wait for an instrument the one with the highest goes first; 0 where absent',
    ),
  space: spaceSchema,
  objectives: z.array(objectiveSchema).min(1),
  combine: z
    .enum(combinations)
    .optional()
    .describe(
      'how several objectives become one: the weighted geometric mean of how desirable each is, or one after the other in their order; where absent, their front is sought',
    ),
  outcomes: z
    .array(outcomeSchema)
    .min(1)
    .optional()
    .describe('what is measured beside the objectives; a trial may lack some of its outcomes'),
  fidelities: z.array(fidelitySchema).min(1).max(mostFidelities).describe('cheapest first; the last is the target'),
  ignore: z
    .array(z.string().min(1))
    .optional()
    .describe("columns of a person's own in tables of results, such as notes, to pass over"),
  encoders: z
    .array(encoderSchema)
    .max(mostEncoders)
    .optional()
    .describe('stored models that encode values of the space; an empty list for none, also not the usual one'),
  contexts: z
    .array(contextSchema)
    .min(1)
    .max(mostContexts)
    .optional()
    .describe(
      'what is measured of the surroundings and not chosen, such as humidity, operator or batch: told with results, learned from, and at its last value where designs are proposed',
    ),
  beliefs: z.array(beliefSchema).min(1).optional().describe('what is believed of good designs; it fades with data'),
  transfer: transferSchema.optional().describe('earlier campaigns on the same space, or an overlapping one'),
  strategy: strategySchema.default('default'),
  costs: z
    .enum(['measured', 'stated'])
    .optional()
    .describe(
      'what a trial is charged: what its adapter reports (measured, where absent), or what its fidelity states, so that a budget buys the same on every machine',
    ),
  budget: budgetSchema,
  stop: z.array(stopSchema).default([]),
  parallel: z.int().min(1).max(500).default(1).describe('trials in flight at the same time'),
  synchronous: z
    .boolean()
    .default(false)
    .describe('true: propose `parallel` trials together and wait for all of them; false: refill each slot as it frees'),
  maxConsecutiveFailures: z
    .int()
    .min(1)
    .default(10)
    .describe('trials in a row without a value after which the campaign stops (chemistry) or pauses (any other cause)'),
  approval: z
    .array(gateSchema)
    .min(1)
    .optional()
    .describe('which proposals a person is to approve before their trials begin: those that meet one of these gates'),
  replicates: replicatesSchema
    .optional()
    .describe(
      'how often one design is measured at the target fidelity, each time as a trial of its own; once where absent',
    ),
});

/** A campaign file that the schema accepted. */
export type CampaignSpec = z.infer<typeof campaignSchema>;
/** A measured value and what is wanted of it. */
export type Objective = CampaignSpec['objectives'][number];
/** A pool as the file describes it, before it is read. */
export type PoolSpec = z.infer<typeof poolSchema>;
/** How designs are chosen: by default, or spelled out. */
export type Strategy = CampaignSpec['strategy'];
/** A rule that ends the campaign before its budget does. */
export type StopRule = CampaignSpec['stop'][number];

/** A campaign ready to run: the file's contents, and the space with every file it names read. */
export interface Campaign {
  readonly id: string;
  readonly spec: CampaignSpec;
  readonly space: Space;
  /** The lab that the file names, as it is there; the store knows it by its name. */
  readonly lab?: LabSpec;
}

/** JSON Schema of the campaign file, for editors. */
export function campaignJsonSchema(): unknown {
  return z.toJSONSchema(campaignSchema, { io: 'input', target: 'draft-2020-12' });
}

/** The fidelity at which campaigns are judged: the last one. */
export function targetFidelity(spec: CampaignSpec): Fidelity {
  return spec.fidelities.at(-1)!;
}

/** The number of each fidelity in [0, 1], the cheapest first; undefined where the file gives none. */
export function fidelityNumbers({ fidelities }: CampaignSpec): readonly number[] | undefined {
  const numbers = fidelities.flatMap(({ fidelity }) => fidelity ?? []);
  return numbers.length === fidelities.length ? numbers : undefined;
}

/** Whether all lower fidelities are known to follow the target; without any, none is. */
export function areValidated({ fidelities }: CampaignSpec): boolean {
  const lower = fidelities.slice(0, -1);
  return lower.length > 0 && lower.every(({ trust }) => trust === 'validated');
}

/** What every trial of a fidelity is charged where the campaign charges costs as stated; else null. */
export function statedCost({ costs, fidelities }: CampaignSpec, fidelity: string): number | null {
  return costs === 'stated' ? fidelities.find(({ name }) => name === fidelity)!.cost : null;
}
