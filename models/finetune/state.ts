import { ContractError, DamagedError } from '../domain/errors.js';
import { sizeOf } from '../onnx/shaping.js';

/** Numbers by name, row-major. */
export type Numbers = Readonly<Record<string, Float32Array>>;

/** Where learning stands between two chunks. */
export interface FineTuneState {
  /** Steps so far. */
  readonly step: number;
  /** Least error on the molecules held out, and after which step that was; null where none are held out. */
  readonly best: { readonly step: number; readonly error: number } | null;
  /** Epochs since then. */
  readonly stale: number;
  readonly done: boolean;
  readonly parameters: Numbers;
  /** Running moments of the gradients. */
  readonly first: Numbers;
  readonly second: Numbers;
  /** Parameters that are kept: the best ones, or the last where none are held out. */
  readonly kept: Numbers;
}

/** Version of the bytes. */
const format = 1;
const groups = ['parameters', 'first', 'second', 'kept'] as const;

/**
 * A state as bytes: length of what follows (32 bits, little-endian), JSON, filled up to a multiple of 4, then the numbers.
 *
 * @param plan - by what the plan is known
 */
export function stateBytes(state: FineTuneState, plan: string): Uint8Array {
  const { step, best, stale, done } = state;
  const text = new TextEncoder().encode(JSON.stringify({ format, plan, step, best, stale, done }));
  const start = 4 * Math.ceil((4 + text.length) / 4);
  const parts = groups.flatMap((group) => Object.values(state[group]));
  const bytes = new Uint8Array(start + parts.reduce((sum, { byteLength }) => sum + byteLength, 0)).fill(32, 0, start);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  let at = start;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/**
 * The state of such bytes.
 *
 * @param shapes - of the parameters, in their order
 * @throws {DamagedError} if they are none
 * @throws {ContractError} if they are of another plan
 */
export function readState(
  bytes: Uint8Array,
  plan: string,
  shapes: Readonly<Record<string, readonly number[]>>,
): FineTuneState {
  const copy = new Uint8Array(bytes);
  const length = copy.length < 4 ? 0 : new DataView(copy.buffer).getUint32(0, true);
  const head = headOf(copy.subarray(4, 4 + length));
  if (head.plan !== plan)
    throw new ContractError('this state is of another fine-tuning: other labels, settings or another model');
  let at = 4 * Math.ceil((4 + length) / 4);
  const size = Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);
  if (copy.length !== at + 4 * size * groups.length)
    throw new DamagedError(
      `a state of fine-tuning has ${copy.length} bytes, where ${at + 4 * size * groups.length} are expected`,
    );
  const read = groups.map(() =>
    Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => {
        const numbers = new Float32Array(copy.buffer, at, sizeOf(shape));
        at += numbers.byteLength;
        return [name, numbers];
      }),
    ),
  ) as [Numbers, Numbers, Numbers, Numbers];
  const { step, best, stale, done } = head;
  return { step, best, stale, done, parameters: read[0], first: read[1], second: read[2], kept: read[3] };
}

type Head = Pick<FineTuneState, 'step' | 'best' | 'stale' | 'done'> & {
  readonly format: number;
  readonly plan: string;
};

function headOf(bytes: Uint8Array): Head {
  try {
    const head = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Head> | null;
    if (head?.format === format) return head as Head;
  } catch (cause) {
    throw new DamagedError('these bytes are no state of fine-tuning', { cause });
  }
  throw new DamagedError(`these bytes are no state of fine-tuning of format ${format}`);
}
