import { AthanorError, ContractError, NumericalError } from '../../domain/errors.js';
import { sha256Of } from '../../domain/sha256.js';
import { type OnnxSession, openSession } from '../../onnx/runtime.js';
import type { OpenEncoder } from '../encoders/contract.js';
import { rdkit, readMolecule } from '../read-molecule.js';
import { shownSmiles } from '../smiles-size.js';
import { featuresOf, type MoleculeFeatures } from './featurise.js';
import { graphFeeds, graphsOfRun } from './graph-feeds.js';
import { moleculeGraph } from './molecule-graph.js';

/** Grows when what is read of a molecule, or how it is run, changes a number. */
const version = 1;

/** Numbers of a molecule. */
const width = 512;
const output = 'fingerprint';

/**
 * Opens MiniMol, a pretrained network of molecular graphs; null where ONNX Runtime, an optional dependency, cannot be loaded.
 *
 * A molecule is read from its canonical SMILES, so that all ways to write it give the same bits; and whatever is encoded beside it.
 * The thread is blocked while molecules are run.
 *
 * @param model - content of `minimol_v1.onnx`
 * @throws {ContractError} if that is not MiniMol
 * @see Kläser et al. 2024, arXiv:2404.14986
 */
export async function openMinimol(model: Uint8Array): Promise<OpenEncoder | null> {
  const session = await openSession(model).catch((cause: unknown) => {
    throw new ContractError('the file given as MiniMol is no network that can be opened', { cause });
  });
  if (session === null) return null;
  const other = differenceOf(session);
  if (other !== null) {
    await session.release();
    throw new ContractError(`the network given as MiniMol is another: ${other}`);
  }
  return {
    name: 'minimol',
    version,
    weights: sha256Of(model),
    takes: 'molecules',
    gives: 'numbers',
    width,
    encode: async (texts) => {
      const codes: Float64Array[] = [];
      for (let from = 0; from < texts.length; from += graphsOfRun) {
        const some = texts.slice(from, from + graphsOfRun);
        const molecules: MoleculeFeatures[] = [];
        for (const text of some) molecules.push(await read(text));
        const numbers = await run(session, molecules);
        some.forEach((text, i) => {
          const code = Float64Array.from(numbers.subarray(i * width, (i + 1) * width));
          if (!code.every(Number.isFinite))
            throw new NumericalError(`MiniMol gives numbers that are not finite for '${shownSmiles(text)}'`);
          codes.push(code);
        });
      }
      return codes;
    },
    release: () => session.release(),
  };
}

/** What a network takes or gives otherwise than MiniMol, in words; null where it is as that. */
function differenceOf({ inputs, outputs }: OnnxSession): string | null {
  const [wanted, found] = [Object.keys(graphFeeds([])), inputs.map(({ name }) => name)];
  if (found.toSorted().join() !== wanted.toSorted().join())
    return `it takes ${found.join(', ')}, where MiniMol takes ${wanted.join(', ')}`;
  const given = outputs.find(({ name }) => name === output);
  if (given?.shape.at(-1) === width) return null;
  return `it gives ${outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join(', ')}, where MiniMol gives ${output} of ${width} numbers`;
}

async function read(text: string): Promise<MoleculeFeatures> {
  const canonical = await readMolecule(text, (molecule) => molecule.get_smiles());
  const graph = await rdkit.use(canonical, (molecule) => moleculeGraph(molecule.get_json()));
  if (graph === null)
    throw new AthanorError(
      'SMILES',
      `'${shownSmiles(text)}' has the canonical SMILES '${shownSmiles(canonical)}', which RDKit cannot read again`,
    );
  if (graph.atoms.some(({ element }) => element === 0))
    throw new AthanorError('SMILES', `'${shownSmiles(text)}' has a wildcard, where MiniMol takes elements only`);
  return featuresOf(graph);
}

async function run(session: OnnxSession, molecules: readonly MoleculeFeatures[]): Promise<Float32Array> {
  const given = (await session.run(graphFeeds(molecules)))[output];
  if (given?.type !== 'float32' || given.shape.join() !== `${graphsOfRun},${width}`)
    throw new ContractError(`MiniMol gave ${given?.type} [${given?.shape.join(', ')}] for ${graphsOfRun} graphs`);
  return given.data;
}
