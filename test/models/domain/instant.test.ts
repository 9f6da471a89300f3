import { expect, it } from 'vitest';
import { instantSchema } from '../../../models/domain/instant.js';

it('a moment is one that a date can tell, to its ends', () => {
  for (const at of [-8.64e15, 0, 1.5, 8.64e15]) {
    expect(instantSchema.parse(at)).toBe(at);
    expect(new Date(at).toISOString()).toMatch(/Z$/);
  }
  for (const at of [-8.65e15, 8.65e15, Number.NaN, Number.POSITIVE_INFINITY, '2026-11-29'])
    expect(instantSchema.safeParse(at).success).toBe(false);
});
