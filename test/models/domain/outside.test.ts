import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import { campaignSchema } from '../../../models/domain/campaign.js';
import { InvalidInputError } from '../../../models/domain/errors.js';
import { outsideOf } from '../../../models/domain/outside.js';
import type { Space } from '../../../models/domain/space.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { type CheckedResult, type Result, resultChecker } from '../../../models/strategy/result.js';

const parameters: Space['parameters'] = [
  { name: 'T', type: 'discrete', values: [20, 40, 60] },
  { name: 'n', type: 'integer', bounds: [1, 3] },
  { name: 'solvent', type: 'substance', smiles: { ethanol: 'CCO', acetone: 'CC(C)=O', hexane: 'CCCCCC' } },
  { name: 'alloy', type: 'composition', components: ['Fe', 'Ni'], total: 1, step: 0.5 },
  { name: 'oxide', type: 'formula', formulas: ['SrTiO3', 'BaTiO3'] },
  { name: 'base', type: 'categorical', levels: ['NaOH', 'KOH'] },
];
const inside = { T: 20, n: 1, solvent: 'ethanol', alloy: 'Fe:0.5 Ni:0.5', oxide: 'SrTiO3', base: 'KOH' };

function campaign(space: Partial<Space> = {}, more: object = {}): Campaign {
  const spec = campaignSchema.parse({
    name: 'own',
    seed: 5,
    space: { parameters: (space.parameters ?? parameters).map((one) => ({ ...one })) },
    objectives: [{ name: 'yield', direction: 'maximise' }],
    fidelities: [{ name: 'bench', cost: 1 }],
    budget: { trials: 60 },
    strategy: { initial: { trials: 4 } },
    ...more,
  });
  return { id: 'own', spec, space: { parameters, pool: null, ...space } };
}

/** A pool of numbers and molecules. */
function pooled(): Campaign {
  const names = ['C', 'CC', 'CCC', 'CCCC', 'CCO', 'CCCO', 'CCN', 'CCCN'];
  const designs = names.map((molecule, i) => ({ molecule, t: i * 10 }));
  const own: Space['parameters'] = [
    { name: 'molecule', type: 'substance', smiles: names },
    { name: 't', type: 'continuous', bounds: [0, 70] },
  ];
  return campaign({ parameters: own, pool: { ids: names.map((_, i) => `m${i}`), designs } });
}

async function next(of: Campaign, results: readonly Result[], count = 3) {
  const planner = new Planner(of);
  planner.tell(results);
  const { proposals } = await planner.ask(count);
  return { planner, proposals };
}

const some: readonly Result[] = [
  { design: inside, value: 10 },
  { design: { ...inside, T: 40, base: 'NaOH' }, value: 20 },
  { design: { ...inside, T: 60, oxide: 'BaTiO3' }, value: 15 },
  { design: { ...inside, n: 3, solvent: 'hexane' }, value: 12 },
];

describe('a result outside the space', () => {
  it.each([
    ['a number between levels', { T: 33 }],
    ['a number beyond the ends', { T: 75 }],
    ['a number that is not whole', { n: 1.5 }],
    ['a molecule', { solvent: 'CCCO' }],
    ['a composition off the grid', { alloy: 'Fe:0.3 Ni:0.7' }],
    ['a formula', { oxide: 'CaTiO3' }],
  ])('is learned from where it can be encoded, and not proposed: %s', async (_, change) => {
    const own = { ...inside, ...change };
    const { planner, proposals } = await next(campaign(), [...some, { design: own, value: 90 }]);
    const { space } = campaign();
    expect(planner.trials[4]!.proposal.reason.text).toMatch(
      /learned from, never proposed: \w+ .* is (?:none of its values|not a whole number from \d+ to \d+)/,
    );
    expect(proposals).toHaveLength(3);
    for (const proposal of proposals) expect(outsideOf(space, proposal)).toBeNull();
    const before = (await next(campaign(), some)).proposals;
    expect(proposals.map(({ reason }) => reason.mean)).not.toEqual(before.map(({ reason }) => reason.mean));
    expect(proposals[0]!.reason.text).toContain('best so far 90 (of a design that is not proposed)');
  });

  it('of a range is told with its ends, as there is no list of its values', () => {
    const parameters = [
      { name: 't', type: 'continuous' as const, bounds: [0, 70] as [number, number] },
      { name: 'n', type: 'integer' as const, bounds: [1, 5] as [number, number] },
    ];
    const why = outsideOf({ parameters, pool: null }, { design: { t: 75, n: 1.5 }, rowId: null });
    expect(why).toBe('t 75 is not a number from 0 to 70, n 1.5 is not a whole number from 1 to 5');
  });

  it.each([
    ['an unknown name', { base: 'NaOHH' }, /base: 'NaOHH' given \(did you mean NaOH\? one of NaOH, KOH/],
    ['a name that is no SMILES', { solvent: 'ethanl' }, /solvent: 'ethanl' given \(did you mean ethanol\?/],
    ['a number far outside', { T: 999 }, /T: 999 given/],
    ['a formula that is none', { oxide: 'Xx2' }, /oxide/],
    ['components that it does not have', { alloy: 'Fe:0.5 Cu:0.5' }, /alloy/],
    ['amounts of another total', { alloy: 'Fe:0.5 Ni:0.9' }, /alloy/],
  ])('is refused where it cannot: %s', (_, change, said) => {
    const planner = new Planner(campaign());
    expect(() => planner.tell([{ design: { ...inside, ...change }, value: 1 }])).toThrow(InvalidInputError);
    expect(() => planner.tell([{ design: { ...inside, ...change }, value: 1 }])).toThrow(said);
  });

  it('of a pool is a design without a row, with a molecule that the pool does not have', async () => {
    const rows = ['m0', 'm2', 'm4', 'm6'].map((rowId, i) => ({ rowId, value: i }));
    const own = { design: { molecule: 'CCCCCO', t: 12 }, value: 50 };
    const { planner, proposals } = await next(pooled(), [...rows, own], 4);
    expect(planner.trials.at(4)!.proposal).toMatchObject({ rowId: null, reason: { kind: 'supplied' } });
    expect(proposals.map(({ rowId }) => rowId).sort()).toEqual(['m1', 'm3', 'm5', 'm7']);
    const { proposals: more } = await next(pooled(), [...rows, own, { design: own.design, outcome: 'pending' }], 2);
    expect(more).toHaveLength(2);
    // A result with an id of its own, if it says what it is.
    await next(pooled(), [...rows, { ...own, rowId: 'mine-1' }]);
  });

  it('of a pool names ids and designs that were meant', () => {
    const tell = (result: Result) => () => new Planner(pooled()).tell([result]);
    expect(tell({ rowId: 'm12', value: 1 })).toThrow(
      /'m12' is no row of the pool \(did you mean m1 or m2\?|ids such as/,
    );
    expect(tell({ rowId: 'M4', value: 1 })).toThrow(/ids such as m0, m1, m2/);
    expect(tell({ rowId: 'x9', design: { molecule: 'CCO', t: 40 }, value: 1 })).toThrow(/its design is that of m4/);
  });

  it('changes no decision of a campaign without one', async () => {
    const { proposals } = await next(campaign(), some, 2);
    const again = await next(campaign(), some, 2);
    expect(again.proposals).toEqual(proposals);
    expect(proposals[0]!.reason.text).not.toContain('not proposed');
  });

  it('far beyond in a space without a list is no start of the search for what is next', async () => {
    const free: Space['parameters'] = [
      { name: 'x', type: 'continuous', bounds: [0, 1] },
      { name: 'solvent', type: 'substance', smiles: ['CCO', 'CCC'] },
    ];
    const of = campaign({ parameters: free });
    const results = [0.1, 0.5, 0.9, 0.3].map((x, i) => ({ design: { x, solvent: i % 2 ? 'CCO' : 'CCC' }, value: x }));
    const own = { design: { x: 1.8, solvent: 'CCCCN' }, value: 2 };
    const { proposals } = await next(of, [...results, own], 4);
    for (const { design } of proposals) {
      expect(design.x).toBeLessThanOrEqual(1);
      expect(['CCO', 'CCC']).toContain(design.solvent);
    }
  });

  it('below the target is not what the first target trials are contrasted with', async () => {
    const two = {
      fidelities: [
        { name: 'quick', cost: 0.1 },
        { name: 'bench', cost: 1 },
      ],
      strategy: 'default',
    };
    const results: Result[] = [...some.map((one) => ({ ...one, fidelity: 'quick' }))];
    results.push({ design: { ...inside, T: 33 }, value: 99, fidelity: 'quick' });
    const { proposals } = await next(campaign({}, two), results, 3);
    for (const proposal of proposals) expect(outsideOf(campaign().space, proposal)).toBeNull();
  });
});

describe('a design against the constraints', () => {
  const constraints: NonNullable<Space['constraints']> = [
    { type: 'linear', terms: { T: 1, n: 10 }, max: 60 },
    { type: 'exclude', when: { base: 'KOH', oxide: 'SrTiO3' } },
  ];

  it('is outside, with those named that it breaks', () => {
    const space = { parameters, pool: null, constraints };
    const told = (design: object) => outsideOf(space, { design: { ...inside, ...design }, rowId: null });
    expect(told({ oxide: 'BaTiO3' })).toBeNull();
    expect(told({})).toBe("against 'not base KOH with oxide SrTiO3'");
    expect(told({ T: 60, n: 4 })).toBe(
      "n 4 is not a whole number from 1 to 3, against 'T + 10·n ≤ 60', against 'not base KOH with oxide SrTiO3'",
    );
    expect(outsideOf({ parameters, pool: null }, { design: inside, rowId: null })).toBeNull();
  });

  it('is outside also where it is a row of the pool', () => {
    const designs = [inside, { ...inside, base: 'NaOH' }];
    const space = { parameters, pool: { ids: ['a', 'b'], designs }, constraints };
    const told = designs.map((design, i) => outsideOf(space, { design, rowId: space.pool.ids[i]! }));
    expect(told).toEqual(["against 'not base KOH with oxide SrTiO3'", null]);
    expect(outsideOf(space, { design: inside, rowId: null })).toBe('in no row of the pool');
  });

  it('takes what does not matter in a result for its stated value, also where nothing is given', async () => {
    const own: Space['parameters'] = [
      { name: 'additive', type: 'categorical', levels: ['LiCl', 'none'] },
      { name: 'amount', type: 'continuous', bounds: [0, 1] },
    ];
    const dependency = { type: 'dependency' as const, parameter: 'amount', when: { additive: 'LiCl' } };
    const of = campaign({ parameters: own, constraints: [dependency] });
    const results = [
      { design: { additive: 'none', amount: 0.7 }, value: 1 },
      { design: { additive: 'none', amount: '' }, value: 2 },
      { design: { additive: 'none' }, value: 2 },
      { design: { additive: 'LiCl', amount: 0.7 }, value: 3 },
    ];
    const { planner, proposals } = await next(of, results, 5);
    const rest = { additive: 'none', amount: 0 };
    const told = planner.trials.slice(0, 4).map(({ proposal }) => proposal.design);
    expect(told).toEqual([rest, rest, rest, results[3]!.design]);
    for (const { design } of proposals) expect(design.additive).toBe('LiCl');
    expect(() => planner.tell([{ design: { additive: 'LiCl' }, value: 1 }])).toThrow(/amount/);
  });

  it('is said of results of a row of the pool', () => {
    const { space, ...rest } = pooled();
    const constraints: Space['constraints'] = [{ type: 'linear', terms: { t: 1 }, max: 25 }];
    const check = resultChecker({ ...rest, space: { ...space, constraints } });
    const told = [
      { rowId: 'm1', value: 1 },
      { rowId: 'm4', value: 1 },
      { design: { molecule: 'CCCO', t: 50 }, value: 1 },
    ].map((result) => (check(result) as CheckedResult).outside);
    expect(told).toEqual([null, "against 't ≤ 25'", "against 't ≤ 25'"]);
  });
});
