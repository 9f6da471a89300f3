import { expect, it } from 'vitest';
import { leftWords, rawLimits } from '../../../models/domain/raw-limits.js';

it('says of what is not kept how large it is, what is kept, and where it lies', () => {
  expect(rawLimits.fileBytes).toBeLessThanOrEqual(rawLimits.trialBytes);
  expect(leftWords('a.raw', { size: 12, limit: 10, at: '/d/a.raw', of: 'file' })).toBe(
    'a.raw: 12 bytes; at most 10 of one file are kept; it is left at /d/a.raw',
  );
  expect(leftWords('a.raw', { size: null, limit: 10, of: 'trial' })).toBe(
    'a.raw: more than 10 bytes; at most 10 of one trial are kept; it is left where it is',
  );
});
