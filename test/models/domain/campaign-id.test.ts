import { expect, it } from 'vitest';
import { campaignIdSchema } from '../../../models/domain/campaign-id.js';

it.each(['a', 'quinone-posolyte', 'v1.2_x', 'Lösung-7', 'x'.repeat(64)])('%s can be an id', (id) => {
  expect(campaignIdSchema.safeParse(id).success).toBe(true);
});

it.each(['', '.', '..', '../x', 'a/b', 'a\\b', 'C:x', '-x', '1', 'a b', 'a\nb', 'a\u0000', 'a\u202eb', 'x'.repeat(65)])(
  '%j cannot',
  (id) => {
    expect(campaignIdSchema.safeParse(id).success).toBe(false);
  },
);
