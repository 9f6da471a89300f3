import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { Parameter } from '../../../models/domain/parameters/parameter.js';
import { loadMolecules } from '../../../models/encode/molecules.js';
import { SpaceEncoder } from '../../../models/encode/space-encoder.js';
import { stereoNames } from '../../../models/encode/stereo.js';
import { allColumns, numericWidth } from '../../../models/kernel/columns.js';
import { Planner } from '../../../models/strategy/ask-tell.js';
import { someCampaign } from '../../support/campaigns.js';

/** Hydroxyls up (1) or down (0) on a ring of six. */
const inositol = (sides: string) => {
  const centres = [...sides].map((side) => (side === '1' ? '[C@@H]' : '[C@H]'));
  // The first centre has its ring bond written before, not after, its neighbours.
  const first = sides[0] === '1' ? '[C@H]' : '[C@@H]';
  return `O${first}1${centres
    .slice(1)
    .map((centre) => `${centre}(O)`)
    .join('')}1`;
};

const isomers: Readonly<Record<string, readonly string[]>> = {
  alanine: ['C[C@@H](N)C(=O)O', 'C[C@H](N)C(=O)O', 'CC(N)C(=O)O'],
  'tartaric acid': ['OC(=O)[C@H](O)[C@@H](O)C(=O)O', 'OC(=O)[C@@H](O)[C@H](O)C(=O)O', 'OC(=O)[C@H](O)[C@H](O)C(=O)O'],
  hexadiene: ['C/C=C/C=C/C', 'C/C=C/C=C\\C', 'C/C=C\\C=C/C', 'CC=CC=CC'],
  chlorobutanol: ['@', '@@'].flatMap((a) => ['@', '@@'].map((b) => `C[C${a}H](O)[C${b}H](C)Cl`)),
  menthol: ['@', '@@'].flatMap((a) =>
    ['@', '@@'].flatMap((b) => ['@', '@@'].map((c) => `C[C${a}H]1CC[C${b}H](C(C)C)[C${c}H](O)C1`)),
  ),
  decalin: ['C1CC[C@H]2CCCC[C@H]2C1', 'C1CC[C@H]2CCCC[C@@H]2C1'],
  dimethylcyclobutane: ['C[C@H]1C[C@H](C)C1', 'C[C@H]1C[C@@H](C)C1'],
  'methyl ethyl sulfoxide': ['C[S@](=O)CC', 'C[S@@](=O)CC'],
  acetaldoxime: ['C/C=N/O', 'C/C=N\\O'],
  'deuterated ethanol': ['C[C@H]([2H])O', 'C[C@@H]([2H])O'],
  // All but one of the enantiomers of chiro-inositol: as many sides up as down, or up to two of either, in every arrangement.
  inositol: ['111111', '011111', '001111', '010111', '011011', '000111', '001011', '010101'].map(inositol),
};

describe('stereo', async () => {
  const molecules = await loadMolecules();
  const of = async (smiles: string) => {
    const vector = (await molecules.descriptors(smiles)).slice(-stereoNames.length);
    return Object.fromEntries(stereoNames.map((name, i) => [name, vector[i]!]));
  };

  it.each([
    ['C[C@@H](O)c1ccccc1', { stereoCentres: 1, stereoMarked: 1 }],
    ['C[C@H](O)c1ccccc1', { stereoCentres: -1, stereoMarked: 1 }],
    ['CC(O)c1ccccc1', { stereoCentres: 0, stereoMarked: 0, stereoPlaced: 0 }],
    ['Cl/C=C/Br', { stereoDoubleBonds: 1, stereoMarked: 1 }],
    ['Cl/C=C\\Br', { stereoDoubleBonds: -1, stereoMarked: 1 }],
    ['ClC=CBr', { stereoDoubleBonds: 0, stereoMarked: 0 }],
    // (1R,2R)-1,2-dimethylcyclohexane is the trans form, the meso one cis.
    ['C[C@@H]1CCCC[C@H]1C', { stereoRings: 1, stereoCentres: 2 }],
    ['C[C@@H]1CCCC[C@@H]1C', { stereoRings: -1, stereoCentres: 0 }],
    // Neither of 1,4-dimethylcyclohexane has R or S centres; a fourth neighbour in place of a hydrogen changes nothing.
    ['C[C@H]1CC[C@@H](C)CC1', { stereoRings: -1, stereoCentres: 0 }],
    ['C[C@H]1CC[C@H](C)CC1', { stereoRings: 1, stereoCentres: 0 }],
    ['C1C[C@@H](C)CC[C@H]1C', { stereoRings: -1, stereoCentres: 0 }],
    // Pseudoasymmetric: the middle centre of these meso forms.
    ['C[C@H](O)[C@H](F)[C@@H](C)O', { stereoPseudoCentres: -1, stereoMarked: 3 }],
    ['C[C@H](O)[C@@H](F)[C@@H](C)O', { stereoPseudoCentres: 1, stereoMarked: 3 }],
  ])('%s', async (smiles, wanted) => {
    expect(await of(smiles)).toMatchObject(
      Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, expect.closeTo(value, 9)])),
    );
  });

  it('tells (R,S) from (S,R), and does not depend on how the SMILES is written', async () => {
    const [rs, sr, other] = await Promise.all(
      ['O[C@@H](C)[C@@H](CC)O', 'O[C@H](C)[C@H](CC)O', 'CC[C@@H](O)[C@H](C)O'].map(of),
    );
    expect(rs!.stereoCentres).toBe(0);
    expect(rs!.stereoPlaced).toBeCloseTo(-sr!.stereoPlaced!, 9);
    expect(Math.abs(rs!.stereoPlaced!)).toBeGreaterThan(1e-3);
    const same = [rs!, sr!].filter((one) => Math.abs(one.stereoPlaced! - other!.stereoPlaced!) < 1e-9);
    expect(same).toHaveLength(1);
  });

  it.each(Object.entries(isomers))('tells apart all isomers of %s', async (_, smiles) => {
    const parameter = { name: 'm', type: 'substance' as const, smiles: [...smiles] };
    const { encoding, ...encoder } = await encoderOf(parameter);
    const { width, values, stereo } = encoding.descriptors[0]!;
    expect(stereo).toBeGreaterThan(0);
    const rows = encoder.places.map((at) => values.subarray((at + 1) * width - stereo, (at + 1) * width).join());
    expect(new Set(rows).size).toBe(smiles.length);
  });

  it('adds no column where nothing is marked', async () => {
    const plain = await SpaceEncoder.of(spaceOf({ a: 'CCO', b: 'CC(O)CC', c: 'CC=CC', d: 'c1ccccc1' }));
    expect(plain.encoding.descriptors[0]!.stereo).toBe(0);
    expect(numericWidth(plain.encoding, allColumns(plain.encoding))).toBe(0);
    const marked = await SpaceEncoder.of(spaceOf({ a: 'CC[C@@H](C)O', b: 'CC[C@H](C)O', c: 'CCO' }));
    expect(numericWidth(marked.encoding, allColumns(marked.encoding))).toBeGreaterThan(0);
  });
});

async function encoderOf(parameter: Parameter) {
  const encoder = await SpaceEncoder.of({ parameters: [parameter], pool: null });
  return { encoding: encoder.encoding, places: encoder.moleculesOf(parameter).map(([, at]) => at) };
}

function spaceOf(smiles: Record<string, string>): Campaign['space'] {
  return { parameters: [{ name: 'm', type: 'substance', smiles }], pool: null };
}

const families: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'R and S': Object.fromEntries(
    ['CC', 'C(C)C', 'c1ccccc1', 'CCOC'].flatMap((rest, i) => [
      [`good${i}`, `O[C@H](C)${rest}`],
      [`bad${i}`, `O[C@@H](C)${rest}`],
    ]),
  ),
  'E and Z': Object.fromEntries(
    ['CC', 'C(C)C', 'c1ccccc1', 'CO'].flatMap((rest, i) => [
      [`good${i}`, `C/C=C/${rest}`],
      [`bad${i}`, `C/C=C\\${rest}`],
    ]),
  ),
  'trans and cis in rings': Object.fromEntries(
    ['C', 'CC', 'O', 'F'].flatMap((rest, i) => [
      [`good${i}`, `C[C@H]1CC[C@H](${rest})CC1`],
      [`bad${i}`, `C[C@H]1CC[C@@H](${rest})CC1`],
    ]),
  ),
};

describe.each(Object.entries(families))('of a table in which one of %s is good', (_, smiles) => {
  it.each(['gp', 'smooth-gp', 'default'])(
    '%s expects the good form of a new molecule well above the other',
    async (surrogate) => {
      const campaign = someCampaign(
        {
          objectives: [{ name: 'f', direction: 'maximise' }],
          fidelities: [{ name: 'high', adapter: 'problem', cost: 1 }],
          ...(surrogate === 'default' ? {} : { strategy: { surrogate } }),
        },
        spaceOf(smiles),
      );
      const planner = new Planner(campaign);
      const size = [60, 90, 50];
      planner.tell(
        size.flatMap((value, i) => [
          { design: { m: `good${i}` }, value },
          { design: { m: `bad${i}` }, value: -value },
        ]),
      );
      const { proposals } = await planner.ask(2);
      const mean = (name: string) => proposals.find(({ design }) => design.m === name)!.reason.mean!;
      expect(proposals[0]!.design.m).toBe('good3');
      expect(mean('good3') - mean('bad3')).toBeGreaterThan(40);
    },
  );
});
