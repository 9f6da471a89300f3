/**
 * What a person may hold of an observation. `release`: what was answered counts as measured. `amend`: other values count.
 * `discard`: nothing of it counts. `failed`: it failed, with a class of cause. `notStarted`: it never ran.
 */
export const verdicts = ['release', 'amend', 'discard', 'failed', 'notStarted'] as const;
/** One of the verdicts above. */
export type Verdict = (typeof verdicts)[number];

/**
 * Who is to blame for a failed trial. Only `chemistry` says something about the design; `device` and `operator`
 * do not, and `unknown` means that nobody can tell.
 */
export const causeClasses = ['chemistry', 'device', 'operator', 'unknown'] as const;
/** One of the classes above. */
export type CauseClass = (typeof causeClasses)[number];
