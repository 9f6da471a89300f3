import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InvalidInputError } from '../../models/domain/errors.js';
import { faultText } from '../../models/domain/fault.js';
import { readCampaignText } from '../../scripts/campaign-file.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-bounds-'));
  await writeFile(path.join(folder, 'pool.csv'), 'id,load,k\na,1,x\nb,2,x\nc,1,y\n');
});
afterAll(() => rm(folder, { recursive: true }));

const ranges = `
  parameters:
    - { name: T, type: continuous, bounds: [20, 120] }
    - { name: load, type: continuous, bounds: [0.5, 5] }
    - { name: k, type: categorical, levels: [x, y, z] }`;
const pool = `
  pool: { file: pool.csv, id: id, designColumns: [{ name: load, type: continuous }, { name: k, type: categorical }] }`;

async function faultsOf(objectives: string, { more = '', space = ranges } = {}): Promise<readonly string[]> {
  const text = `name: c
space:
  properties: { price: { x: 1, y: 5, z: 20 } }${space}
objectives:
  - { name: yield, direction: maximise, limits: [0, 100] }
  - ${objectives}
fidelities: [{ name: bench, adapter: operator, cost: 1 }]
budget: { trials: 40 }
${more}`;
  const options = { file: 'c.yaml', baseDir: folder, adapters: 'unchecked' as const };
  const faults = await readCampaignText(text, options).then(
    () => [],
    (error: InvalidInputError) => error.faults,
  );
  return faults.map((fault) => `${faultText(fault)} (${fault.remedy})`);
}

const cost = (bounds: string, expression = 'price(k)*load') =>
  `{ name: batch, direction: minimise, expression: '${expression}', ${bounds} }`;

describe('bounds on computed objectives', () => {
  test.each([
    [
      'max: 0.4',
      undefined,
      ranges,
      /objectives\[1\]\.max: no design has a 'batch' of at most 0\.4; its values go from 0\.5 to 100/,
    ],
    [
      'min: 120',
      undefined,
      ranges,
      /objectives\[1\]\.min: no design has a 'batch' of at least 120; its values go from 0\.5 to 100/,
    ],
    [
      'max: 0.4',
      undefined,
      pool,
      /objectives\[1\]\.max: no design has a 'batch' of at most 0\.4; its values go from 1 to 5/,
    ],
    // Not linear, and of what is measured within its limits.
    ['max: 1', 'exp(load)*price(k)', ranges, /no design has a 'batch' of at most 1; its values go from 1\.648/],
    ['max: 0.004', 'price(k)*load/max(yield, 1)', ranges, /at most 0\.004; its values go from 0\.005 to 100/],
    ['max: 0.01', 'yield > 50 ? load + 10 : 0.1*load', ranges, /at most 0\.01; its values go from 0\.05 to 15/],
  ])(
    '%s of %s that nothing meets are refused, with the values that there are',
    async (bounds, expression, space, why) => {
      const faults = await faultsOf(cost(bounds, expression), { space });
      expect(faults).toEqual([expect.stringMatching(why)]);
    },
  );

  test('are refused that nothing meets beside constraints', async () => {
    const constrained = `\n  constraints: [{ type: formula, expression: 'load > 2' }, { type: formula, expression: 'T > 30' }]${ranges}`;
    expect(await faultsOf(cost('max: 1.5'), { space: constrained })).toEqual([
      expect.stringMatching(
        /no design has a 'batch' of at most 1\.5 beside the constraint 1 of the space; its values go from/,
      ),
    ]);
  });

  test.each([
    ['max: 0.6', undefined, ranges],
    ['max: 1', undefined, pool],
    ['max: 0.02', 'price(k)*load/max(yield, 1)', ranges],
    ['min: 2, max: 3', 'yield > 50 ? load + 1 : 0.1*load', ranges],
  ])('%s of %s that something meets are none', async (bounds, expression, space) => {
    expect(await faultsOf(cost(bounds, expression), { space })).toEqual([]);
  });

  test('keep a factorial from being laid out, as constraints do', async () => {
    const more = 'strategy: { initial: { plan: { type: factorial } } }';
    expect(await faultsOf(cost('max: 12'), { more })).toEqual([
      expect.stringMatching(/factorial: the run at .* is against 'batch ≤ 12'/),
    ]);
    expect(await faultsOf(cost('max: 100'), { more })).toEqual([]);
  });
});

test.each([
  [
    '{ name: purity, direction: maximise, min: 150, limits: [0, 100] }',
    /objectives\[1\]\.min: min: purity = 150 lies beyond its limits, from 0 to 100/,
  ],
  ['{ name: purity, direction: maximise, max: -1, limits: [0, null] }', /objectives\[1\]\.max: .*at least 0/],
  [
    '{ name: purity, direction: maximise, reference: 200, limits: [0, 100] }',
    /objectives\[1\]\.reference: .*200 lies beyond/,
  ],
  ['{ name: pH, direction: target, value: 15, limits: [0, 14] }', /objectives\[1\]\.value: .*pH = 15 lies beyond/],
])('%s is refused: no true value is there', async (objective, why) => {
  expect(await faultsOf(objective)).toEqual([expect.stringMatching(why)]);
});

test('what outcomes and stop rules want beyond limits is refused, too', async () => {
  const more = `outcomes: [{ name: impurity, max: 130, limits: [0, 100] }]
stop: [{ type: targetReached, value: 110, others: { purity: 120 } }]`;
  expect(await faultsOf('{ name: purity, direction: maximise, limits: [0, 100] }', { more })).toEqual([
    expect.stringMatching(/outcomes\[0\]\.max: /),
    expect.stringMatching(/stop\[0\]\.value: value: yield = 110 lies beyond its limits/),
    expect.stringMatching(/stop\[0\]\.others\.purity: /),
  ]);
  const within = more.replace('130', '100').replace('110', '100').replace('120', '0');
  expect(await faultsOf('{ name: purity, direction: maximise, limits: [0, 100] }', { more: within })).toEqual([]);
});
