import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Campaign } from '../../../../models/domain/campaign.js';
import type { TuneOrder } from '../../../../models/domain/tuning.js';
import { modelIdentity } from '../../../../models/pretrained/bundle.js';
import { learnedBy } from '../../../../models/pretrained/learned.js';
import { campaignJob, campaignVersion, type Tunable } from '../../../../models/strategy/tuning/campaign-tuning.js';
import type { Tuned } from '../../../../models/strategy/tuning/tune.js';
import { jobKey } from '../../../../models/strategy/tuning/version.js';
import { codesText } from '../../../../models/strategy/versions.js';
import { ended } from '../../../support/campaigns.js';
import { hasOnnxRuntime } from '../../../support/screen-models.js';
import { tinyTunable } from '../../../support/tiny-tunable.js';
import { tinyModel, tuningCampaign } from '../../../support/tuning-campaign.js';

const present = await hasOnnxRuntime();
let folder: string;
let campaign: Campaign;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-tuning-'));
  if (present) campaign = await tuningCampaign('some campaign', folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const order: TuneOrder = {
  ...{ n: 3, at: 0, round: 2, pending: ['c/r2/p1'], measured: 1, trigger: 'by hand', who: 'ada' },
  settings: { epochs: 2 },
};

function tunable(): Tunable {
  const [one, two, three] = campaign.space.pool!.ids.map((rowId, i) => {
    const basis = { seed: 1, dataHash: '', observed: 0, pending: [], remainingCost: null, count: 1, fit: null };
    const proposal = {
      ...{ id: `c/r${i + 1}/p1`, round: i + 1, index: 1, design: { molecule: rowId }, rowId, fidelity: 'exact' },
      ...{ estimatedCost: 1, basis: { ...basis, defaults: '' } },
    };
    const none = { acquisition: null, value: null, mean: null, sd: null, targetMean: null, targetSd: null };
    const trial = ended({ ...proposal, reason: { kind: 'initial', ...none, text: '' } }, 0);
    return { ...trial, observation: { ...trial.observation!, values: { gap: 1 } } };
  });
  const model = async () => tinyModel;
  return { campaign, trials: [one!, two!, three!], artefacts: () => Promise.reject(new Error('none')), model };
}

it.runIf(present)('learns from what its campaign knew when it was ordered, as the file says', async () => {
  const job = await campaignJob(tunable(), order);
  // What was in flight, and what a later round gave, it does not know.
  expect(job.target.rows.map(({ smiles }) => smiles)).toEqual([campaign.space.pool!.ids[0]]);
  expect(job.labelled.levels).toEqual(['earlier campaign before', 'exact']);
  expect(job).toMatchObject({ output: 'pool2', folds: 3, settings: { layers: 2, epochs: 2, rate: 0.03 } });
  expect(job.encode).toHaveLength(160);
  expect((await campaignJob(tunable(), { ...order, n: 4 })).settings.seed).not.toBe(job.settings.seed);
  expect(jobKey(job, '1')).not.toBe(jobKey(job, '2'));
  await expect(campaignJob(tunable(), { ...order, at: 1 })).rejects.toThrow(`has no codes 1`);
});

it.runIf(present)(
  'makes a version that knows from what it came, named by its campaign, with codes if it is better',
  async () => {
    const job = await campaignJob(tunable(), order);
    const network = tinyTunable(5).files.get('model.onnx')!;
    const figures = { step: 4, done: true, best: { step: 4, error: 0.1 } } as unknown as Tuned['figures'];
    const judged = {
      folds: 3,
      molecules: 12,
      values: 12,
      inUse: -1,
      tuned: -0.5,
      gain: 0.5,
      error: 0.1,
      random: -2,
      classical: -1.5,
    };
    const codes = { keys: ['CCO'], width: 1, rows: 'AAAAAA==' };
    const learned = ['0123456789abcdef'];
    const tuned: Tuned = {
      ...{ network, figures, difference: 0, learned, judged, against: 'inUse', codes },
      refused: { count: 0, why: null },
    };
    const told = { program: '1', at: '2026-01-02T03:04:05.000Z' };
    const kept = await campaignVersion(campaign, order, { job, tuned }, told);
    const { manifest } = kept.bundle;
    expect(manifest.version).toMatch(/^1-ft\.[0-9a-f]{12}\.3$/);
    expect(manifest.lineage).toMatchObject({ parent: 'tiny@1', trigger: 'by hand', who: 'ada', verdict: 'promoted' });
    expect(learnedBy(kept.bundle)).toEqual(learned);
    const name = `tiny@${manifest.version}`;
    const identity = modelIdentity(manifest);
    expect(kept.codes).toEqual(codesText({ ...campaign.space.codes![0]!, ...codes, encoder: name, identity }));
    expect(kept.end).toMatchObject({ name, verdict: 'promoted', version: { at: 0, encoder: name, identity } });
    const worse = { ...tuned, judged: { ...judged, gain: 0.05 } };
    const rejected = await campaignVersion({ ...campaign, id: 'plain-1' }, order, { job, tuned: worse }, told);
    expect(rejected).toMatchObject({
      codes: null,
      end: { name: 'tiny@1-ft.plain-1.3', verdict: 'rejected', version: null },
    });
  },
);
