import { sha256Of } from '../domain/sha256.js';
import { rewriteModel } from '../onnx/rewrite-model.js';
import { readModel, type StoredNode } from '../onnx/stored-model.js';
import { float32, type TensorData } from '../onnx/tensor.js';
import { Generator } from '../random/generator.js';
import type { ModelBundle } from './bundle.js';
import { modelFile } from './manifest.js';

/** Number of 32-bit numbers in `onnx.TensorProto.DataType`. */
const float32Type = 1;

/**
 * A stored network that has learned nothing, to compare with: each of its tables of 32-bit numbers drawn anew, normal with mean and spread
 * of its own.
 */
export function withRandomWeights({ manifest, files }: ModelBundle, seed: number): ModelBundle {
  const file = modelFile(manifest);
  const model = readModel(files.get(file)!);
  const random = new Generator(seed, 'random weights');
  const constants = new Map<string, TensorData>();
  const renamed = new Map<string, string>();
  for (const [name, tensor] of model.constants) {
    const size = tensor.shape.reduce((product, length) => product * length, 1);
    if (tensor.type !== float32Type || size < 2) continue;
    const numbers = tensor.read().data as Float32Array;
    const mean = numbers.reduce((sum, value) => sum + value, 0) / size;
    const sd = Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size);
    renamed.set(name, `random ${name}`);
    constants.set(
      `random ${name}`,
      float32(
        numbers.map(() => mean + sd * random.normal()),
        tensor.shape,
      ),
    );
  }
  const inputs = new Map<StoredNode, readonly string[]>();
  for (const node of model.nodes)
    if (node.inputs.some((name) => renamed.has(name)))
      inputs.set(
        node,
        node.inputs.map((name) => renamed.get(name) ?? name),
      );
  const bytes = rewriteModel(model, { inputs, constants });
  const { golden: _, ...rest } = manifest;
  return {
    manifest: { ...rest, id: `random-${manifest.id}`, sha256: { ...manifest.sha256, [file]: sha256Of(bytes) } },
    files: new Map([...files, [file, bytes]]),
  };
}
