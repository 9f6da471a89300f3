import { z } from 'zod';

/** Of table `store_mark`. */
export const markRow = z.object({ id: z.string(), life: z.number(), beats: z.coerce.number() });

/** Where a database stands: `life` and then `beats` only ever grow, unless an older state of it is restored. */
export type StoreMark = Readonly<z.infer<typeof markRow>>;

/** Whether a database stands further back than it did before. */
export function isBehind(now: StoreMark, before: StoreMark): boolean {
  return now.id === before.id && (now.life - before.life || now.beats - before.beats) < 0;
}
