import { expect, it } from 'vitest';
import { exactJson } from '../../../activities/store/exact-json.js';
import { DesignColumns } from '../../../models/domain/design-list.js';

it('exactJson writes designs that are kept as columns as it writes a list of them', () => {
  const designs = [
    { x: -0, base: 'b' },
    { x: 1e21, base: '' },
  ];
  const columns = new DesignColumns(['x', 'base'], [Float64Array.of(-0, 1e21), ['b', '']], 2);
  expect(exactJson({ designs: columns })).toBe('{"designs":[{"x":-0,"base":"b"},{"x":1e+21,"base":""}]}');
  for (const sorted of [false, true]) expect(exactJson(columns, sorted)).toBe(exactJson(designs, sorted));
  const bad = new DesignColumns(['x'], [Float64Array.of(1, Number.NaN)], 2);
  expect(() => exactJson({ designs: bad })).toThrow(/\.designs\[1\]\.x is NaN/);
});
