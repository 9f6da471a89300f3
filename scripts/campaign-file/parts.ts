import { z } from 'zod';
import { type Gate, gateSchema } from '../../models/domain/approval.js';
import { type Belief, beliefSchema } from '../../models/domain/belief.js';
import type { CampaignSpec, Objective, PoolSpec, StopRule, Strategy } from '../../models/domain/campaign.js';
import { budgetSchema, campaignSchema, poolSchema, stopSchema, strategySchema } from '../../models/domain/campaign.js';
import { type Constraint, constraintSchema } from '../../models/domain/constraints/constraint.js';
import { type ContextSpec, contextSchema } from '../../models/domain/contexts.js';
import { type Fidelity, fidelitySchema } from '../../models/domain/fidelity.js';
import { type OutcomeSpec, objectiveSchema, outcomeSchema } from '../../models/domain/outcome-spec.js';
import { parameterSchema } from '../../models/domain/parameters/parameter.js';
import { type PropertySpec, propertySchema } from '../../models/domain/properties.js';
import { type RecipeStep, recipeSchema } from '../../models/domain/recipe.js';
import { type ReplicateRule, replicatesSchema } from '../../models/domain/replicates.js';
import { type SourceSpec, sourceSchema } from '../../models/domain/source.js';
import { valueAt } from './document.js';
import { unknownKeys } from './schema-faults.js';

type AnyParameter = z.infer<typeof parameterSchema>;

/**
 * What can be read of a campaign file even where other parts are wrong, so that one run finds all faults: entries that do
 * not fit the schema are undefined and keep their place.
 */
export interface CampaignParts {
  readonly space: {
    readonly parameters: readonly (AnyParameter | undefined)[] | undefined;
    readonly constraints: readonly (Constraint | undefined)[] | undefined;
    readonly properties: Readonly<Record<string, PropertySpec | undefined>>;
  };
  readonly pool: PoolSpec | undefined;
  readonly objectives: readonly (Objective | undefined)[];
  readonly outcomes: readonly (OutcomeSpec | undefined)[];
  readonly fidelities: readonly FidelityParts[];
  readonly contexts: readonly (ContextSpec | undefined)[];
  readonly beliefs: readonly (Belief | undefined)[];
  readonly transfer: readonly (SourceSpec | undefined)[];
  readonly strategy: Exclude<Strategy, 'default'> | undefined;
  readonly budget: {
    readonly cost: number | undefined;
    readonly trials: number | undefined;
    readonly wallClock: string | undefined;
  };
  /** The lab file, as it is named. */
  readonly lab: string | undefined;
  /** Whether the budget is a mapping without a single entry, or not there at all. */
  readonly budgetEmpty: boolean;
  readonly stop: readonly (StopRule | undefined)[];
  readonly approval: readonly (Gate | undefined)[];
  readonly combine: CampaignSpec['combine'];
  readonly replicates: ReplicateRule | undefined;
}

/** Fields of one fidelity, each undefined where it does not fit. */
export interface FidelityParts {
  readonly name: string | undefined;
  readonly adapter: string | undefined;
  readonly instrument: string | undefined;
  /** Undefined where there is none; steps that do not fit are undefined and keep their place. */
  readonly recipe: readonly (RecipeStep | undefined)[] | undefined;
  readonly fidelity: number | undefined;
  readonly cost: number | undefined;
  readonly settings: Readonly<Record<string, unknown>> | undefined;
  readonly trust: Fidelity['trust'];
}

/** Reads what can be read; unknown keys are left aside. */
export function readParts(document: unknown): CampaignParts {
  const value = withoutUnknownKeys(document);
  const part = <T>(schema: z.ZodType<T>, ...path: PropertyKey[]): T | undefined => {
    const given = valueAt(value, path);
    return given === undefined ? undefined : schema.safeParse(given).data;
  };
  const list = <T>(schema: z.ZodType<T>, ...path: PropertyKey[]): (T | undefined)[] | undefined => {
    const given = valueAt(value, path);
    return Array.isArray(given) ? given.map((entry) => schema.safeParse(entry).data) : undefined;
  };
  const entries = <T>(schema: z.ZodType<T>, ...path: PropertyKey[]): Record<string, T | undefined> => {
    const given = valueAt(value, path);
    if (typeof given !== 'object' || given === null) return {};
    return Object.fromEntries(Object.entries(given).map(([name, entry]) => [name, schema.safeParse(entry).data]));
  };
  const strategy = part(strategySchema, 'strategy');
  const budget = valueAt(document, ['budget']);
  const fidelities = valueAt(value, ['fidelities']);
  return {
    space: {
      parameters: list(parameterSchema, 'space', 'parameters'),
      constraints: list(constraintSchema, 'space', 'constraints'),
      properties: entries(propertySchema, 'space', 'properties'),
    },
    pool: part(poolSchema, 'space', 'pool'),
    objectives: list(objectiveSchema, 'objectives') ?? [],
    outcomes: list(outcomeSchema, 'outcomes') ?? [],
    fidelities: (Array.isArray(fidelities) ? fidelities : []).map((_, i) => ({
      name: part(fidelitySchema.shape.name, 'fidelities', i, 'name'),
      adapter: part(fidelitySchema.shape.adapter, 'fidelities', i, 'adapter'),
      instrument: part(fidelitySchema.shape.instrument, 'fidelities', i, 'instrument'),
      recipe: list(recipeSchema.element, 'fidelities', i, 'recipe'),
      fidelity: part(fidelitySchema.shape.fidelity, 'fidelities', i, 'fidelity'),
      cost: part(fidelitySchema.shape.cost, 'fidelities', i, 'cost'),
      trust: part(fidelitySchema.shape.trust, 'fidelities', i, 'trust'),
      settings:
        valueAt(value, ['fidelities', i, 'settings']) === undefined
          ? {}
          : part(fidelitySchema.shape.settings.unwrap(), 'fidelities', i, 'settings'),
    })),
    contexts: list(contextSchema, 'contexts') ?? [],
    beliefs: list(beliefSchema, 'beliefs') ?? [],
    transfer: list(sourceSchema, 'transfer') ?? [],
    strategy: strategy === 'default' ? undefined : strategy,
    budget: {
      cost: part(budgetSchema.shape.cost, 'budget', 'cost'),
      trials: part(budgetSchema.shape.trials, 'budget', 'trials'),
      wallClock: part(budgetSchema.shape.wallClock, 'budget', 'wallClock'),
    },
    lab: part(z.string(), 'lab'),
    budgetEmpty: typeof budget === 'object' && budget !== null && Object.keys(budget).length === 0,
    stop: list(stopSchema, 'stop') ?? [],
    approval: list(gateSchema, 'approval') ?? [],
    combine: part(campaignSchema.shape.combine, 'combine'),
    replicates: part(replicatesSchema, 'replicates'),
  };
}

function withoutUnknownKeys(document: unknown): unknown {
  const copy = structuredClone(document);
  for (const path of unknownKeys(campaignSchema, copy)) {
    const parent = valueAt(copy, path.slice(0, -1));
    delete (parent as Record<PropertyKey, unknown>)[path.at(-1)!];
  }
  return copy;
}
