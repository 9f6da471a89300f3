import { expect, it } from 'vitest';
import { personSettings } from '../../../models/domain/person.js';

it('may say nothing at all, and nothing that it does not know', () => {
  expect(personSettings.parse({})).toEqual({});
  const fields = { mass: { unit: 'mg', min: 0, max: 5, required: true } };
  expect(personSettings.parse({ instructions: 'weigh', fields, file: 'the scan' }).fields).toEqual(fields);
  for (const wrong of [{ instruction: 'weigh' }, { instructions: '' }, { fields: { mass: { lowest: 1 } } }])
    expect(personSettings.safeParse(wrong).success).toBe(false);
});
