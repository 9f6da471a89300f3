import { describe, expect, it } from 'vitest';
import { readTable } from '../../../models/table/read-table.js';

const known = ['temp', 'time', 'yield', 'cost'];
const faultsOf = async (text: string, names: readonly string[] = known) => {
  const found = await readTable(new TextEncoder().encode(text), { known: names, rowFaults: [] });
  return 'columns' in found ? [] : found.map(({ line, message }) => `${line}: ${message}`);
};

describe('a header below other rows', () => {
  it.each([
    ['a title', 'Run of March\n\ntemp,time,yield\n20,1,50\n30,2,60\n'],
    ['a title among commas', 'Run of March,,\n,,\ntemp,time,yield\n20,1,50\n'],
    [
      'groups of columns',
      'conditions;;results\n"in\ndays";;\n temp ; time ;yield\n20;1;50\n'.replace('"in\ndays"', 'x'),
    ],
    ['another sign between cells', 'sheet of A; B\n\ntemp\ttime\tyield\n20\t1\t50\n'],
  ])('is one fault, of %s', async (_, text) => {
    expect(await faultsOf(text)).toEqual([
      expect.stringMatching(/^1: the header seems to be in line 3 \(temp, time, yield\), below '/),
    ]);
  });

  it('is told by its line where cells above hold several, or the sign is given', async () => {
    expect(await faultsOf('"a\nb\nc",x\ntemp,yield\n1,2\n')).toEqual([
      expect.stringContaining('in line 4 (temp, yield)'),
    ]);
    expect(await faultsOf('sep=;\nnotes\ntemp;yield\n1;2\n')).toEqual([expect.stringMatching(/^2: .* in line 3 /)]);
  });

  it('is none where the first row has the names, or no row has', async () => {
    expect(await faultsOf('temp,time,yield\n20,1,50\ntemp,1,2\n')).toEqual([]);
    expect(await faultsOf('sep=;\ntemp;yield\n1;2\n')).toEqual([]);
    expect(await faultsOf('a,b\n1,2\ntemp,3\n')).toEqual([]);
    expect(await faultsOf('title\na,b\n', [])).toEqual([]);
  });
});
