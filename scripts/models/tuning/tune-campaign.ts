import { tuneInThread } from '../../../activities/tune-in-thread.js';
import { InfeasibleError } from '../../../models/domain/errors.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { sha256Of } from '../../../models/domain/sha256.js';
import { type FineTuneSettings, fewestLabels, usualSettings } from '../../../models/finetune/plan.js';
import { type ModelBundle, modelIdentity } from '../../../models/pretrained/bundle.js';
import { learnedBy } from '../../../models/pretrained/learned.js';
import type { Lineage } from '../../../models/pretrained/lineage.js';
import { modelName } from '../../../models/pretrained/manifest.js';
import { outputOf } from '../../../models/pretrained/outputs.js';
import { grownRecord } from '../../../models/strategy/growth.js';
import { visitsOf } from '../../../models/strategy/history.js';
import { molecularLabels } from '../../../models/strategy/tuning/labels.js';
import { refuseUntunable } from '../../../models/strategy/tuning/model-molecules.js';
import type { TuneChunk, TuneJob } from '../../../models/strategy/tuning/tune.js';
import { jobKey, labelCounts, lineageOf, versionBundle } from '../../../models/strategy/tuning/version.js';
import { version } from '../../version.js';
import { type HomeModel, homeModels, named, wholeBundle } from '../home-models.js';
import { keepAct, modelInUse, versionActs } from '../version-acts.js';
import { keepVersion } from './keep-version.js';
import { TuningStates } from './states.js';

/** What is asked for. */
export interface TuneWish {
  /** `ID`, which begins with the model that is not fine-tuned, or `ID@VERSION`. */
  readonly model: string;
  readonly output?: string | undefined;
  readonly folds: number;
  readonly settings: Partial<FineTuneSettings>;
  readonly evenIfFew: boolean;
  readonly trigger: string;
  readonly who: string;
}

/** Surroundings of the work. */
export interface TuneHost {
  readonly home: string;
  readonly signal: AbortSignal;
  readonly note: (line: string) => void;
  readonly onChunk: (chunk: TuneChunk) => void;
}

/** A version that was made. */
export interface TunedVersion {
  readonly name: string;
  readonly folder: string;
  readonly identity: string;
  readonly lineage: Lineage;
  /** Whether the same had been done before, so that nothing was computed. */
  readonly before: boolean;
}

/** What a campaign measured of molecules. */
export type CampaignLabels = ReturnType<typeof molecularLabels> & {
  readonly campaign: string;
  /** Seed of the campaign. */
  readonly seed: number;
};

/** Everything in a record that can be learned from. @throws as `molecularLabels` and `visitsOf` */
export async function campaignLabels(record: CampaignRecord, on?: string): Promise<CampaignLabels> {
  const { campaign, trials } = await grownRecord(record);
  const labels = molecularLabels(campaign, visitsOf(campaign, trials, []), on);
  return { ...labels, campaign: campaign.id, seed: campaign.spec.seed };
}

/**
 * Fine-tunes a model of the home on what a campaign measured, judges it against the version in use, and keeps it: promoted if it foretells
 * better by more than its error, else as rejected. The state after each chunk is kept in the home; the same call goes on from there.
 *
 * @throws {AthanorError} NOT_FOUND if there is no such model; INFEASIBLE if it cannot be fine-tuned or there are too few labels; NUMERICAL if
 *   learning lost its way; the signal's reason if aborted
 */
export async function tuneCampaign(labelled: CampaignLabels, wish: TuneWish, host: TuneHost): Promise<TunedVersion> {
  const { home, note } = host;
  const { parent, inUse } = await versionsFor(home, wish.model);
  refuseUntunable(parent);
  const output = wish.output ?? parent.manifest.recommendedOutput;
  outputOf(parent.manifest, output);
  const { labels, levels, target } = labelled;
  if (labels.length < fewestLabels && !wish.evenIfFew)
    throw new InfeasibleError(
      `${labels.length} values are fewer than the ${fewestLabels} from which fine-tuning pays: embeddings as they are stored are as good; --even-if-few does it all the same`,
    );
  const settings: FineTuneSettings = { ...usualSettings, seed: labelled.seed, ...wish.settings };
  const seen = { parent: learnedBy(parent), inUse: learnedBy(inUse) };
  const { folds, evenIfFew } = wish;
  const { on, smiles } = labelled;
  const job: TuneJob = {
    ...{ parent, inUse, output, target, seen, folds, settings, evenIfFew },
    labelled: { on, smiles, levels, labels },
  };
  const key = jobKey(job, version());
  const there = (await homeModels(home)).find(({ manifest }) => manifest?.lineage?.job === key);
  if (there?.manifest?.lineage !== undefined) {
    await actOf(home, there.manifest, modelName(inUse.manifest));
    return { ...versionOf(there), before: true };
  }
  const counts = Object.entries(labelCounts(job)).map(([name, count]) => `${count} of ${name}`);
  note(`${labels.length} values of ${smiles.length} molecules: ${counts.join(', ')}`);
  const states = await TuningStates.open(home, sha256Of(`${key} ${modelIdentity(inUse.manifest)}`));
  if (states.kept.size > 0) note('goes on from where it was ended');
  const keep = async (chunk: TuneChunk, state: Uint8Array) => {
    await states.keep(chunk.training, state);
    host.onChunk(chunk);
  };
  const tuned = await tuneInThread(job, { kept: states.kept, keep, signal: host.signal });
  if (tuned.refused.count > 0)
    note(`${tuned.refused.count} molecules that the model does not take were left out: ${tuned.refused.why}`);
  const now = (await versionsFor(home, wish.model)).inUse.manifest;
  const meanwhile = modelIdentity(now) !== modelIdentity(inUse.manifest) ? modelName(now) : null;
  const { campaign } = labelled;
  const { trigger, who } = wish;
  const lineage = lineageOf(job, tuned, { key, campaign, trigger, who, at: new Date().toISOString(), meanwhile });
  const { manifest, folder, name, identity } = await keepVersion(home, versionBundle(job, tuned, lineage));
  await actOf(home, manifest, modelName(now));
  await states.forget();
  return { name, folder, identity, lineage, before: false };
}

/** The model to begin with, and the version in use, with their files. */
async function versionsFor(home: string, name: string): Promise<{ parent: ModelBundle; inUse: ModelBundle }> {
  const where = `the home ${home}`;
  const all = await homeModels(home);
  const [id = ''] = name.split('@');
  const isNamed = name.includes('@');
  const isUsed = !isNamed || (await versionActs(home, id)).some(({ act }) => act !== 'rejected');
  const inUse = await modelInUse(home, all, isUsed ? id : name, where);
  let parent = isNamed ? named(all, name, where) : inUse;
  while (!isNamed && parent.manifest?.lineage !== undefined) parent = named(all, parent.manifest.lineage.parent, where);
  return {
    parent: await wholeBundle(parent),
    inUse: inUse === parent ? await wholeBundle(parent) : await wholeBundle(inUse),
  };
}

/** Keeps what became of a version, once. */
async function actOf(home: string, manifest: HomeModel['manifest'] & object, before: string): Promise<void> {
  const lineage = manifest.lineage!;
  const name = modelName(manifest);
  const acts = await versionActs(home, manifest.id);
  if (acts.some((act) => act.version === name && act.act === lineage.verdict)) return;
  await keepAct(home, manifest.id, {
    at: lineage.at,
    act: lineage.verdict,
    version: name,
    before,
    who: lineage.verdict === 'promoted' ? `by the figures, begun by ${lineage.who}` : lineage.who,
    why: lineage.reason,
  });
}

function versionOf({ name, folder, manifest }: HomeModel): Omit<TunedVersion, 'before'> {
  return { name, folder, identity: modelIdentity(manifest!), lineage: manifest!.lineage! };
}
