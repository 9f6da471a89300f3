import { InfeasibleError, InvalidInputError } from '../../domain/errors.js';
import { sha256Of } from '../../domain/sha256.js';
import { readMolecule } from '../../encode/read-molecule.js';
import type { FineTunePlan } from '../../finetune/plan.js';
import { checkFiles, type ModelBundle } from '../../pretrained/bundle.js';
import { openTextModel, type TextModel } from '../../pretrained/embed.js';
import { goldenOf } from '../../pretrained/golden.js';
import { goldenVectors } from '../../pretrained/golden-schema.js';
import { type Manifest, modelFile } from '../../pretrained/manifest.js';
import { fixedSizes, tokenFeeds } from '../../pretrained/token-feeds.js';
import { tokenizerOf } from '../../pretrained/tokenizers/tokenizers.js';

/** The bundle with another network in place of its own. */
export function withNetwork({ manifest, files }: ModelBundle, network: Uint8Array): ModelBundle {
  const file = modelFile(manifest);
  const sha256 = { ...manifest.sha256, [file]: sha256Of(network) };
  return { manifest: { ...manifest, sha256 }, files: new Map([...files, [file, network]]) };
}

/** Why a model cannot be fine-tuned, as far as its manifest tells; null where it can. */
export function whyUntunable({ manifest }: Pick<ModelBundle, 'manifest'>): string | null {
  const { id, tokenizer, modality } = manifest;
  const only = 'what can be is a transformer of SMILES (modality smiles or reaction-smiles, with a tokenizer)';
  if (tokenizer.kind === 'none' || !['smiles', 'reaction-smiles'].includes(modality))
    return `model ${id} takes ${modality} and cannot be fine-tuned; ${only}`;
  const { batch, tokens } = fixedSizes(manifest);
  if (batch === null && tokens === null) return null;
  return `model ${id} takes batches of one size alone (${batch ?? 'any'} texts of ${tokens ?? 'any'} tokens) and cannot be fine-tuned`;
}

/** @throws {InfeasibleError} as `whyUntunable` says */
export function refuseUntunable(bundle: Pick<ModelBundle, 'manifest'>): void {
  const why = whyUntunable(bundle);
  if (why !== null) throw new InfeasibleError(why);
}

/** Molecules as a model reads them. */
export interface ReadMolecules {
  /** Token numbers by SMILES, of the molecules that the model takes. */
  readonly tokens: ReadonlyMap<string, readonly number[]>;
  readonly canonical: ReadonlyMap<string, string>;
  readonly feeds: FineTunePlan['feeds'];
  /** How many it does not take, with why for the first. */
  readonly refused: { readonly count: number; readonly why: string | null };
}

/**
 * Reads molecules for a model that is to be fine-tuned.
 *
 * @throws {InfeasibleError} if it cannot be, or takes none of them
 */
export async function readMolecules(parent: ModelBundle, all: readonly string[]): Promise<ReadMolecules> {
  refuseUntunable(parent);
  checkFiles(parent);
  const { manifest } = parent;
  const tokenizer = (await tokenizerOf(parent))!;
  const tokens = new Map<string, readonly number[]>();
  const canonical = new Map<string, string>();
  let [count, why] = [0, null as string | null];
  for (const smiles of all) {
    const text = await readMolecule(smiles, (molecule) => molecule.get_smiles());
    try {
      const { ids } = tokenizer.tokens(text);
      tokens.set(smiles, ids);
      canonical.set(smiles, text);
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      count++;
      why ??= error.message;
    }
  }
  if (tokens.size === 0)
    throw new InfeasibleError(`model ${manifest.id} takes none of the ${count} molecules that were measured: ${why}`);
  const feeds: FineTunePlan['feeds'] = (ids, length) =>
    tokenFeeds(manifest, ids, { tokens: length, pad: tokenizer.pad });
  return { tokens, canonical, feeds, refused: { count, why } };
}

/** By what a version remembers a molecule that it has learned from. @param canonical - SMILES */
export function moleculeMark(canonical: string): string {
  return sha256Of(canonical).slice(0, 16);
}

/** Canonical SMILES of molecules, by SMILES. @param known - those that were read before */
export async function canonicalSmiles(
  all: Iterable<string>,
  known: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const canonical = new Map<string, string>();
  for (const smiles of all)
    canonical.set(smiles, known.get(smiles) ?? (await readMolecule(smiles, (molecule) => molecule.get_smiles())));
  return canonical;
}

/** What a version gives of molecules, by SMILES; what it does not take is left out. @param canonical - by SMILES */
export async function moleculeCodes(
  bundle: ModelBundle,
  output: string,
  canonical: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, Float32Array>> {
  const model = (await openTextModel(bundle))!;
  try {
    const taken = [...canonical].filter(([, text]) => isTaken(model, text));
    const embedded = await model.embed(
      taken.map(([, text]) => text),
      [output],
    );
    const { width, rows } = embedded.outputs[output]!;
    return new Map(taken.map(([smiles], i) => [smiles, rows.slice(i * width, (i + 1) * width)]));
  } finally {
    await model.release();
  }
}

/** Inputs of which golden values are taken where the parent has none. */
const examples = ['CCO', 'c1ccccc1', 'CC(=O)N'];

/** Golden values of a version of a model, on the inputs that the model has them of; absent where it knows none of these wholly. */
export async function goldenValues(bundle: ModelBundle, output: string): Promise<Manifest['golden']> {
  const { golden } = bundle.manifest;
  const model = (await openTextModel(bundle))!;
  try {
    const texts = golden === undefined ? examples : goldenVectors(golden).map(({ text }) => text);
    const known = texts.filter((text) => isTaken(model, text) && model.tokens(text).unknown.length === 0);
    return known.length === 0 ? undefined : await goldenOf(model, known, [output]);
  } finally {
    await model.release();
  }
}

function isTaken(model: TextModel, text: string): boolean {
  try {
    model.tokens(text);
    return true;
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}
