import { InfeasibleError, InvalidInputError } from '../../domain/errors.js';
import { sha256Of } from '../../domain/sha256.js';
import { readMolecule } from '../../encode/read-molecule.js';
import type { FineTunePlan } from '../../finetune/plan.js';
import { checkFiles, type ModelBundle } from '../../pretrained/bundle.js';
import { openTextModel, type TextModel } from '../../pretrained/embed.js';
import { modelFile } from '../../pretrained/manifest.js';
import { fixedSizes, tokenFeeds } from '../../pretrained/token-feeds.js';
import { tokenizerOf } from '../../pretrained/tokenizers/tokenizers.js';
import type { VersionCodes } from './judge.js';
import type { TargetRows } from './labels.js';

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

/** What a version gives of the molecules at the target; what it does not take is left out, and so tells nothing. */
export async function versionCodes(
  bundle: ModelBundle,
  output: string,
  { target, canonical }: { readonly target: TargetRows; readonly canonical: ReadonlyMap<string, string> },
): Promise<VersionCodes> {
  const model = (await openTextModel(bundle))!;
  try {
    const measured = [...new Set(target.rows.map((row) => row.smiles))].filter((one) => canonical.has(one));
    const smiles = measured.filter((one) => isTaken(model, canonical.get(one)!));
    const texts = smiles.map((one) => canonical.get(one)!);
    const { width, rows } = (await model.embed(texts, [output])).outputs[output]!;
    return new Map(smiles.map((one, i) => [one, rows.subarray(i * width, (i + 1) * width)]));
  } finally {
    await model.release();
  }
}

/** Molecules that are encoded together. */
const atOnce = 64;

/** What a version gives of molecules, by SMILES, with the same bits as an encoder of a campaign; what it does not take is left out. */
export async function moleculeCodes(
  bundle: ModelBundle,
  output: string,
  all: readonly string[],
): Promise<ReadonlyMap<string, Float32Array>> {
  const model = (await openTextModel(bundle))!;
  const codes = new Map<string, Float32Array>();
  try {
    for (let from = 0; from < all.length; from += atOnce) {
      const texts: { readonly smiles: string; readonly text: string }[] = [];
      for (const smiles of all.slice(from, from + atOnce)) {
        const text = await readMolecule(smiles, (molecule) => molecule.get_smiles());
        if (isTaken(model, text)) texts.push({ smiles, text });
      }
      if (texts.length === 0) continue;
      const embedded = await model.embed(
        texts.map(({ text }) => text),
        [output],
      );
      const { width, rows } = embedded.outputs[output]!;
      for (const [i, { smiles }] of texts.entries()) codes.set(smiles, rows.slice(i * width, (i + 1) * width));
    }
    return codes;
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
