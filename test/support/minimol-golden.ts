import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { featuresOf, type MoleculeFeatures } from '../../models/encode/graph/featurise.js';
import { moleculeGraph } from '../../models/encode/graph/molecule-graph.js';
import { readMolecule } from '../../models/encode/read-molecule.js';
import { modelsFolder } from './models-folder.js';

/** What the published featuriser made of a molecule, atoms in an order of its own. */
export interface GoldenFeatures {
  readonly smiles: string;
  readonly feat: readonly (readonly number[])[];
  readonly edge_feat: readonly (readonly number[])[];
  readonly edge_index: readonly [readonly number[], readonly number[]];
  readonly laplacian_eigvec: readonly (readonly number[])[];
  readonly laplacian_eigval: readonly (readonly number[])[];
  readonly rw_return_probs: readonly (readonly number[])[];
}

/** Values of the published package, or null, with a word on standard error, where they are absent. */
export function minimolGolden(): {
  readonly features: readonly GoldenFeatures[];
  readonly embeddings: readonly { readonly smiles: string; readonly vector: readonly number[] }[];
} | null {
  const folder = path.join(modelsFolder, 'minimol');
  if (!existsSync(folder)) {
    process.stderr.write(`${folder} is not there: tests of its values are skipped\n`);
    return null;
  }
  const read = (file: string) => JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  return { features: read('golden-features.json'), embeddings: read('golden-embeddings.json').embeddings };
}

/** Features of a molecule, its atoms in the order of the text. */
export function featuresOfText(smiles: string): Promise<MoleculeFeatures> {
  return readMolecule(smiles, (molecule) => featuresOf(moleculeGraph(molecule.get_json())));
}

/** Of each of our atoms: its row in golden values. Edges are in one order in both; atoms without are in theirs. */
export function goldenRows({ atoms, begins }: MoleculeFeatures, { edge_index: [starts] }: GoldenFeatures): number[] {
  const rows = new Map(begins.map((atom, edge) => [atom, starts[edge]!]));
  const left = Array.from({ length: atoms }, (_, i) => i).filter((row) => ![...rows.values()].includes(row));
  return Array.from({ length: atoms }, (_, atom) => rows.get(atom) ?? left.shift()!);
}
