import { z } from 'zod';

/** Trials of one design that a campaign file may ask for; more is a slip. */
const mostReplicates = 100;

const count = z.int().min(1).max(mostReplicates);

/** What the schema of replicates accepts. */
export const replicatesSchema = z.strictObject({
  atTarget: count
    .default(1)
    .describe('how many trials at the target fidelity each design gets, whatever they give; 1 where absent'),
  whenDisagreeing: count
    .optional()
    .describe(
      'how many it gets at most where its values differ by more than those of one design elsewhere, or where it is the best by a single value that noise may have made; as many as atTarget where absent',
    ),
});

/** How often one design is measured at the target fidelity, each time as a trial of its own. */
export type ReplicateRule = Readonly<z.infer<typeof replicatesSchema>>;

/** Whether designs are measured more than once by rule. */
export function asksReplicates(rule: ReplicateRule | undefined): rule is ReplicateRule {
  return rule !== undefined && (rule.atTarget > 1 || rule.whenDisagreeing !== undefined);
}
