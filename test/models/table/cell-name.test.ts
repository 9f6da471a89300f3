import { expect, test } from 'vitest';
import { cellName, cellPlace } from '../../../models/table/cell-name.js';

test('cells are named as in spreadsheets', () => {
  for (const [place, row, name] of [
    [0, 1, 'A1'],
    [9, 3, 'J3'],
    [25, 10, 'Z10'],
    [26, 2, 'AA2'],
    [701, 1, 'ZZ1'],
    [702, 1, 'AAA1'],
    [16_383, 1_048_576, 'XFD1048576'],
  ] as const) {
    expect(cellName(place, row)).toBe(name);
    expect(cellPlace(name)).toEqual({ row, place });
  }
  expect(cellPlace('R1C1')).toBeNull();
});
