import { ContractError, InvalidInputError } from '../../domain/errors.js';
import type { Reading } from '../../domain/space-codes.js';
import { checkFiles, type ModelBundle } from '../../pretrained/bundle.js';
import { openTextModel } from '../../pretrained/embed.js';
import { type Manifest, modelFile } from '../../pretrained/manifest.js';
import { outputOf } from '../../pretrained/outputs.js';
import { openMinimol } from '../graph/minimol.js';
import { readMolecule } from '../read-molecule.js';
import type { OpenEncoder } from './contract.js';
import { openNumberNetwork } from './number-network.js';

/** Grows when texts are brought to a network otherwise. */
const version = 1;

/**
 * What a network of a modality can be given. A molecule alone is half of what a network of reactions has seen, and read as it reads one.
 */
const readingsOf: Readonly<Record<Manifest['modality'], readonly Reading[]>> = {
  smiles: ['molecules'],
  'reaction-smiles': ['molecules', 'reactions'],
  text: ['texts'],
  selfies: [],
  composition: ['compositions'],
  'structure-graph': ['molecules'],
  vector: ['curves'],
};

/** What a stored network can be given; nothing where no program here makes its inputs. */
export function networkReadings({ modality }: Pick<Manifest, 'modality'>): readonly Reading[] {
  return readingsOf[modality];
}

/**
 * Why a stored network cannot be given what is read of designs, or has no such output; null where it can.
 *
 * @param output - the one that its manifest recommends where absent
 */
export function whyNotRead(manifest: Manifest, reads: Reading, output = manifest.recommendedOutput): string | null {
  const { id, modality, encoder } = manifest;
  if (!readingsOf[modality].includes(reads)) return `model ${id} takes ${modality}, no ${reads}`;
  if (modality === 'structure-graph' && encoder !== 'minimol')
    return `model ${id} takes graphs that nothing here makes; those of minimol are made where its manifest says "encoder": "minimol"`;
  if (modality === 'composition' && encoder !== 'element-fractions')
    return `model ${id} takes what nothing here makes; fractions by atomic number are made where its manifest says "encoder": "element-fractions"`;
  if (modality === 'vector' && encoder !== 'curve')
    return `model ${id} takes what nothing here makes; curves are made where its manifest says "encoder": "curve"`;
  try {
    outputOf(manifest, output);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.faults.map(({ message }) => message).join('; ');
    throw error;
  }
  return null;
}

/**
 * Opens a stored network as an encoder: MiniMol for a model of graphs, else a network of texts or of rows of numbers. Null where ONNX
 * Runtime, an optional dependency, cannot be loaded.
 *
 * A network of SMILES is given the canonical one of each molecule, so that all its spellings have the same bits; reactions are given as
 * `textOfKey` writes them, of canonical parts.
 *
 * @param output - of the network, the recommended one where absent; MiniMol has one only
 * @throws {AthanorError} CONTRACT if the model cannot be given that, has no such output or is not what its manifest says, DAMAGED if a
 *   file is another
 */
export async function openNetwork(bundle: ModelBundle, reads: Reading, output?: string): Promise<OpenEncoder | null> {
  const { manifest, files } = bundle;
  const why = whyNotRead(manifest, reads, output);
  if (why !== null) throw new ContractError(why);
  if (manifest.modality === 'structure-graph') {
    checkFiles(bundle);
    return openMinimol(files.get(modelFile(manifest))!);
  }
  const asked = output ?? manifest.recommendedOutput;
  if (reads === 'compositions' || reads === 'curves') return openNumberNetwork(bundle, asked);
  const { width } = outputOf(manifest, asked);
  const model = await openTextModel(bundle);
  if (model === null) return null;
  return {
    name: manifest.id,
    version,
    weights: `${model.identity}-${asked}`,
    takes: reads,
    gives: 'numbers',
    width,
    encode: async (texts) => {
      const given: string[] = [];
      for (const text of texts)
        given.push(reads === 'molecules' ? await readMolecule(text, (molecule) => molecule.get_smiles()) : text);
      const { rows } = (await model.embed(given, [asked])).outputs[asked]!;
      return given.map((_, i) => Float64Array.from(rows.subarray(i * width, (i + 1) * width)));
    },
    release: () => model.release(),
  };
}
