import { z } from 'zod';

const units = { ms: 1, s: 1_000, min: 60_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A duration as people write it: `90s`, `12h`, `1.5d`. */
export const durationSchema = z
  .string()
  .regex(/^\d+(\.\d+)?\s*(ms|s|min|m|h|d)$/, "a number with a unit ms, s, min, h or d, such as '6h'");

/** Milliseconds of a parsed duration. */
export function durationMs(text: string): number {
  const match = /^([\d.]+)\s*([a-z]+)$/.exec(text)!;
  return Number(match[1]) * units[match[2] as keyof typeof units];
}
