import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Campaign, campaignSchema } from '../../models/domain/campaign.js';
import { sha256Of } from '../../models/domain/sha256.js';
import { packedRows } from '../../models/domain/space-codes.js';
import { modelIdentity } from '../../models/pretrained/bundle.js';
import { canonicalSmiles, moleculeCodes } from '../../models/strategy/tuning/model-molecules.js';
import { chainValue, tinyChains, tinyTunable } from './tiny-tunable.js';

/** The encoder of the campaigns made here. */
export const tinyModel = tinyTunable();

/**
 * A campaign on chains whose values stand in a table that is written into a folder, with an earlier campaign of 120 that its space does not have; its encoder is
 * fine-tuned after the initial 24, and rounds wait for that.
 *
 * @param model - its encoder, `tiny@1`
 */
export async function tuningCampaign(id: string, folder: string, model = tinyModel): Promise<Campaign> {
  const all = tinyChains(160);
  const [own, others] = [all.slice(0, 40), all.slice(40)];
  const file = path.join(folder, 'chains.csv');
  await writeFile(file, `nr,gap\n${own.map((chain) => `${chain},${chainValue(chain)}`).join('\n')}\n`);
  const parameters = [{ name: 'molecule', type: 'substance' as const, smiles: [...own] }];
  const learning = { layers: 2, epochs: 40, rate: 0.03, folds: 3 };
  const spec = campaignSchema.parse({
    name: 'tuned',
    seed: 5,
    space: { parameters },
    objectives: [{ name: 'gap', direction: 'maximise' }],
    fidelities: [{ name: 'exact', adapter: 'dataset', settings: { file, id: 'nr' }, cost: 1 }],
    encoders: [{ model: 'tiny', finetune: { every: 24, atLeast: 24, wait: true, ...learning } }],
    strategy: { initial: { trials: 24 } },
    parallel: 8,
    synchronous: true,
    budget: { trials: 34 },
  });
  const codes = await moleculeCodes(model, 'pool2', await canonicalSmiles(all, new Map()));
  const told = { encoder: 'tiny@1', output: 'pool2', identity: modelIdentity(model.manifest), on: ['molecule'] };
  const designs = others.map((molecule) => ({ molecule }));
  const source = { name: 'before', designs, values: others.map(chainValue), leftOut: 0 };
  return {
    id,
    spec,
    space: {
      parameters,
      pool: { ids: [...own], designs: own.map((molecule) => ({ molecule })) },
      sources: [source],
      codes: [
        { ...told, reads: 'molecules', width: 8, keys: [...codes.keys()], rows: packedRows([...codes.values()]) },
      ],
    },
  };
}

/**
 * The same, but that one in eight values is far from what any molecule tells, and that the encoder is fine-tuned where two of the last 20
 * values lie outside of their intervals.
 */
export async function driftingCampaign(id: string, folder: string): Promise<Campaign> {
  const { spec, ...campaign } = await tuningCampaign(id, folder);
  const file = path.join(folder, 'drifting.csv');
  const isFar = (chain: string) => Number.parseInt(sha256Of(chain).slice(0, 2), 16) < 32;
  const value = (chain: string) => chainValue(chain) + (isFar(chain) ? 8 : 0);
  await writeFile(file, `nr,gap\n${campaign.space.pool!.ids.map((chain) => `${chain},${value(chain)}`).join('\n')}\n`);
  const [level] = spec.fidelities;
  const [encoder] = spec.encoders!;
  const { every: _, ...finetune } = encoder!.finetune!;
  return {
    ...campaign,
    spec: {
      ...spec,
      seed: 6,
      fidelities: [{ ...level!, settings: { file, id: 'nr' } }],
      encoders: [{ ...encoder!, finetune: { ...finetune, drift: 0.06, atLeast: 12 } }],
      strategy: { initial: { trials: 8 } },
      parallel: 4,
    },
  };
}
