import { AthanorError, ContractError } from '../../models/domain/errors.js';
import type { Reading } from '../../models/domain/space-codes.js';
import { openNetwork } from '../../models/encode/encoders/stored-network.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';

/** Values that are run together. */
export const valuesAtOnce = 64;

/** A stored network that makes numbers of values, ready to run. */
export interface ValueModel {
  /** Numbers of each text, in their order; null for one that it cannot take. The thread is blocked while it runs. */
  encode(texts: readonly string[]): Promise<readonly (ArrayLike<number> | null)[]>;
  release(): Promise<void>;
}

/**
 * Opens a stored network.
 *
 * @throws {AthanorError} as `openNetwork`; CONTRACT where ONNX Runtime is not there
 */
export async function openValueModel(bundle: ModelBundle, reads: Reading, output: string): Promise<ValueModel> {
  const model = await openNetwork(bundle, reads, output);
  if (model === null)
    throw new ContractError("models need ONNX Runtime, which cannot be loaded: npm install 'onnxruntime-node'");
  return { encode: oneByOne((some) => model.encode(some)), release: () => model.release() };
}

/** All together, and each by itself where one of them cannot be taken. */
export function oneByOne(
  encode: (some: readonly string[]) => Promise<readonly ArrayLike<number>[]>,
): ValueModel['encode'] {
  return async (texts) => {
    try {
      return await encode(texts);
    } catch (error) {
      if (!isOfOne(error)) throw error;
      if (texts.length === 1) return [null];
    }
    const codes: (ArrayLike<number> | null)[] = [];
    for (const one of texts) codes.push(...(await oneByOne(encode)([one])));
    return codes;
  };
}

/** Whether an error says that a value cannot be taken; a fault of the model itself is another matter. */
function isOfOne(error: unknown): boolean {
  return error instanceof AthanorError && ['SMILES', 'INVALID_INPUT', 'NUMERICAL'].includes(error.code);
}
