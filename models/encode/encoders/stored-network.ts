import { ContractError, InvalidInputError } from '../../domain/errors.js';
import { checkFiles, type ModelBundle } from '../../pretrained/bundle.js';
import { openTextModel } from '../../pretrained/embed.js';
import { type Manifest, modelFile } from '../../pretrained/manifest.js';
import { outputOf } from '../../pretrained/outputs.js';
import { openMinimol } from '../graph/minimol.js';
import { readMolecule } from '../read-molecule.js';
import type { OpenEncoder } from './contract.js';

/** Grows when texts are brought to a network otherwise. */
const version = 1;

/** A molecule alone is half of what a network of reactions has seen, and read as it reads one. */
const ofMolecules: readonly string[] = ['smiles', 'reaction-smiles'];

/**
 * Why a stored network encodes no molecules, or has no such output; null where it does.
 *
 * @param output - the one that its manifest recommends where absent
 */
export function whyNoMolecules(manifest: Manifest, output = manifest.recommendedOutput): string | null {
  const { id, modality, encoder } = manifest;
  if (modality === 'structure-graph' && encoder !== 'minimol')
    return `model ${id} takes graphs that nothing here makes; those of minimol are made where its manifest says "encoder": "minimol"`;
  if (modality !== 'structure-graph' && !ofMolecules.includes(modality))
    return `model ${id} takes ${modality}, no molecules`;
  try {
    outputOf(manifest, output);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.faults.map(({ message }) => message).join('; ');
    throw error;
  }
  return null;
}

/**
 * Opens a stored network as an encoder of molecules: MiniMol for a model of graphs, else a network of SMILES. Null where ONNX Runtime, an
 * optional dependency, cannot be loaded.
 *
 * A network of SMILES is given the canonical one of each molecule, so that all its spellings have the same bits.
 *
 * @param output - of the network, the recommended one where absent; MiniMol has one only
 * @throws {AthanorError} CONTRACT if the model takes no molecules, has no such output or is not what its manifest says, DAMAGED if a
 *   file is another
 */
export async function openMoleculeNetwork(bundle: ModelBundle, output?: string): Promise<OpenEncoder | null> {
  const { manifest, files } = bundle;
  const why = whyNoMolecules(manifest, output);
  if (why !== null) throw new ContractError(why);
  if (manifest.modality === 'structure-graph') {
    checkFiles(bundle);
    return openMinimol(files.get(modelFile(manifest))!);
  }
  const asked = output ?? manifest.recommendedOutput;
  const { width } = outputOf(manifest, asked);
  const model = await openTextModel(bundle);
  if (model === null) return null;
  return {
    name: manifest.id,
    version,
    weights: `${model.identity}-${asked}`,
    takes: 'smiles',
    gives: 'numbers',
    width,
    encode: async (texts) => {
      const canonical: string[] = [];
      for (const text of texts) canonical.push(await readMolecule(text, (molecule) => molecule.get_smiles()));
      const { rows } = (await model.embed(canonical, [asked])).outputs[asked]!;
      return canonical.map((_, i) => Float64Array.from(rows.subarray(i * width, (i + 1) * width)));
    },
    release: () => model.release(),
  };
}
