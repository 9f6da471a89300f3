import { z } from 'zod';

/** Who may do what, from least to most: each may do all that those before it may. */
export const roles = ['viewer', 'operator', 'scientist', 'admin'] as const;
/** What the schema of a role accepts. */
export const roleSchema = z.enum(roles);
/**
 * A `viewer` reads, stops the lab and acknowledges alarms; an `operator` runs it: approves, enters results, pauses, releases stops; a
 * `scientist` decides what is sought: campaigns, designs, budgets, what counts; an `admin` gives access.
 */
export type Role = z.infer<typeof roleSchema>;

/** Whether somebody of a role may do what needs another. */
export function maySpeakAs(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed);
}
