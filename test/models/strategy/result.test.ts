import { describe, expect, it } from 'vitest';
import type { Fault } from '../../../models/domain/fault.js';
import { type Result, resultChecker } from '../../../models/strategy/result.js';
import { someCampaign, somePool } from '../../support/campaigns.js';

const free = resultChecker(someCampaign());
const pool = somePool(5);
const twins = {
  ...pool,
  pool: { ids: [...pool.pool!.ids, 'twin'], designs: [...pool.pool!.designs, pool.pool!.designs.at(2)!] },
};
const pooled = resultChecker(someCampaign({}, twins));
const design = { x: 0.5, y: -1 };

const faultsOf = (found: ReturnType<typeof free>) =>
  (found as readonly Fault[]).map(({ path, message }) => `${path}: ${message}`);

describe('a result', () => {
  it('is measured at the target for the cost of its fidelity, unless it says otherwise', () => {
    expect(free({ design, value: 3 })).toEqual({
      design,
      rowId: null,
      fidelity: expect.objectContaining({ name: 'high' }),
      outcome: 'measured',
      values: { f: 3 },
      cost: 1,
      contexts: {},
      outside: null,
    });
    expect(free({ design, fidelity: 'low', outcome: 'failed', cost: 0 })).toMatchObject({
      fidelity: { name: 'low' },
      outcome: 'failed',
      values: {},
      cost: 0,
    });
  });

  it('costs what its fidelity states where the campaign charges costs as stated', () => {
    const stated = resultChecker(someCampaign({ costs: 'stated' }));
    expect(stated({ design, value: 3, cost: 7 })).toMatchObject({ cost: 1 });
  });

  it('is found in a pool by its row, or by its design where one row alone has it', () => {
    const own = pool.pool!.designs.at(1)!;
    expect(pooled({ rowId: 'r1', value: 0 })).toMatchObject({ rowId: 'r1', design: own });
    expect(pooled({ design: { y: own.y!, x: own.x! }, value: 0 })).toMatchObject({ rowId: 'r1', design: own });
    expect(pooled({ rowId: 'twin', value: 0 })).toMatchObject({ rowId: 'twin', design: pool.pool!.designs.at(2) });
    expect(faultsOf(pooled({ design: pool.pool!.designs.at(2)!, value: 0 }))).toEqual([
      'design: the design is in rows r2, twin',
    ]);
  });

  it.each<[string, Result, string[]]>([
    ['no design', { value: 1 }, ['design: no design given']],
    ['a row without a pool', { rowId: 'r1', value: 1 }, ["rowId: row 'r1', but there is no pool"]],
    [
      'a design outside the space',
      { design: { x: 7, z: 1 }, value: 1 },
      ['design.z: not a parameter', 'design.x: 7 given', 'design.y: no value given'],
    ],
    ['a value that is none', { design, value: Number.NaN }, ['value: NaN is not a finite number']],
    ['no value', { design }, ['value: no value given']],
    [
      'a value of a failed trial',
      { design, outcome: 'failed', value: 1 },
      ['value: 1 given for a trial that is failed'],
    ],
    [
      'much at once',
      { fidelity: 'middle', outcome: 'done' as 'failed', cost: -1 },
      ['design: no design given', "fidelity: no fidelity 'middle'", "outcome: 'done' given", 'cost: -1 given'],
    ],
  ])('with %s is refused', (_, result, faults) => {
    expect(faultsOf(free(result))).toEqual(faults);
  });

  it('is refused where the pool does not hold its row, and kept where it is a design of its own', () => {
    expect(faultsOf(pooled({ value: 1 }))).toEqual(['design: no row and no design given']);
    expect(faultsOf(pooled({ rowId: 'r9', value: 1 }))).toEqual(["rowId: 'r9' is no row of the pool"]);
    expect(faultsOf(pooled({ rowId: 'r1', design, value: 1 }))).toEqual(["design: not the design of row 'r1'"]);
    expect(pooled({ design: { x: 0.5, y: 0 }, value: 1 })).toMatchObject({
      rowId: null,
      outside: 'in no row of the pool',
    });
  });
});
