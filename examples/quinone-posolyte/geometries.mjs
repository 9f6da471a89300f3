import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { conformerCommand } from '../../dist/lab-adapters/xtb/installation.js';
import { readMolecule } from '../../dist/lab-adapters/xtb/molecule.js';

/**
 * Computes the start geometries of molecules as the xtb adapter would, for its setting `geometries`: one line of JSON a
 * molecule. Takes 1 to 4 s of CPU time for each, in a process of its own.
 *
 * @throws {Error} if a text is not a molecule, or has no three-dimensional form
 */
export async function* startGeometries(smiles) {
  const [node, child] = await conformerCommand();
  const folder = await mkdtemp(join(tmpdir(), 'athanor-geometries-'));
  try {
    for (const text of smiles) {
      const read = await readMolecule(text);
      if ('refusal' in read) throw new Error(`'${text}': ${read.refusal}`);
      const [json, xyz] = [join(folder, 'start.json'), join(folder, 'start.xyz')];
      await promisify(execFile)(node, [child, read.graph.idcode, json, xyz]);
      const conformer = JSON.parse(await readFile(json, 'utf8'));
      if ('failure' in conformer) throw new Error(`'${text}': ${conformer.failure.message}`);
      yield JSON.stringify(conformer.geometry);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
