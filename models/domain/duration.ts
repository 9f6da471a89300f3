import { z } from 'zod';

/** Longer than any campaign, milliseconds; timers and dates can still tell it. */
const longestMs = 100 * 365 * 86_400_000;

const units = { ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

const shape = /^\d+(\.\d+)?\s*(ms|s|min|m|h|d)$/;

/** A duration as people write it: `90s`, `12h`, `1.5d`. */
export const durationSchema = z
  .string()
  .regex(shape, "a number with a unit ms, s, min, h or d, such as '6h'")
  .refine(
    (text) => !shape.test(text) || (durationMs(text) >= 1 && durationMs(text) <= longestMs),
    'from 1ms to 36500d',
  );

/** Milliseconds of a parsed duration. */
export function durationMs(text: string): number {
  const match = /^([\d.]+)\s*([a-z]+)$/.exec(text)!;
  return Number(match[1]) * units[match[2] as keyof typeof units];
}
