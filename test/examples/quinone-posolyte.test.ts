import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readGeometries } from '../../lab-adapters/xtb/geometry-store.js';
import { readMolecule } from '../../lab-adapters/xtb/molecule.js';
import type { Molecules } from '../../models/encode/molecules.js';
import { loadMolecules } from '../../models/encode/molecules.js';

const example = new URL('../../examples/quinone-posolyte/', import.meta.url);

interface PoolRow {
  readonly id: string;
  readonly smiles: string;
}
const load = <Exports>(file: string) => import(new URL(file, example).href) as Promise<Exports>;
const { enumerateQuinones, poolCsv } = await load<{
  enumerateQuinones(molecules: Molecules): Promise<PoolRow[]>;
  poolCsv(rows: readonly PoolRow[]): string;
}>('enumerate.mjs');
const { startGeometries } = await load<{ startGeometries(smiles: string[]): AsyncGenerator<string> }>('geometries.mjs');

describe('the quinone pool', async () => {
  it('is what the example has, byte for byte', async () => {
    const rows = await enumerateQuinones(await loadMolecules());
    expect(rows).toHaveLength(155);
    expect(rows.find(({ id }) => id === 'NQ23-NH2-CF3')?.smiles).toBe('NC1=C(C(F)(F)F)C(=O)c2ccccc2C1=O');
    expect(poolCsv(rows)).toBe(await readFile(new URL('pool.csv', example), 'utf8'));
  });

  it('has a start geometry for each molecule, of its own atoms and bonds', async () => {
    const geometries = await readGeometries(new URL('geometries.jsonl', example).pathname);
    expect(geometries.size).toBe(155);
    for (const { smiles } of await enumerateQuinones(await loadMolecules())) {
      const read = await readMolecule(smiles);
      if (!('graph' in read)) throw new Error(read.refusal);
      const { elements, bonds } = geometries.get(read.graph.idcode)!;
      expect({ elements, bonds }).toEqual({ elements: read.graph.elements, bonds: read.graph.bonds });
    }
  });

  it('has geometries that come out the same when computed anew', async () => {
    const shipped = (await readFile(new URL('geometries.jsonl', example), 'utf8')).split('\n');
    const rows = await enumerateQuinones(await loadMolecules());
    const chosen = ['BQ25-OMe-CO2Me'].map((id) => rows.findIndex((row) => row.id === id));
    const anew: string[] = [];
    for await (const line of startGeometries(chosen.map((i) => rows[i]!.smiles))) anew.push(line);
    expect(anew).toEqual(chosen.map((i) => shipped[i]));
  });
});
