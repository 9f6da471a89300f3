import { AthanorError, ContractError } from '../../models/domain/errors.js';
import { openMoleculeNetwork } from '../../models/encode/encoders/stored-network.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';

/** Molecules that are run together. */
export const moleculesAtOnce = 64;

/** A stored network that takes molecules, ready to run. */
export interface MoleculeModel {
  /** Numbers of each molecule, in their order; null for one that it cannot take. The thread is blocked while it runs. */
  encode(smiles: readonly string[]): Promise<readonly (ArrayLike<number> | null)[]>;
  release(): Promise<void>;
}

/**
 * Opens a stored network of molecules.
 *
 * @throws {AthanorError} as `openMoleculeNetwork`; CONTRACT where ONNX Runtime is not there
 */
export async function openMoleculeModel(bundle: ModelBundle, output?: string): Promise<MoleculeModel> {
  const model = await openMoleculeNetwork(bundle, output);
  if (model === null)
    throw new ContractError("models need ONNX Runtime, which cannot be loaded: npm install 'onnxruntime-node'");
  return { encode: oneByOne((some) => model.encode(some)), release: () => model.release() };
}

/** All together, and each by itself where one of them cannot be taken. */
function oneByOne(encode: (some: readonly string[]) => Promise<readonly ArrayLike<number>[]>): MoleculeModel['encode'] {
  return async (smiles) => {
    try {
      return await encode(smiles);
    } catch (error) {
      if (!isOfOne(error)) throw error;
      if (smiles.length === 1) return [null];
    }
    const codes: (ArrayLike<number> | null)[] = [];
    for (const one of smiles) codes.push(...(await oneByOne(encode)([one])));
    return codes;
  };
}

/** Whether an error says that a molecule cannot be taken; a fault of the model itself is another matter. */
function isOfOne(error: unknown): boolean {
  return error instanceof AthanorError && ['SMILES', 'INVALID_INPUT', 'NUMERICAL'].includes(error.code);
}
