import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packedRows, spaceCodesSchema, unpackedRows } from '../../../models/domain/space-codes.js';

it('numbers of molecules come back bit for bit, whatever they are', () => {
  const rows = fc
    .integer({ min: 1, max: 5 })
    .chain((width) =>
      fc.array(fc.float32Array({ minLength: width, maxLength: width, noNaN: true }), { minLength: 1, maxLength: 6 }),
    );
  fc.assert(
    fc.property(rows, (given) => {
      const keys = given.map((_, i) => 'C'.repeat(i + 1));
      const about = {
        encoder: 'e@1',
        output: 'o',
        identity: 'b'.repeat(64),
        reads: 'molecules',
        on: ['acid'],
        width: given[0]!.length,
        keys,
      };
      const read = spaceCodesSchema.parse(JSON.parse(JSON.stringify({ ...about, rows: packedRows(given) })));
      expect([...unpackedRows(read)]).toEqual(keys.map((one, i) => [one, given[i]]));
    }),
  );
});
