import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startGeometry } from '../../lab-adapters/xtb/conformer.js';
import { xtb } from '../../lab-adapters/xtb/index.js';
import { xtbVersion } from '../../lab-adapters/xtb/installation.js';
import { readMolecule } from '../../lab-adapters/xtb/molecule.js';
import { describeAdapterLaws } from '../laws/adapter.js';
import { bytesOf } from '../support/raw-output.js';
import { contextIn, ended, isRunning, moleculeRequest, run, scratchFolder, starts, until } from './local-jobs.js';

const geometries = fileURLToPath(new URL('../../examples/quinone-posolyte/geometries.jsonl', import.meta.url));
const benzoquinone = 'O=C1C=CC(=O)C=C1';
const gapLevel = { method: 'gfn1', task: 'energy', values: { y: 'gap' }, geometries };
const installed = (await xtbVersion('xtb')) !== null;
if (!installed) console.warn('xtb is not installed: tests that run it are skipped (apt-get install xtb)');

async function lab(settings: object, folder?: string) {
  const own = folder ?? (await scratchFolder());
  return { folder: own, adapter: xtb.create(xtb.settings.parse(settings), contextIn(own)) };
}

/** Puts a start geometry into the adapter's cache. */
async function seed(folder: string, smiles: string, change: (positions: number[][]) => number[][]) {
  const read = await readMolecule(smiles);
  if (!('graph' in read)) throw new Error(read.refusal);
  const conformer = startGeometry(read.graph.idcode);
  if (!('geometry' in conformer)) throw new Error(conformer.failure.message);
  const positions = change(conformer.geometry.positions.map((position) => [...position]));
  const file = join(folder, 'seed.jsonl');
  await writeFile(file, `${JSON.stringify({ ...conformer.geometry, positions })}\n`);
  return file;
}

describe.skipIf(!installed)('xtb, really run', () => {
  it.each([
    ['[H][H]', {}],
    ['N#N', {}],
    ['[CH2]', { unpaired: 2 }],
    ['O=O', { unpaired: 2 }],
  ])('measures %s with a gap of more than 3 eV', async (smiles, more) => {
    const { geometries: _, ...level } = gapLevel;
    const { adapter } = await lab({ ...level, ...more });
    const { values, cause } = await run(adapter, 'k', moleculeRequest(smiles));
    expect(cause).toBeUndefined();
    expect(values.y).toBeGreaterThan(3);
  });

  it('gives the same gap under another key, to the last bit, and the CPU seconds as cost', async () => {
    const { adapter, folder } = await lab(gapLevel);
    const first = await run(adapter, 'c/r1/p1', moleculeRequest(benzoquinone));
    const second = await run(adapter, 'c/r1/p2', moleculeRequest('C1=CC(=O)C=CC1=O'));
    // 1.6 eV: GFN1 gap of p-benzoquinone at the GFN-FF geometry, xtb 6.5.1; other versions may differ a little.
    expect(first.values.y).toBeCloseTo(1.6251, 2);
    expect(second.values).toEqual(first.values);
    expect(first.cost).toBeGreaterThan(0);
    expect(first.cost).toBe(first.details?.cpuSeconds);
    expect(new TextDecoder().decode(bytesOf(first.artefacts?.['final.xyz']))).toMatch(/^12\n/);
    expect(await starts(folder)).toEqual({ 'c/r1/p1': 1, 'c/r1/p2': 1 });
    for (const job of await readdir(join(folder, 'jobs')))
      expect((await readdir(join(folder, 'jobs', job))).sort()).toEqual(['pid', 'request.json', 'result.json']);
  });

  it('computes a start geometry in a process of its own, keeps it, and gets the same as the one shipped', async () => {
    const { geometries: _, ...level } = gapLevel;
    const { adapter, folder } = await lab(level);
    const own = await run(adapter, 'k1', moleculeRequest(benzoquinone));
    expect(await readdir(join(folder, 'geometries'))).toHaveLength(1);
    const again = await run(adapter, 'k2', moleculeRequest(benzoquinone));
    const shipped = await run((await lab(gapLevel)).adapter, 'k', moleculeRequest(benzoquinone));
    expect(again.values).toEqual(own.values);
    expect(shipped.values).toEqual(own.values);
  });

  it('gives every quantity at the levels that have it', async () => {
    const request = moleculeRequest(benzoquinone, [
      'window',
      'ip',
      'ea',
      'gap',
      'homo',
      'lumo',
      'dipole',
      'solvation',
      'energy',
    ]);
    const same = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
    const { adapter } = await lab({
      method: 'gfn2',
      task: 'optimise',
      solvent: 'water',
      values: same(request.objectives),
      geometries,
    });
    const { values, cause, details } = await run(adapter, 'k', request);
    expect(cause).toBeUndefined();
    expect(values.window).toBeCloseTo(2.588, 2);
    expect(values.window).toBeCloseTo(values.ip! - values.ea!, 9);
    // Orbital energies are printed to 1e-7 Eh.
    expect(values.gap).toBeCloseTo(values.lumo! - values.homo!, 4);
    expect(values.dipole).toBeLessThan(0.01);
    expect(values.solvation).toBeLessThan(0);
    expect(values.energy).toBeLessThan(-500);
    expect(Object.keys(details?.steps as object)).toEqual(['relax', 'main', 'anion', 'cation']);
  });

  it('gives the ions where they stand without optimising them, which costs less', async () => {
    const both = await Promise.all(
      (['energy', 'optimise'] as const).map(async (task) => {
        const { adapter } = await lab({
          method: 'gfn2',
          task,
          solvent: 'water',
          values: { window: 'window' },
          geometries,
        });
        return run(adapter, task, moleculeRequest(benzoquinone, ['window']));
      }),
    );
    const [vertical, adiabatic] = both.map(({ values }) => values.window!);
    // Ions that relax are easier to make.
    expect(vertical! - adiabatic!).toBeGreaterThan(0.1);
    expect(vertical! - adiabatic!).toBeLessThan(1);
    expect(both[0]!.details?.steps).toHaveProperty('cation');
    expect(both[0]!.cost).toBeLessThan(both[1]!.cost);
  });

  it('gives vertical potentials and free energies', async () => {
    const vertical = await lab({
      method: 'gfn1',
      task: 'energy',
      values: { ip: 'verticalIp', ea: 'verticalEa' },
      geometries,
    });
    const potentials = await run(vertical.adapter, 'k', moleculeRequest(benzoquinone, ['ip', 'ea']));
    expect(potentials.cause).toBeUndefined();
    expect(potentials.values.ip).toBeGreaterThan(potentials.values.ea!);
    const water = await lab({ method: 'gfn2', task: 'hessian', values: { g: 'freeEnergy', e: 'energy' } });
    const free = await run(water.adapter, 'k', moleculeRequest('O', ['g', 'e']));
    expect(free.cause).toBeUndefined();
    expect(Math.abs(free.values.g! - free.values.e!)).toBeLessThan(1);
  });

  it('charges the fixed cost where one is set', async () => {
    const { adapter } = await lab({ ...gapLevel, cost: 0.25 });
    expect((await run(adapter, 'k', moleculeRequest(benzoquinone))).cost).toBe(0.25);
  });

  it('answers its health, and names the remedy where the program is missing', async () => {
    expect(await (await lab(gapLevel)).adapter.health()).toMatchObject({ ok: true });
    const missing = await lab({ ...gapLevel, program: 'no-such-xtb' });
    expect(await missing.adapter.health()).toMatchObject({
      ok: false,
      remedy: expect.stringContaining('apt-get install'),
    });
    const failed = await run(missing.adapter, 'k', moleculeRequest(benzoquinone));
    expect(failed).toMatchObject({ state: 'failed', cause: { class: 'device', code: 'programMissing' } });
  });
});

describe.skipIf(!installed)('xtb as an adapter', () => {
  const scenario = (settings: object, smiles: string) => ({
    open: async (folder: string) => (await lab(settings, folder)).adapter,
    request: moleculeRequest(smiles),
  });
  /** An xtb that takes its time. */
  const slow = {
    open: async (folder: string) => {
      const program = join(folder, 'slow-xtb');
      await writeFile(program, '#!/bin/sh\nsleep 600\n', { mode: 0o755 });
      return (await lab({ ...gapLevel, program }, folder)).adapter;
    },
    request: moleculeRequest(benzoquinone),
  };
  describeAdapterLaws('xtb', {
    newFolder: scratchFolder,
    clock: contextIn('').clock,
    starts: async (folder) =>
      Object.entries(await starts(folder)).flatMap(([key, n]) => Array(n).fill(key) as string[]),
    succeeds: scenario(gapLevel, benzoquinone),
    another: moleculeRequest('CC1=CC(=O)C=CC1=O'),
    fails: scenario({ ...gapLevel, solvent: 'kryptonite' }, benzoquinone),
    refused: scenario(gapLevel, 'C1CC'),
    runsLong: slow,
  });

  it('finds what does not fit the campaign', async () => {
    const check = async (settings: object, ...smiles: string[]) => {
      const parameters = smiles.map((name) => ({ name, type: 'substance' as const, smiles: ['C'] }));
      const faults = await xtb.check!(xtb.settings.parse(settings), { parameters, objectives: ['y'] });
      return faults.map(({ path, message }) => `${path}: ${message}`);
    };
    expect(await check(gapLevel, 'm')).toEqual([]);
    expect(await check({ ...gapLevel, molecule: 'b' }, 'a', 'b')).toEqual([]);
    expect(await check(gapLevel, 'a', 'b')).toEqual(['molecule: not given, and the space has 2 substances']);
    expect(await check({ ...gapLevel, molecule: 'x' }, 'm')).toEqual(["molecule: no substance 'x' in the space"]);
    expect(await check({ ...gapLevel, values: { z: 'gap' } }, 'm')).toEqual(["values: objective 'y' has no quantity"]);
    expect(await check({ ...gapLevel, geometries: '/none' }, 'm')).toEqual([
      expect.stringContaining('geometries: cannot read the start geometries in /none'),
    ]);
    expect(await check({ ...gapLevel, program: 'no-such-xtb' }, 'm')).toEqual([
      "program: the program 'no-such-xtb' cannot be run",
    ]);
  });
});

describe.skipIf(!installed)('xtb made to fail', () => {
  const failure = async (settings: object, smiles: string, folder?: string) => {
    const { adapter } = await lab(settings, folder);
    const result = await run(adapter, 'k', moleculeRequest(smiles));
    expect(result).toMatchObject({ state: 'failed', values: {} });
    return result;
  };

  it.each(['C1CC', 'C(C)(C)(C)(C)C', '', 'CC('])('bad SMILES %j', async (smiles) => {
    const { cause, cost } = await failure(gapLevel, smiles);
    expect(cause).toMatchObject({ class: 'operator', code: 'badSmiles' });
    expect(cost).toBe(0);
    const { adapter } = await lab(gapLevel);
    expect(await adapter.validate(moleculeRequest(smiles))).toHaveLength(1);
    expect(await adapter.validate(moleculeRequest(benzoquinone))).toEqual([]);
  });

  it('an open shell that nobody asked for, and an impossible charge', async () => {
    expect((await failure(gapLevel, '[CH3]')).cause).toMatchObject({ class: 'operator', code: 'multiplicity' });
    expect((await failure({ ...gapLevel, charge: 1 }, 'O')).cause?.message).toContain("set 'charge' or 'unpaired'");
  });

  it.each([
    ['[CH2]', '2 electrons unpaired'],
    ['C[CH2]', '1 electron unpaired'],
    ['[NH]', '2 electrons unpaired'],
    ['[PH]', '2 electrons unpaired'],
    ['C[C]C', '2 electrons unpaired'],
    ['[CH2]CC[CH2]', '2 electrons unpaired'],
    ['[CH]', '3 electrons unpaired'],
    ['CN([O])C', '1 electron unpaired'],
    ['O=O', '2 electrons unpaired'],
    ['S=S', '2 electrons unpaired'],
    ['[O-][O]', '1 electron unpaired'],
    ['Cl[Fe]Cl', 'how many electrons of its metal are unpaired'],
  ])('%s as a closed shell, which leaves %s', async (smiles, words) => {
    const { cause, cost } = await failure(gapLevel, smiles);
    expect(cause).toMatchObject({ class: 'operator', code: 'multiplicity' });
    expect(cause?.message).toContain(words);
    expect(cause?.message).toContain("set 'unpaired'");
    expect(cost).toBe(0);
    const { adapter } = await lab({ ...gapLevel, unpaired: /^[13]/.test(words) ? 1 : 2 });
    expect(await adapter.validate(moleculeRequest(smiles))).toEqual([]);
  });

  it.each(['[He]', '[O]', '[Na+]'])('the single atom %s, by name', async (smiles) => {
    expect((await failure(gapLevel, smiles)).cause).toMatchObject({
      class: 'operator',
      code: expect.stringMatching(/singleAtom|multiplicity/),
      message: expect.stringContaining(smiles),
    });
  });

  it.each(['O=[N]=O', '[AlH2]'])('%s, which OpenChemLib would take for another molecule', async (smiles) => {
    expect((await failure(gapLevel, smiles)).cause).toMatchObject({
      code: 'badSmiles',
      message: expect.stringContaining('would be read with'),
    });
  });

  it('what has no gap: a closed shell whose highest orbital is half filled, and nitric oxide', async () => {
    const { cause } = await failure({ ...gapLevel, unpaired: 0 }, 'O=O');
    expect(cause).toMatchObject({ class: 'operator', code: 'multiplicity' });
    expect(cause?.message).toContain('no closed shell');
    expect((await failure({ ...gapLevel, unpaired: 1 }, '[N]=O')).cause?.message).toContain('has no gap');
  });

  it('what MMFF94s cannot describe, in words and not as chemistry', async () => {
    const { cause } = await failure(gapLevel, 'FB(F)F');
    expect(cause).toMatchObject({ class: 'operator', code: 'noForceField' });
    expect(cause?.message).toContain('start geometry could not be made');
    expect(cause?.message).not.toContain('Class$');
  });

  it('unknown solvent', async () => {
    const { cause, cost } = await failure({ ...gapLevel, solvent: 'kryptonite' }, benzoquinone);
    expect(cause).toMatchObject({
      class: 'operator',
      code: 'unknownSolvent',
      message: expect.stringContaining('kryptonite'),
    });
    expect(cost).toBeGreaterThan(0);
  });

  it('iterations used up', async () => {
    const { cause } = await failure({ ...gapLevel, iterations: 2 }, benzoquinone);
    expect(cause).toMatchObject({ class: 'chemistry', code: 'scfNotConverged' });
  });

  it('cycle limit, though xtb says normal termination', async () => {
    const { cause, cost } = await failure({ ...gapLevel, task: 'optimise', cycles: 1 }, benzoquinone);
    expect(cause).toMatchObject({ class: 'chemistry', code: 'cycleLimit' });
    expect(cost).toBeGreaterThan(0);
  });

  it('a molecule that falls apart: the anion of water loses a hydrogen', async () => {
    const { cause } = await failure(
      { method: 'gfn2', task: 'optimise', solvent: 'water', values: { y: 'window' } },
      'O',
    );
    expect(cause).toMatchObject({
      class: 'chemistry',
      code: 'rearranged',
      message: expect.stringMatching(/^anion: .*lost bond/),
    });
  });

  it('a start geometry that is another isomer, or has atoms in each other', async () => {
    const folder = await scratchFolder();
    const swapped = await seed(folder, 'OCC=O', ([a, b, ...rest]) => [b!, a!, ...rest]);
    const { cause } = await failure({ ...gapLevel, geometries: swapped }, 'OCC=O', folder);
    expect(cause).toMatchObject({ class: 'device', code: 'badStart' });
    const inside = await scratchFolder();
    const near = await seed(inside, 'O', ([o, h, other]) => [o!, [o![0]! + 0.1, o![1]!, o![2]!], other ?? h!]);
    const overlapping = await failure({ ...gapLevel, geometries: near }, 'O', inside);
    expect(overlapping.cause?.message).toContain('0.10 Å apart');
  });

  it('a start geometry on file that belongs to another molecule is refused', async () => {
    const folder = await scratchFolder();
    const file = await seed(folder, 'O', (positions) => positions);
    const text = JSON.parse(await readFile(file, 'utf8')) as { elements: string[] };
    await writeFile(file, JSON.stringify({ ...text, elements: ['S', 'H', 'H'] }));
    const { adapter } = await lab({ ...gapLevel, geometries: file });
    await expect(adapter.submit('k', moleculeRequest('O'), { fence: 1 })).rejects.toThrow(/other atoms or bonds/);
    await writeFile(file, 'nonsense');
    const broken = await lab({ ...gapLevel, geometries: file });
    await expect(broken.adapter.submit('k', moleculeRequest('O'), { fence: 1 })).rejects.toThrow(
      /line 1 holds no start geometry/,
    );
  });

  /** A program that is xtb, but waits in the first run until a file says go on. */
  async function waitingXtb(folder: string): Promise<{ program: string; pid: string; gate: string }> {
    await mkdir(folder, { recursive: true });
    const [program, pid, gate] = ['slow-xtb', 'xtb.pid', 'gate'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const script = `#!/bin/sh\necho $$ > '${pid}'\nwhile [ ! -e '${gate}' ]; do sleep 0.02; done\nexec xtb "$@"\n`;
    await writeFile(program, script, { mode: 0o755 });
    return { program, pid, gate };
  }

  it('xtb killed from outside', async () => {
    const folder = await scratchFolder();
    const { program, pid } = await waitingXtb(folder);
    const { adapter } = await lab({ ...gapLevel, program }, folder);
    const job = await adapter.submit('k', moleculeRequest(benzoquinone), { fence: 1 });
    await until(async () => existsSync(pid) && (await readFile(pid, 'utf8')) !== '');
    process.kill(Number(await readFile(pid, 'utf8')), 'SIGKILL');
    expect(await ended(adapter, job)).toMatchObject({ state: 'failed', cause: { class: 'device', code: 'killed' } });
  });

  it('time limit', async () => {
    const folder = await scratchFolder();
    const { program, pid } = await waitingXtb(folder);
    const { cause, cost } = await failure({ ...gapLevel, program, timeout: '2s' }, benzoquinone, folder);
    expect(cause).toMatchObject({ class: 'device', code: 'timeout' });
    expect(cost).toBeGreaterThan(0);
    expect(await isRunning(pid)).toBe(false);
  });

  it('goes on under another adapter object after the first is gone, and starts nothing twice', async () => {
    const folder = await scratchFolder();
    const { program, gate } = await waitingXtb(folder);
    const settings = { ...gapLevel, program };
    const first = await lab(settings, folder);
    const job = await first.adapter.submit('k', moleculeRequest(benzoquinone), { fence: 1 });
    await first.adapter.close();
    const { adapter } = await lab(settings, folder);
    expect(await adapter.find('k', { fence: 1 })).toBe(job);
    expect(await adapter.submit('k', moleculeRequest(benzoquinone), { fence: 1 })).toBe(job);
    await writeFile(gate, '');
    expect(await ended(adapter, job)).toMatchObject({ state: 'succeeded' });
    expect(await starts(folder)).toEqual({ k: 1 });
  });
});
