import { AthanorError, ContractError, NumericalError, ShapeError } from '../../domain/errors.js';
import { elementSymbols } from '../../domain/formula.js';
import { openSession } from '../../onnx/runtime.js';
import { float32 } from '../../onnx/tensor.js';
import { checkFiles, type ModelBundle, modelIdentity } from '../../pretrained/bundle.js';
import { type Manifest, modelFile } from '../../pretrained/manifest.js';
import { numberInput } from '../../pretrained/number-input.js';
import { outputOf } from '../../pretrained/outputs.js';
import type { OpenEncoder } from './contract.js';
import { fractionsIn } from './reading-texts.js';

/** Grows when texts are brought to a network otherwise. */
const version = 1;

/**
 * Opens a stored network that takes one row of numbers: fractions by atomic number of a composition, or a curve on as many points as it
 * takes, `0.1 0.3 …`. Null where ONNX Runtime, an optional dependency, cannot be loaded.
 *
 * @throws {AthanorError} CONTRACT if it is no such network, DAMAGED if a file is another
 */
export async function openNumberNetwork(bundle: ModelBundle, asked: string): Promise<OpenEncoder | null> {
  checkFiles(bundle);
  const { manifest, files } = bundle;
  const { id } = manifest;
  const input = numberInput(manifest);
  if (input === null) throw new ContractError(`model ${id} takes no row of numbers`);
  const session = await openSession(files.get(modelFile(manifest))!).catch((cause: unknown) => {
    throw new ContractError(`${modelFile(manifest)} of model ${id} cannot be opened`, { cause });
  });
  if (session === null) return null;
  const { port, width } = outputOf(manifest, asked);
  const read = manifest.encoder === 'element-fractions' ? fractionRow : curveRow;
  const run = async (text: string) => {
    const row = read(text, input.width, id);
    // Beside itself, as several are multiplied in another order than one alone, and always so many.
    const given = await session.run({ [input.name]: float32([...row, ...row], [2, input.width]) }, [port.name]);
    const { shape, data } = given[port.name]!;
    if (shape.join() !== `2,${width}`)
      throw new ShapeError(`output '${port.name}' of model ${id} is [${shape.join(', ')}], not [2, ${width}]`);
    const code = Float64Array.from(data.subarray(0, width) as Float32Array);
    if (!code.every(Number.isFinite))
      throw new NumericalError(`model ${id} gives numbers that are not finite for '${text}'`);
    return code;
  };
  return {
    name: id,
    version,
    weights: `${modelIdentity(manifest)}-${asked}`,
    takes: manifest.encoder === 'element-fractions' ? 'compositions' : 'curves',
    gives: 'numbers',
    width,
    encode: async (texts) => {
      const codes: Float64Array[] = [];
      for (const text of texts) codes.push(await run(text));
      return codes;
    },
    release: () => session.release(),
  };
}

function fractionRow(text: string, width: number, model: Manifest['id']): number[] {
  const row: number[] = new Array(width).fill(0);
  for (const [name, fraction] of Object.entries(fractionsIn(text))) {
    const at = elementSymbols.indexOf(name);
    if (at < 0 || at >= width)
      throw refused(text, `holds ${name}`, `model ${model} takes elements ${elementSymbols.slice(0, width).join(' ')}`);
    row[at] = fraction;
  }
  return row;
}

function curveRow(text: string, width: number, model: Manifest['id']): number[] {
  const row = text.split(' ').map((part) => (part === '' ? Number.NaN : Number(part)));
  if (row.length === width && row.every(Number.isFinite)) return row;
  throw refused(text.slice(0, 80), `is no curve of ${width} numbers`, `model ${model} takes ${width} parted by blanks`);
}

function refused(text: string, why: string, remedy: string): AthanorError {
  return new AthanorError('INVALID_INPUT', `'${text}' ${why}: ${remedy}`);
}
