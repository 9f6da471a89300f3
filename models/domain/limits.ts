import { z } from 'zod';

/** Lowest and highest value that can be true; null on a side without a limit. */
export const limitsSchema = z
  .tuple([z.number().nullable(), z.number().nullable()])
  .refine(([low, high]) => low === null || high === null || low < high, 'the lower limit first, below the upper one');

/** What the schema above accepts. */
export type Limits = Readonly<z.infer<typeof limitsSchema>>;

/** What is wrong with a value beyond its limits, in words; null where nothing is. */
export function beyond(name: string, value: number, [low, high]: Limits): string | null {
  if ((low === null || value >= low) && (high === null || value <= high)) return null;
  return `${name} = ${value} lies beyond its limits, ${limitsText([low, high])}`;
}

/** What is allowed, in words. */
export function limitsText([low, high]: Limits): string {
  if (low === null) return high === null ? 'anything' : `at most ${high}`;
  return high === null ? `at least ${low}` : `from ${low} to ${high}`;
}

/** An outcome as far as its limits go. */
interface Limited {
  readonly name: string;
  readonly limits?: Limits | undefined;
}

/** The limits of each outcome that has some. */
export function limitsOf({
  objectives,
  outcomes = [],
}: {
  readonly objectives: readonly Limited[];
  readonly outcomes?: readonly Limited[] | undefined;
}): Readonly<Record<string, Limits>> {
  const limited = [...objectives, ...outcomes];
  return Object.fromEntries(limited.flatMap(({ name, limits }) => (limits === undefined ? [] : [[name, limits]])));
}
