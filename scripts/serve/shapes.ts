import { z } from '@hono/zod-openapi';
import { approvalEndings } from '../../models/domain/approval.js';
import { needs, phases, stopReasons, trialStates } from '../../models/domain/record.js';
import { trialOutcomes } from '../../models/domain/trial.js';
import { causeClasses } from '../../models/domain/verdicts.js';

/** Milliseconds since 1970. */
const instant = z.number().openapi({ description: 'milliseconds since 1970' });
const byName = z.record(z.string(), z.number());
const design = z.record(z.string(), z.union([z.number(), z.string()]));
const stop = z.object({ reason: z.enum(stopReasons), text: z.string() });
const cause = z.object({ class: z.enum(causeClasses), code: z.string(), message: z.string() });

/** A trial within its campaign: r3-p1. */
export const trialPlace = z
  .string()
  .regex(/^r[1-9]\d{0,8}-p[1-9]\d{0,8}$/)
  .openapi({ example: 'r3-p1' });

/** The id of a trial: c and r3-p1 as c/r3/p1. */
export function trialIdOf(campaign: string, place: string): string {
  return `${campaign}/${place.replace('-', '/')}`;
}

/** A campaign in a list. */
export const campaignHead = z
  .object({
    id: z.string(),
    name: z.string(),
    phase: z.enum(phases),
    stop: stop.nullable(),
    problem: z.string().nullable().openapi({ description: 'what stands in the way until a person resumes' }),
    createdAt: instant,
    endedAt: instant.nullable(),
  })
  .openapi('CampaignHead');

/** A campaign in figures. */
export const campaignReport = campaignHead
  .extend({
    budget: z
      .object({ cost: z.number().nullable(), trials: z.number().nullable(), wallClockMs: z.number().nullable() })
      .nullable(),
    rounds: z.int(),
    proposed: z.int(),
    running: z.int(),
    withdrawn: z.int(),
    measured: z.int(),
    failed: z.int(),
    quarantined: z.int(),
    cancelled: z.int(),
    spent: z.number().openapi({ description: "in the unit of the fidelities' costs" }),
    best: z.object({ trialId: z.string(), value: z.number() }).loose().nullable(),
    inFlight: z.array(
      z.object({
        id: z.string(),
        generation: z.int(),
        fidelity: z.string(),
        rowId: z.string().nullable(),
        startedAt: instant.nullable(),
      }),
    ),
    fidelities: z.array(z.object({ fidelity: z.string(), trials: z.int(), cost: z.number() })),
    unresolved: z.array(z.string()),
    workflow: z.enum(['running', 'closed', 'missing', 'unreachable']),
    worked: z
      .boolean()
      .nullable()
      .openapi({ description: 'whether a worker asks for its work; null where nobody can tell' }),
  })
  .openapi('Campaign');

/** A campaign in figures, as it is told. */
export type CampaignReportView = z.infer<typeof campaignReport>;

/** What is known of a trial. */
export const trialShape = z
  .object({
    id: z.string().openapi({ example: 'redox/r3/p1' }),
    round: z.int(),
    index: z.int(),
    design,
    rowId: z.string().nullable(),
    fidelity: z.string(),
    estimatedCost: z.number(),
    state: z.enum(trialStates),
    needs: z.enum(needs).nullable(),
    generation: z.int(),
    reason: z.object({ kind: z.string(), text: z.string(), mean: z.number().nullable(), sd: z.number().nullable() }),
    outcome: z.enum(trialOutcomes).nullable(),
    values: byName,
    noise: byName,
    cost: z.number().nullable(),
    cause: cause.nullable(),
    artefacts: z.record(z.string(), z.string()).openapi({ description: 'raw outputs: name to sha256' }),
    achieved: design.nullable().openapi({ description: 'what was set in truth, where that differs' }),
    contexts: z.record(z.string(), z.object({ value: z.union([z.number(), z.string()]), unit: z.string().optional() })),
    rulings: z.int(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
  })
  .openapi('Trial');
/** A trial as it is told. */
export type Trial = z.infer<typeof trialShape>;

/** A trial that waits for a person. */
export const waitingShape = z
  .object({
    campaignId: z.string(),
    trialId: z.string(),
    needs: z.enum([...needs, 'ruling']),
    fidelity: z.string(),
    design,
    rowId: z.string().nullable(),
    estimatedCost: z.number(),
    reason: z.object({ text: z.string(), mean: z.number().nullable(), sd: z.number().nullable() }),
    generation: z.int(),
    rulings: z.int(),
    cause: cause.nullable(),
    since: instant,
    instructions: z.string().nullable(),
    step: z.string().nullable(),
    instrument: z.string().nullable(),
    until: instant.nullable().openapi({ description: 'until when an approval is waited for' }),
    otherwise: z.enum(approvalEndings).nullable().openapi({ description: 'what happens to it after that' }),
    gates: z.array(z.string()).openapi({ description: 'why an approval is asked for, in words' }),
  })
  .openapi('WaitingTrial');
/** One of these. */
export type WaitingTrialView = z.infer<typeof waitingShape>;

/** What every act of a person may say. */
export const reason = z.string().trim().min(1).max(2_000).openapi({ description: 'why, kept with the decision' });
