import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlap, rearrangement } from '../../lab-adapters/xtb/bonds.js';
import { diagnose } from '../../lab-adapters/xtb/diagnosis.js';
import { fromXyz, toXyz } from '../../lab-adapters/xtb/geometry.js';
import { readMolecule } from '../../lab-adapters/xtb/molecule.js';
import { cpuSeconds, dipole, errors, gap, homo, totalEnergy } from '../../lab-adapters/xtb/output.js';
import { xtbSettings } from '../../lab-adapters/xtb/settings.js';
import type { XtbStep } from '../../lab-adapters/xtb/steps.js';
import { stepsOf } from '../../lab-adapters/xtb/steps.js';

const water = {
  elements: ['O', 'H', 'H'],
  positions: [
    [0, 0, 0],
    [0.96, 0, 0],
    [-0.24, 0.93, 0],
  ] as [number, number, number][],
  bonds: [
    [0, 1],
    [0, 2],
  ] as [number, number][],
};

describe('SMILES', () => {
  it.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['C=C//C=C', 'bond directions'],
    ['C(C)(C)(C)(C)C', 'valence'],
    ['CC(', 'parenthesis'],
    ['C[NH', 'bracket'],
    ['C1CC', 'cannot read'],
    ['xyz', 'cannot read'],
    ['*C', 'wildcard'],
    ['[Na+].[Cl-]', 'unconnected'],
    ['[U]', 'element'],
  ])('refuses %j', async (smiles, words) => {
    const read = await readMolecule(smiles);
    expect(read).toHaveProperty('refusal', expect.stringContaining(words));
  });

  it('gives one graph for two spellings of a molecule', async () => {
    const [a, b] = await Promise.all([readMolecule('NC1=C(F)C(=O)C=CC1=O'), readMolecule('O=C1C=CC(=O)C(F)=C1N')]);
    expect(a).toEqual(b);
    expect(a).toMatchObject({ graph: { charge: 0, protons: 6 * 6 + 7 + 9 + 2 * 8 + 4 } });
  });

  it('tells stereoisomers apart', async () => {
    const codes = ['F/C=C/F', 'F/C=C\\F', 'N[C@@H](C)C(=O)O', 'N[C@H](C)C(=O)O', 'FC=CF'].map(async (smiles) => {
      const read = await readMolecule(smiles);
      return 'graph' in read ? read.graph.idcode : read.refusal;
    });
    expect(new Set(await Promise.all(codes)).size).toBe(5);
  });

  it('knows charges', async () => {
    expect(await readMolecule('C[NH3+]')).toMatchObject({ graph: { charge: 1, elements: { length: 8 } } });
  });
});

describe('bonds', () => {
  it('sees nothing in a molecule as it should be, and lost and new bonds by name', () => {
    expect(rearrangement(water, water.bonds)).toBeNull();
    const split = {
      ...water,
      positions: [water.positions[0]!, [1.8, 0, 0], water.positions[2]!] as typeof water.positions,
    };
    expect(rearrangement(split, water.bonds)).toBe('lost bond O1-H2 (1.80 Å)');
    expect(rearrangement(water, [[0, 1]])).toMatch(/^new bond O1-H3 \(0\.96 Å\)$/);
  });

  it('does not change when a molecule is moved or turned', () => {
    const real = { noNaN: true, min: -50, max: 50 };
    fc.assert(
      fc.property(fc.double(real), fc.double(real), fc.double({ noNaN: true, min: 0, max: 6.3 }), (x, y, turn) => {
        const positions = water.positions.map(
          ([a, b, c]) =>
            [a * Math.cos(turn) - b * Math.sin(turn) + x, a * Math.sin(turn) + b * Math.cos(turn) + y, c] as const,
        );
        expect(rearrangement({ ...water, positions }, water.bonds)).toBeNull();
      }),
      { seed: 3 },
    );
  });

  it('sees atoms that lie in each other', () => {
    expect(overlap(water)).toBeNull();
    const near = {
      ...water,
      positions: [
        [0, 0, 0],
        [0.1, 0, 0],
        [3, 0, 0],
      ] as typeof water.positions,
    };
    expect(overlap(near)).toBe('O1 and H2 are 0.10 Å apart');
  });
});

describe('xyz files', () => {
  it('come back as they were written, to 1e-6 Å', () => {
    expect(fromXyz(toXyz(water, 'water'))).toEqual({ elements: water.elements, positions: water.positions });
  });

  it.each(['', '0\n\n', '2\n\nH 0 0 0\n', '1\n\nH 0 x 0\n', '1\n\nH 0 0\n'])('are refused when broken: %j', (text) => {
    expect(fromXyz(text)).toBeNull();
  });
});

describe('what xtb prints', () => {
  const out = `
         :: total energy             -30.186156216499 Eh    ::
         4        2.0000           -0.4354634             -11.8496 (HOMO)
          | TOTAL ENERGY              -30.186156216499 Eh   |
          | HOMO-LUMO GAP               1.574573350838 eV   |
 total:
 * wall-time:     0 d,  0 h,  1 min,  0.130 sec
 *  cpu-time:     0 d,  1 h,  1 min,  0.102 sec
 SCF:
 *  cpu-time:     0 d,  0 h,  0 min,  0.011 sec
`;
  it('is read number by number', () => {
    expect(totalEnergy(out)).toBe(-30.186156216499);
    expect(gap(out)).toBe(1.574573350838);
    expect(homo(out)).toBe(-0.4354634);
    expect(cpuSeconds(out)).toBe(3660.102);
    expect(dipole('{"dipole": [ 3.0, 0.0,\n -4.0], "x": 1}')).toBeCloseTo(5 * 2.541746473, 9);
  });

  it('gives null, never NaN, for what is missing or no number', () => {
    expect(gap('')).toBeNull();
    expect(gap('| HOMO-LUMO GAP  NaN eV')).toBeNull();
    expect(totalEnergy('| TOTAL ENERGY  ************ Eh')).toBeNull();
    expect(dipole('{"dipole": [ 1.0, NaN, 2.0]}')).toBeNull();
    expect(cpuSeconds('')).toBeNull();
  });

  it('has its error block read', () => {
    expect(errors('[ERROR] Program stopped\n-2- outer\n-1- inner\n####')).toEqual(['-2- outer', '-1- inner']);
    expect(errors('fine')).toEqual([]);
  });
});

describe('diagnosis', () => {
  const step: XtbStep = { name: 'main', from: 'relax', args: [], optimises: true };
  const good = {
    code: 0,
    out: '   *** GEOMETRY OPTIMIZATION CONVERGED AFTER 17 ITERATIONS ***\n',
    err: 'normal termination of xtb\n',
    json: null,
    finalXyz: toXyz(water),
  };
  it('believes a run that ended well', () => expect(diagnose(step, good, water)).toBeNull());

  it.each([
    ['killed', 'device', { code: null }],
    ['killed', 'device', { code: 137 }],
    ['programMissing', 'device', { code: 127 }],
    ['crashed', 'unknown', { code: 139 }],
    ['exitCode', 'unknown', { code: 3 }],
    ['xtbError', 'unknown', { out: '[ERROR] Program stopped\n-1- new trouble\n' }],
    [
      'scfNotConverged',
      'chemistry',
      { code: 1, out: '[ERROR] x\n-1- scf: Self consistent charge iterator did not converge\n' },
    ],
    ['unknownSolvent', 'operator', { code: 1, out: "[ERROR] x\n-1- load: solvent: 'k' is not parametrized\n" }],
    ['parametersMissing', 'device', { code: 1, out: '[ERROR] x\n-1- Parameter file param_ipea-xtb.txt not found!\n' }],
    [
      'unknownOption',
      'operator',
      { out: `${good.out}-1- prog_main_parseArguments: Unknown option '--bogus' provided\n` },
    ],
    ['abnormalEnd', 'unknown', { err: 'abnormal termination of xtb\n' }],
    ['cycleLimit', 'chemistry', { out: '*** FAILED TO CONVERGE GEOMETRY OPTIMIZATION IN 5 ITERATIONS ***' }],
    ['missingOutput', 'unknown', { out: '' }],
    ['missingOutput', 'unknown', { finalXyz: null }],
    ['missingOutput', 'unknown', { finalXyz: '1\n\nO 0 0 0\n' }],
    [
      'rearranged',
      'chemistry',
      {
        finalXyz: toXyz({
          ...water,
          positions: [
            [0, 0, 0],
            [3, 0, 0],
            [0, 0.9, 0],
          ],
        }),
      },
    ],
    ['notAMinimum', 'chemistry', { out: `${good.out} :  # imaginary freq.    1      :` }],
  ] as const)('says %s (%s)', (code, blame, change) => {
    expect(diagnose(step, { ...good, ...change }, water)).toMatchObject({ code, class: blame });
  });
});

describe('levels', () => {
  const steps = (settings: object, charge = 0) =>
    stepsOf(xtbSettings.parse(settings), charge).map(({ name, from, args }) => `${name} < ${from}: ${args.join(' ')}`);

  it('become runs of xtb', () => {
    expect(steps({ method: 'gfn1', task: 'energy', values: { y: 'gap' } })).toEqual([
      'relax < start: --gfnff --opt',
      'main < relax: --gfn 1 --sp --json',
    ]);
    expect(steps({ method: 'gfn2', task: 'optimise', solvent: 'water', values: { y: 'window' } })).toEqual([
      'relax < start: --gfnff --opt',
      'main < relax: --gfn 2 --alpb water --opt --json',
      'anion < main: --gfn 2 --alpb water --opt -c -1 -u 1',
      'cation < main: --gfn 2 --alpb water --opt -c 1 -u 1',
    ]);
    expect(steps({ method: 'gfn2', task: 'energy', solvent: 'water', values: { y: 'window' } })).toEqual([
      'relax < start: --gfnff --opt',
      'main < relax: --gfn 2 --alpb water --sp --json',
      'anion < relax: --gfn 2 --alpb water --sp -c -1 -u 1',
      'cation < relax: --gfn 2 --alpb water --sp -c 1 -u 1',
    ]);
    expect(steps({ method: 'gfn1', task: 'energy', values: { y: 'verticalIp' } }, 1).at(-1)).toBe(
      'ipea < relax: --gfn 1 --vipea -c 1',
    );
    expect(steps({ method: 'gfnff', task: 'optimise', values: { y: 'energy' }, cycles: 9 })).toEqual([
      'main < start: --gfnff --opt --cycles 9',
    ]);
    expect(steps({ method: 'gfn2', task: 'optimise', values: { y: 'ip' } }, 1).at(-1)).toBe(
      'cation < main: --gfn 2 --opt -c 2 -u 1',
    );
  });

  it.each([
    [{ method: 'gfn0', task: 'energy', values: { y: 'gap' } }, 'method'],
    [{ method: 'gfnff', task: 'energy', values: { y: 'energy' } }, 'task'],
    [{ method: 'gfnff', task: 'optimise', values: { y: 'gap' } }, 'values.y'],
    [{ method: 'gfn2', task: 'hessian', values: { y: 'window' } }, 'values.y'],
    [{ method: 'gfn2', task: 'energy', values: { y: 'solvation' } }, 'values.y'],
    [{ method: 'gfn2', task: 'optimise', values: { y: 'freeEnergy' } }, 'values.y'],
    [{ method: 'gfn2', task: 'energy', values: { y: 'verticalEa' } }, 'values.y'],
    [{ method: 'gfn2', task: 'optimise', values: { y: 'ea' }, unpaired: 1 }, 'values.y'],
    [{ method: 'gfn2', task: 'energy', values: {} }, 'values'],
    [{ method: 'gfn2', task: 'energy', values: { y: 'colour' } }, 'values.y'],
    [{ method: 'gfn2', task: 'energy', values: { y: 'gap' }, solvent: 'water --bogus' }, 'solvent'],
    [{ method: 'gfn2', task: 'energy', values: { y: 'gap' }, bogus: 1 }, ''],
  ])('are refused where they make no sense: %j', (settings, path) => {
    const parsed = xtbSettings.safeParse(settings);
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  });
});
