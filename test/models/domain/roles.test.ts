import { expect, it } from 'vitest';
import { maySpeakAs, roleSchema, roles } from '../../../models/domain/roles.js';

it('each role may do what those before it may, and no more', () => {
  for (const [i, role] of roles.entries())
    expect(roles.filter((needed) => maySpeakAs(role, needed))).toEqual(roles.slice(0, i + 1));
  expect(roleSchema.safeParse('owner').success).toBe(false);
});
