import { AthanorError, ContractError, NumericalError, ShapeError } from '../domain/errors.js';
import { type OnnxSession, openSession } from '../onnx/runtime.js';
import type { TensorData } from '../onnx/tensor.js';
import { batchesOf } from './batches.js';
import { checkFiles, type ModelBundle, modelIdentity } from './bundle.js';
import { type Manifest, modelFile } from './manifest.js';
import { outputOf, type RowOutput } from './outputs.js';
import { pool } from './pooling.js';
import { fixedSizes, tokenFeeds } from './token-feeds.js';
import type { Tokens } from './tokenizers/contract.js';
import { tokenizerOf } from './tokenizers/tokenizers.js';

/** What came of texts. */
export interface Embedded {
  /** By output as it was asked for: a row for each text, in their order, [texts × width]. */
  readonly outputs: Readonly<Record<string, { readonly width: number; readonly rows: Float32Array }>>;
  /** What was not read as it stands, where the manifest allows that. */
  readonly notes: ReadingNotes;
}

/** What of texts was not read as it stands. */
export interface ReadingNotes {
  /** Texts with something that the vocabulary lacks, and how much of that there was in all. */
  readonly withUnknown: number;
  readonly unknown: number;
  /** A few of the pieces. */
  readonly examples: readonly string[];
  /** Texts that were cut, as they are longer than the model takes. */
  readonly cut: number;
}

/** How texts are run. */
export interface EmbedOptions {
  /** Tokens of a batch; memory grows with them. */
  readonly tokensPerBatch?: number;
  /** Told after each batch how many texts are done. */
  readonly onBatch?: (done: number) => void;
  /** Ends the work between two batches with its reason. */
  readonly signal?: AbortSignal;
}

/** A stored network of texts, ready to run. */
export interface TextModel {
  readonly manifest: Manifest;
  /** See `modelIdentity`. */
  readonly identity: string;
  /** @throws as `Tokenizer.tokens` */
  tokens(text: string): Tokens;
  /**
   * Rows of numbers for texts: the same bits for a text whatever stands beside it. The thread is blocked while a batch runs.
   *
   * @param asked - outputs, all out of one run; the recommended one where absent
   * @throws {AthanorError} INVALID_INPUT for a text or output that the model does not take; NUMERICAL for one whose numbers are not
   *   finite, SHAPE where the network gives something else than its manifest says, CONTRACT where it cannot be run
   */
  embed(texts: readonly string[], asked?: readonly string[], options?: EmbedOptions): Promise<Embedded>;
  /** Gives its memory back; it cannot be run any more. */
  release(): Promise<void>;
}

/**
 * Opens a stored network of texts; null where ONNX Runtime, an optional dependency, cannot be loaded.
 *
 * @throws {AthanorError} DAMAGED if a file is not what its manifest says; CONTRACT if it takes no texts or is no network
 */
export async function openTextModel(bundle: ModelBundle): Promise<TextModel | null> {
  checkFiles(bundle);
  const { manifest, files } = bundle;
  const tokenizer = await tokenizerOf(bundle);
  if (tokenizer === null) throw new ContractError(`model ${manifest.id} takes ${manifest.modality}, no texts`);
  const session = await openSession(files.get(modelFile(manifest))!).catch((cause: unknown) => {
    throw new ContractError(`${modelFile(manifest)} of model ${manifest.id} cannot be opened`, { cause });
  });
  if (session === null) return null;
  return {
    manifest,
    identity: modelIdentity(manifest),
    tokens: tokenizer.tokens,
    embed: async (texts, asked = [manifest.recommendedOutput], options = {}) => {
      const outputs = asked.map((each) => outputOf(manifest, each));
      const read = texts.map(tokenizer.tokens);
      const rows = await runBatches({ manifest, session, pad: tokenizer.pad }, { texts, read, outputs }, options);
      return { outputs: rows, notes: notesOf(read) };
    },
    release: () => session.release(),
  };
}

/** Tokens of a batch: some 50 MB of attention in a network of 12 heads at 100 tokens a text. */
const usualTokens = 4_096;

interface Run {
  readonly manifest: Manifest;
  readonly session: OnnxSession;
  readonly pad: number;
}

interface Work {
  readonly texts: readonly string[];
  readonly read: readonly Tokens[];
  readonly outputs: readonly RowOutput[];
}

async function runBatches(run: Run, work: Work, { tokensPerBatch = usualTokens, onBatch, signal }: EmbedOptions) {
  const { texts, read, outputs } = work;
  const result = Object.fromEntries(
    outputs.map(({ asked, width }) => [asked, { width, rows: new Float32Array(texts.length * width) }]),
  );
  const fixed = fixedSizes(run.manifest);
  const lengths = read.map(({ ids }) => fixed.tokens ?? ids.length);
  let done = 0;
  for (const places of batchesOf(lengths, tokensPerBatch, fixed.batch ?? undefined)) {
    signal?.throwIfAborted();
    // One alone would be multiplied in another order than several are, and come out as other bits: it is run beside itself.
    const size = fixed.batch ?? Math.max(2, places.length);
    const filled = Array.from({ length: size }, (_, i) => places[i] ?? places[0]!);
    const given = await runOnce(run, work, { places: filled, tokens: lengths[places[0]!]! });
    for (const output of outputs) {
      const { width, rows } = result[output.asked]!;
      const some = rowsOf(given[output.port.name], output, {
        lengths: filled.map((place) => read[place]!.ids.length),
        tokens: lengths[places[0]!]!,
        model: run.manifest.id,
      });
      for (const [i, place] of places.entries()) {
        const row = some.subarray(i * width, (i + 1) * width);
        if (!row.every(Number.isFinite))
          throw new NumericalError(`model ${run.manifest.id} gives numbers that are not finite for '${texts[place]}'`);
        rows.set(row, place * width);
      }
    }
    done += places.length;
    onBatch?.(done);
  }
  return result;
}

async function runOnce(
  { manifest, session, pad }: Run,
  { read, outputs }: Work,
  { places, tokens }: { readonly places: readonly number[]; readonly tokens: number },
): Promise<Readonly<Record<string, TensorData>>> {
  const ids = places.map((place) => read[place]!.ids);
  const tooLong = ids.find((text) => text.length > tokens);
  if (tooLong !== undefined)
    throw new ShapeError(`model ${manifest.id} takes ${tokens} tokens; its maxLength allows ${tooLong.length}`);
  const names = [...new Set(outputs.map(({ port }) => port.name))];
  try {
    return await session.run(tokenFeeds(manifest, ids, { tokens, pad }), names);
  } catch (cause) {
    if (cause instanceof AthanorError) throw cause;
    const what = `${places.length} texts of ${tokens} tokens`;
    throw new ContractError(`model ${manifest.id} cannot be run on ${what}: ${(cause as Error).message}`, { cause });
  }
}

/** An output of a batch as rows. @throws {ShapeError} if it is not as the manifest says */
function rowsOf(
  given: TensorData | undefined,
  { port, pooling, width }: RowOutput,
  { lengths, tokens, model }: { readonly lengths: readonly number[]; readonly tokens: number; readonly model: string },
): Float32Array {
  const wanted = pooling === null ? [lengths.length, width] : [lengths.length, tokens, width];
  if (given === undefined || given.type !== port.type || given.shape.join() !== wanted.join()) {
    const found = given === undefined ? 'nothing' : `${given.type} [${given.shape.join(', ')}]`;
    throw new ShapeError(
      `output '${port.name}' of model ${model} is ${found}, where its manifest says ${port.type} [${wanted.join(', ')}]`,
    );
  }
  const numbers = given.data as Float32Array | Float64Array;
  return pooling === null ? Float32Array.from(numbers) : pool(numbers, { lengths, tokens, width, pooling });
}

function notesOf(read: readonly Tokens[]): ReadingNotes {
  const pieces = read.flatMap(({ unknown }) => unknown);
  return {
    withUnknown: read.filter(({ unknown }) => unknown.length > 0).length,
    unknown: pieces.length,
    examples: [...new Set(pieces)].slice(0, 5),
    cut: read.filter(({ cut }) => cut > 0).length,
  };
}
