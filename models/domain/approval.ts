import { z } from 'zod';
import { durationMs, durationSchema } from './duration.js';
import { instantSchema } from './instant.js';

/** What happens to a proposal of which nobody said in time whether it is wanted; the most cautious first. */
export const approvalEndings = ['wait', 'reject', 'approve'] as const;
/** One of the endings above. */
export type ApprovalEnding = (typeof approvalEndings)[number];

/** What the schema of a gate accepts. Of its conditions all must hold; that there is one is checked with the file. */
export const gateSchema = z.strictObject({
  fidelity: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .optional()
    .describe('name of a fidelity, or a list of them'),
  costAbove: z.number().min(0).optional().describe('the estimated cost of the trial is above this'),
  noveltyAbove: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe(
      'every design that was tried differs by more than this share of its range in some parameter (1: another category)',
    ),
  first: z.int().min(1).optional().describe('so many first trials of the campaign, or of the fidelities named'),
  timeout: durationSchema.optional().describe('how long a person is waited for; for ever where absent'),
  otherwise: z
    .enum(approvalEndings)
    .optional()
    .describe('what happens after that: wait on (where absent), reject the proposal, or approve it'),
});
/** What a proposal must be like for a person to approve it before its trial begins. */
export type Gate = Readonly<z.infer<typeof gateSchema>>;

/** What keeps a gate from meaning something, as member and words; none where it does. */
export function gateFaults({ fidelity, costAbove, noveltyAbove, first, timeout, otherwise }: Gate) {
  const faults: { readonly path: 'otherwise' | ''; readonly message: string; readonly remedy: string }[] = [];
  if ([fidelity, costAbove, noveltyAbove, first].every((condition) => condition === undefined))
    faults.push({
      path: '',
      message: 'nothing says which proposals are to be approved',
      remedy: 'give one or more of fidelity, costAbove, noveltyAbove, first',
    });
  if (otherwise !== undefined && otherwise !== 'wait' && timeout === undefined)
    faults.push({ path: 'otherwise', message: `'${otherwise}' without a time`, remedy: "give 'timeout', such as 12h" });
  return faults;
}

/** What the schema of an approval that is asked for accepts. */
export const askedApprovalSchema = z
  .strictObject({
    /** The gates that want it, in words. */
    why: z.array(z.string()).min(1).readonly(),
    /** How long a person is waited for, milliseconds; null where for ever. */
    timeoutMs: z.number().positive().nullable(),
    otherwise: z.enum(approvalEndings),
    /** Until when, milliseconds since 1970; null where for ever, or before the campaign has heard of the proposal. */
    until: instantSchema.nullable(),
  })
  .readonly();
/** That a person is to say whether a proposal is wanted, before its trial begins. */
export type AskedApproval = z.infer<typeof askedApprovalSchema>;

/**
 * What several gates come to that a proposal meets: the most cautious ending holds, and of equal ones the longest time.
 *
 * @param met - one or more, each with its words
 */
export function joinedGates(met: readonly (readonly [gate: Gate, words: string])[]): AskedApproval {
  const endingOf = ({ otherwise = 'wait' }: Gate) => approvalEndings.indexOf(otherwise);
  const least = Math.min(...met.map(([gate]) => endingOf(gate)));
  const times = met
    .filter(([gate]) => endingOf(gate) === least)
    .map(([{ timeout }]) => (timeout === undefined ? Number.POSITIVE_INFINITY : durationMs(timeout)));
  const longest = Math.max(...times);
  return {
    why: met.map(([, words]) => words),
    timeoutMs: Number.isFinite(longest) ? longest : null,
    otherwise: approvalEndings[least]!,
    until: null,
  };
}
