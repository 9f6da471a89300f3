import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { createRegistry } from '../../lab-adapters/registry.js';
import { xtbVersion } from '../../lab-adapters/xtb/installation.js';
import { readMolecule } from '../../lab-adapters/xtb/molecule.js';
import { type Campaign, campaignSchema } from '../../models/domain/campaign.js';
import { sha256Of } from '../../models/domain/sha256.js';
import { writeFileAtomically } from '../home.js';
import { drawnGeometry } from './drawn-geometry.js';
import { enumeratedMolecules } from './enumerated-molecules.js';
import { simulatedTable } from './simulated-table.js';

/** Name of the pool. */
export const simulatedPool = 'enumerated-molecules';

/** Molecules that are enumerated, so that 2,000 are left where some fall apart; of how many the target is known; the seed that draws them. */
const [enumerated, measured, seed] = [2060, 600, 1] as const;

/** The two lower levels of the quinones' campaign: orbital gap by GFN1, and ionisation potential minus electron affinity by GFN2 in water, eV. */
const levels = [
  { name: 'gap-gfn1', cost: 0.03, settings: { method: 'gfn1', task: 'energy', values: { window: 'gap' } } },
  {
    name: 'vertical-gfn2',
    cost: 0.06,
    settings: { method: 'gfn2', task: 'energy', solvent: 'water', values: { window: 'window' } },
  },
] as const;

/** Molecules with what xtb gives of them, eV, in the order in which they were drawn. */
export interface SimulatedMolecules {
  /** Over all of them, with both levels. */
  readonly campaign: Campaign;
  /** By row. */
  readonly low: readonly number[];
  /** The same; null where it is not known. */
  readonly target: readonly (number | null)[];
}

/**
 * A pool of molecules enumerated here with real simulations at two levels: a cheap one of all, the target of the first 600.
 * What is computed once, in some ten minutes of CPU time, is kept in the folder; a call that was killed is gone on with.
 *
 * @returns null where there is no xtb
 */
export async function simulatedMolecules(
  folder: string,
  log: (line: string) => void,
): Promise<SimulatedMolecules | null> {
  const version = await xtbVersion('xtb');
  if (version === null) return null;
  const all = await enumeratedMolecules(enumerated, seed);
  const markOf = (parts: unknown) => sha256Of(JSON.stringify(parts)).slice(0, 12);
  const geometries = path.join(folder, `geometries-${markOf(all)}.jsonl`);
  await keepGeometries(geometries, all, log);
  const valuesOf = async (molecules: readonly string[], level: (typeof levels)[number]) => {
    const file = path.join(folder, `${level.name}-${markOf([version, all, level])}.jsonl`);
    const options = { registry: createRegistry(), lanes: availableParallelism(), log };
    const values = (await simulatedTable(campaignOf(molecules, geometries, [level]), file, options)).get(level.name)!;
    return new Map(molecules.flatMap((one, row) => (values[row] === null ? [] : [[one, values[row]!] as const])));
  };
  const low = await valuesOf(all, levels[0]);
  const molecules = all.filter((one) => low.has(one));
  const target = await valuesOf(molecules.slice(0, measured), levels[1]);
  log(`${low.size} of ${all.length} molecules have the low level, ${target.size} of ${measured} the target`);
  return {
    campaign: campaignOf(molecules, geometries, levels),
    low: molecules.map((one) => low.get(one)!),
    target: molecules.map((one) => target.get(one) ?? null),
  };
}

function campaignOf(
  molecules: readonly string[],
  geometries: string,
  fidelities: readonly (typeof levels)[number][],
): Campaign {
  const parameters = [{ name: 'molecule', type: 'substance' as const, smiles: [...molecules] }];
  const spec = campaignSchema.parse({
    name: simulatedPool,
    space: { parameters },
    objectives: [{ name: 'window', direction: 'maximise', unit: 'eV' }],
    fidelities: fidelities.map(({ settings, ...level }) => ({
      ...level,
      adapter: 'xtb',
      settings: { ...settings, geometries },
    })),
    budget: { cost: 1 },
  });
  const pool = { ids: [...molecules], designs: molecules.map((molecule) => ({ molecule })) };
  return { id: spec.name, spec, space: { parameters, pool } };
}

/** Start geometries, as the adapter takes them from a file: a search of conformers, as it makes for itself, would take an hour. */
async function keepGeometries(file: string, molecules: readonly string[], log: (line: string) => void): Promise<void> {
  const isThere = await readFile(file).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const lines: string[] = [];
  for (const [i, smiles] of molecules.entries()) {
    const read = await readMolecule(smiles);
    const made = 'graph' in read ? drawnGeometry(read.graph) : null;
    if (made !== null) lines.push(`${JSON.stringify(made)}\n`);
    if ((i + 1) % 500 === 0) log(`start geometries: ${i + 1} of ${molecules.length}`);
  }
  await mkdir(path.dirname(file), { recursive: true });
  await writeFileAtomically(file, lines.join(''));
}
