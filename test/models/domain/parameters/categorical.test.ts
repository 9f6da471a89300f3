import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { categorical, repeated } from '../../../../models/domain/parameters/categorical.js';
import { remarked } from '../../../../models/domain/parameters/remark.js';
import { parameterLaws } from './laws.js';

describe('categorical', () => {
  parameterLaws(
    fc
      .uniqueArray(fc.stringMatching(/^[A-Za-z0-9-]{1,8}$/), { minLength: 1, maxLength: 12 })
      .map((levels) => ({ name: 'c', type: 'categorical' as const, levels })),
  );

  test('levels keep the order of the file and are told apart by their place', () => {
    const parameter = { name: 'c', type: 'categorical' as const, levels: ['XPhos', 'SPhos'] };
    expect(categorical.values(parameter)).toEqual(['XPhos', 'SPhos']);
    expect(categorical.feature(parameter, 'SPhos')).toEqual({ kind: 'category', index: 1 });
    expect(categorical.refuses(parameter, 'xphos')).toBe('did you mean XPhos or SPhos? one of XPhos, SPhos');
  });

  test('a column gives its distinct names in alphabetical order, so that row order does not matter', () => {
    expect(categorical.fromColumn({ name: 'c', cells: ['b', 'a', 'b'] })).toEqual({
      parameter: { name: 'c', type: 'categorical', levels: ['a', 'b'] },
      values: ['b', 'a', 'b'],
    });
    expect(categorical.fromColumn({ name: 'c', cells: ['b', ' '] })).toEqual([
      expect.objectContaining({ message: "1 cell not a name (row 2: ' ', empty)" }),
    ]);
  });

  test('cells that hold no name are all named, errors of spreadsheets too', () => {
    const cells = ['a', '', '#N/A', remarked('=B2', 'not computed'), '', 'b'];
    expect(categorical.fromColumn({ name: 'c', cells, lineOf: (row) => row + 2 })).toMatchObject([
      {
        message:
          "4 cells not a name (line 3: '', empty; line 4: '#N/A', an error of a formula, no value; line 5: '=B2', not computed; line 6: '', empty)",
      },
    ]);
  });

  test('repeated entries are named once each, twenty at most', () => {
    expect(repeated(['a', 'b'], 'levels')).toEqual([]);
    expect(repeated(['a', 'b', 'a', 'a', 'b'], 'levels')[0]!.message).toBe('given twice: a, b');
    const many = [...'abcdefghijklmnopqrstuvw', ...'abcdefghijklmnopqrstuvw'];
    expect(repeated(many, 'levels')[0]!.message).toBe(
      `given twice: ${[...'abcdefghijklmnopqrst'].join(', ')}, and 3 more`,
    );
  });
});
