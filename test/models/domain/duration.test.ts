import { expect, test } from 'vitest';
import { durationMs, durationSchema } from '../../../models/domain/duration.js';

test.each([
  ['250ms', 250],
  ['90s', 90_000],
  ['2m', 120_000],
  ['2 min', 120_000],
  ['12h', 43_200_000],
  ['1.5d', 129_600_000],
])('%s is %d ms', (text, ms) => {
  expect(durationMs(durationSchema.parse(text))).toBe(ms);
});

test.each(['', '5', 'h', '-1h', '1 week', '1h30m', '1e3s'])("'%s' is no duration", (text) => {
  expect(durationSchema.safeParse(text).error?.issues[0]?.message).toContain("such as '6h'");
});
