import { z } from 'zod';
import { budgetSchema, campaignSchema, type StopRule, stopSchema } from './campaign.js';
import { type ContextValues, type SaidContexts, saidContextsSchema } from './contexts.js';
import { type AuditEntry, type StopReason, stopReasons } from './record.js';

const [targetReached, noImprovement, regretBound] = stopSchema.options;

/** What people may change of a running campaign, in the words of its file. What is not named stays as it is, null is for none. */
export const changeSchema = z.strictObject({
  parallel: campaignSchema.shape.parallel.unwrap().optional(),
  budget: z
    .strictObject({
      cost: budgetSchema.shape.cost.unwrap().nullable().optional(),
      trials: budgetSchema.shape.trials.unwrap().nullable().optional(),
      wallClock: budgetSchema.shape.wallClock.unwrap().nullable().optional(),
    })
    .optional(),
  stop: z
    .strictObject({
      targetReached: targetReached.omit({ type: true }).nullable().optional(),
      noImprovement: noImprovement.omit({ type: true }).nullable().optional(),
      regretBound: regretBound.omit({ type: true }).nullable().optional(),
    })
    .optional(),
  /** Parameters that proposals keep to a value from the next round on; null where one is free again. */
  fixed: z.record(z.string(), z.union([z.number(), z.string()]).nullable()).optional(),
  /** What contexts are now, until a trial that is proposed from then on tells otherwise. */
  contexts: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
});
/** The same as a person gives it. */
export type GivenChange = Readonly<z.infer<typeof changeSchema>>;

/** New stop rules by their type; null where a campaign is to have none of it. */
export type StopChange = { readonly [Type in StopRule['type']]?: RuleOf<Type> | null };
type RuleOf<Type> = Readonly<Omit<Extract<StopRule, { readonly type: Type }>, 'type'>>;

/** What may be spent in all; null where unlimited. */
export interface BudgetInForce {
  readonly cost: number | null;
  readonly trials: number | null;
  /** Milliseconds since the start of the campaign. */
  readonly wallClockMs: number | null;
}

/** A change, checked; what is not named stays as it is. */
export interface Change {
  readonly parallel?: number;
  readonly budget?: Partial<BudgetInForce>;
  readonly stop?: StopChange;
  /** Null where a parameter is free again. */
  readonly fixed?: Readonly<Record<string, number | string | null>>;
  /** What contexts are now. */
  readonly contexts?: ContextValues;
}

/** All of a campaign that people may change while it runs, as it is at a moment. */
export interface InForce {
  readonly parallel: number;
  readonly budget: BudgetInForce;
  readonly stop: readonly StopRule[];
  /** Reasons to stop that a person no longer wants, though a rule says so. */
  readonly lifted: readonly StopReason[];
  /** Parameters that proposals keep to a value, by name; absent where none does. */
  readonly fixed?: Readonly<Record<string, number | string>> | undefined;
  /** What a person said of contexts; absent where nobody did. */
  readonly contexts?: SaidContexts | undefined;
}

const inForceSchema = z.object({
  parallel: z.int().min(1),
  budget: z.object({ cost: z.number().nullable(), trials: z.number().nullable(), wallClockMs: z.number().nullable() }),
  stop: z.array(stopSchema),
  lifted: z.array(z.enum(stopReasons)),
  fixed: z.record(z.string(), z.union([z.number(), z.string()])).optional(),
  contexts: saidContextsSchema.optional(),
});

const detailsSchema = z.object({
  sinceRound: z.int().min(1),
  was: inForceSchema,
  is: inForceSchema,
});

/** What people did by which another budget, parallelism or stop rule came into force. */
export const changeActions: readonly string[] = ['change', 'budget', 'parallel', 'extend'];

/** That something of a campaign was changed while it ran. */
export interface Changed extends AuditEntry {
  /** Which of all changes of the campaign, from 1. */
  readonly n: number;
  /** The first round that is decided with it, and what was in force before and after; null of versions that did not tell. */
  readonly told: z.infer<typeof detailsSchema> | null;
}

/** The changes among what people decided, oldest first. */
export function changesOf(audit: readonly AuditEntry[]): readonly Changed[] {
  return audit
    .filter(({ action }) => changeActions.includes(action))
    .map((entry, i) => ({ ...entry, n: i + 1, told: detailsSchema.safeParse(entry.details).data ?? null }));
}
