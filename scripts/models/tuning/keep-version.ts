import { z } from 'zod';
import { AthanorError, DamagedError } from '../../../models/domain/errors.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import { checkFiles, type ModelBundle } from '../../../models/pretrained/bundle.js';
import { openTextModel, type TextModel } from '../../../models/pretrained/embed.js';
import { goldenOf } from '../../../models/pretrained/golden.js';
import { goldenVectors } from '../../../models/pretrained/golden-schema.js';
import type { Lineage } from '../../../models/pretrained/lineage.js';
import type { Manifest } from '../../../models/pretrained/manifest.js';
import { withNetwork } from '../../../models/strategy/tuning/model-molecules.js';
import { type AddedModel, addFrom } from '../add-model.js';
import { homeModels, modelName } from '../home-models.js';
import { versionActs } from '../version-acts.js';

/** File of a fine-tuned model that says which molecules it has learned from, by marks. */
const learnedFile = 'learned.json';

const learnedSchema = z.strictObject({ molecules: z.array(z.string()) });

/** Marks of the molecules that a model has learned from; none of one that is not fine-tuned. @throws {DamagedError} if its file is none */
export function learnedBy({ manifest, files }: ModelBundle): readonly string[] {
  const bytes = files.get(learnedFile);
  if (manifest.lineage === undefined || bytes === undefined) return [];
  try {
    return learnedSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).molecules;
  } catch (cause) {
    throw new DamagedError(`${learnedFile} of ${modelName(manifest)} cannot be read`, { cause });
  }
}

/** Inputs of which golden values are taken where the parent has none. */
const examples = ['CCO', 'c1ccccc1', 'CC(=O)N'];

/** A version that was made of another. */
export interface NewVersion {
  readonly parent: ModelBundle;
  readonly network: Uint8Array;
  /** Marks of what it has learned from, the parent's included. */
  readonly learned: readonly string[];
  readonly lineage: Lineage;
}

/**
 * Keeps a fine-tuned model in the home as the next version, whole or not at all: `ID@VERSION-ftN`.
 *
 * @throws as `addFrom`
 */
export async function keepVersion(home: string, given: NewVersion): Promise<AddedModel> {
  const learned = new TextEncoder().encode(`${JSON.stringify({ molecules: given.learned })}\n`);
  const { manifest, files } = withNetwork(given.parent, given.network);
  const { golden: _, ...rest } = manifest;
  const plain: Manifest = {
    ...rest,
    recommendedOutput: given.lineage.output,
    sha256: { ...manifest.sha256, [learnedFile]: sha256Of(learned) },
    lineage: given.lineage,
  };
  const all = new Map([...files, [learnedFile, learned]]);
  const complete = await withGolden({ manifest: plain, files: all }, given.parent.manifest);
  for (;;) {
    const named = { ...complete, version: await nextVersion(home, given.parent.manifest) };
    try {
      return await addFrom(home, named, async function* (name) {
        yield all.get(name)!;
      });
    } catch (error) {
      // Another command took that number meanwhile.
      if (!(error instanceof AthanorError && error.code === 'CONFLICT')) throw error;
    }
  }
}

async function withGolden(bundle: ModelBundle, { golden }: Manifest): Promise<Manifest> {
  checkFiles(bundle);
  const model = (await openTextModel(bundle))!;
  try {
    const texts = golden === undefined ? examples : goldenVectors(golden).map(({ text }) => text);
    const taken = texts.filter((text) => isTaken(model, text));
    if (taken.length === 0) return bundle.manifest;
    return { ...bundle.manifest, golden: await goldenOf(model, taken, [bundle.manifest.recommendedOutput]) };
  } finally {
    await model.release();
  }
}

function isTaken(model: TextModel, text: string): boolean {
  try {
    return model.tokens(text).unknown.length === 0;
  } catch {
    return false;
  }
}

/** The number after all that are or were in the home. */
async function nextVersion(home: string, { id, version }: Manifest): Promise<string> {
  const first = version.replace(/-ft\d+$/, '');
  const acts = await versionActs(home, id);
  const names = [...(await homeModels(home)).map(({ name }) => name), ...acts.map((act) => act.version)];
  const numbers = names.flatMap((name) => {
    const start = `${id}@${first}-ft`;
    return name.startsWith(start) ? [Number(name.slice(start.length))] : [];
  });
  return `${first}-ft${1 + Math.max(0, ...numbers.filter(Number.isInteger))}`;
}
