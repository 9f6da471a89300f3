import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Space } from '../../models/domain/space.js';
import { type SpaceCodes, spaceCodesSchema } from '../../models/domain/space-codes.js';
import { FineTuning } from '../../models/finetune/fine-tuning.js';
import { type FineTunePlan, planIdentity, usualSettings } from '../../models/finetune/plan.js';
import type { ModelBundle } from '../../models/pretrained/bundle.js';
import { modelFile } from '../../models/pretrained/manifest.js';
import { outputOf } from '../../models/pretrained/outputs.js';
import { portsOf, roleOf } from '../../models/pretrained/ports.js';
import { readMolecules, withNetwork } from '../../models/strategy/tuning/model-molecules.js';
import { writeFileAtomically } from '../home.js';
import { codesOf } from './encoded-pool.js';

/** What a model is fine-tuned on: a value for each molecule, at one level. */
export interface TunedOn {
  readonly smiles: readonly string[];
  readonly values: readonly number[];
  readonly seed: number;
}

/**
 * What a model gives of the molecules of a space after it was fine-tuned on a value for each, with the settings that `athanor models finetune`
 * has; kept in the folder by what was learned, so that it is learned once.
 */
export async function tunedCodes(
  bundle: ModelBundle,
  space: Space,
  { smiles, values, seed }: TunedOn,
  { folder, log }: { readonly folder: string; readonly log: (line: string) => void },
): Promise<SpaceCodes> {
  const { manifest } = bundle;
  const { tokens, feeds } = await readMolecules(bundle, smiles);
  const taken = [...smiles.keys()].filter((i) => tokens.has(smiles[i]!));
  const { port, pooling } = outputOf(manifest, manifest.recommendedOutput);
  const plan: FineTunePlan = {
    model: bundle.files.get(modelFile(manifest))!,
    ids: portsOf(manifest.inputs).find(({ name }) => roleOf(name, manifest.inputRoles) === 'ids')!.name,
    output: port.name,
    pooling: pooling ?? 'mean',
    tokens: taken.map((i) => tokens.get(smiles[i]!)!),
    feeds,
    labels: taken.map((i, molecule) => ({ molecule, level: 0, value: values[i]! })),
    levelWeights: [1],
    settings: { ...usualSettings, seed },
  };
  const file = path.join(folder, `codes-${planIdentity(plan).slice(0, 16)}.json`);
  const kept = await readFile(file, 'utf8').catch(() => null);
  if (kept !== null) return spaceCodesSchema.parse(JSON.parse(kept)) as SpaceCodes;
  const codes = await codesOf(withNetwork(bundle, await learned(plan, log)), space);
  await writeFileAtomically(file, JSON.stringify(codes));
  return codes;
}

async function learned(plan: FineTunePlan, log: (line: string) => void): Promise<Uint8Array> {
  const tuning = await FineTuning.open(plan);
  try {
    let state = await tuning.begin();
    for (;;) {
      const { state: next, figures } = await tuning.advance(state);
      state = next;
      const { step, steps, heldOut, best } = figures;
      if (heldOut !== null)
        log(`step ${step} of ${steps}: held out ${heldOut.error.toFixed(4)}, best ${best?.error.toFixed(4)}`);
      if (figures.done) return (await tuning.finish(state)).model;
    }
  } finally {
    await tuning.close();
  }
}
