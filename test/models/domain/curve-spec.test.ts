import { expect, it } from 'vitest';
import { curveSchema } from '../../../models/domain/curve-spec.js';

it('curves stand in several columns, in one, or in files, and in one of these', () => {
  expect(curveSchema.parse({ column: 'all' })).toEqual({ column: 'all', normalise: 'snv' });
  for (const where of [{ columns: ['a', 'b'] }, { columns: { from: 'a', to: 'b' } }, { files: 'file' }])
    expect(curveSchema.safeParse(where).success).toBe(true);
  for (const wrong of [{}, { column: 'a', files: 'b' }, { columns: ['a'] }, { column: 'a', explained: 1 }])
    expect(curveSchema.safeParse(wrong).success).toBe(false);
});
