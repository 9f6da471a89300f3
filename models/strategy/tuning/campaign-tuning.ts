import type { ArtefactSource } from '../../domain/artefact.js';
import type { Campaign } from '../../domain/campaign.js';
import type { CodesVersion } from '../../domain/codes-version.js';
import { InfeasibleError } from '../../domain/errors.js';
import { typeOf } from '../../domain/parameters/parameter.js';
import { seenBy, type TrialRecord } from '../../domain/record.js';
import { sha256Of } from '../../domain/sha256.js';
import type { SpaceCodes } from '../../domain/space-codes.js';
import type { TuneOrder, TuningEnd } from '../../domain/tuning.js';
import { type FineTuneSettings, usualSettings } from '../../finetune/plan.js';
import { type ModelBundle, modelIdentity } from '../../pretrained/bundle.js';
import { learnedBy } from '../../pretrained/learned.js';
import { type Manifest, modelName } from '../../pretrained/manifest.js';
import { deriveSeed } from '../../random/generator.js';
import { extensionsOf, grownCampaign } from '../growth.js';
import { visitsOf } from '../history.js';
import { codesText } from '../versions.js';
import { molecularLabels } from './labels.js';
import { refuseUntunable } from './model-molecules.js';
import type { Tuned, TuneJob } from './tune.js';
import { jobKey, lineageOf, versionBundle } from './version.js';

/** Folds in which a version is judged where nothing else is said. */
const usualFolds = 5;

/** A campaign whose encoder is fine-tuned, as the store or this process has it. */
export interface Tunable {
  readonly campaign: Campaign;
  /** All trials; what the order does not know of is left out. */
  readonly trials: readonly TrialRecord[];
  readonly artefacts: ArtefactSource;
  /** Finds a model. @throws {AthanorError} if there is none of that identity */
  readonly model: (identity: string, name: string) => Promise<ModelBundle>;
}

/**
 * What is to be done for an order: its labels are those that the campaign knew when it was given.
 *
 * @throws {InfeasibleError} if the encoder cannot be fine-tuned, or nothing was measured that can be learned from
 */
export async function campaignJob({ campaign, trials, artefacts, model }: Tunable, order: TuneOrder): Promise<TuneJob> {
  const { n, at, round, pending } = order;
  const seen = seenBy(trials, round + 1, pending);
  const grown = await grownCampaign(campaign, seen, extensionsOf(seen), artefacts, order.codes ?? []);
  const { spec, space } = grown.campaign;
  const codes = space.codes?.[at];
  if (codes === undefined) throw new InfeasibleError(`the space of '${campaign.id}' has no codes ${at}`);
  if (codes.reads !== 'molecules')
    throw new InfeasibleError(`${codes.encoder} encodes ${codes.reads}; only encoders of molecules are fine-tuned`);
  const inUse = await model(codes.identity, codes.encoder);
  let parent = inUse;
  while (parent.manifest.lineage !== undefined) {
    const { parentIdentity, parent: name } = parent.manifest.lineage;
    parent = await model(parentIdentity, name);
  }
  refuseUntunable(parent);
  const visits = visitsOf(grown.campaign, grown.trials, pending);
  const { target, ...labelled } = molecularLabels(
    grown.campaign,
    visits,
    codes.on.length === 1 ? codes.on[0] : undefined,
  );
  const { folds = usualFolds, layers, epochs, rate } = spec.encoders?.[at]?.finetune ?? {};
  const asked = { layers, epochs, rate, ...order.settings };
  const settings: FineTuneSettings = {
    ...usualSettings,
    seed: deriveSeed(spec.seed, 'fine-tuning', n),
    ...Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined)),
  };
  const { output } = codes;
  return {
    ...{ parent, inUse, output, outputInUse: output, labelled, target, settings },
    seen: { parent: learnedBy(parent), inUse: learnedBy(inUse) },
    folds: order.folds ?? folds,
    evenIfFew: true,
    encode: moleculesOf(space.parameters, codes),
  };
}

/** Molecules that an encoder tells of, as the space writes them. */
function moleculesOf(parameters: Campaign['space']['parameters'], { on, keys }: SpaceCodes): readonly string[] {
  const own = parameters.filter(({ name }) => on.includes(name));
  const listed = own.flatMap((parameter) =>
    (typeOf(parameter).values(parameter) ?? []).flatMap((value) => {
      const feature = typeOf(parameter).feature(parameter, value);
      return feature.kind === 'substance' ? [feature.smiles] : [];
    }),
  );
  return [...new Set([...keys, ...listed])];
}

/** What is to be kept of what came of an order. */
export interface KeptVersion {
  readonly end: TuningEnd;
  readonly bundle: ModelBundle;
  /** Codes of the molecules of the space, as an artefact; null of a version that was rejected. */
  readonly codes: Uint8Array | null;
}

/**
 * The version that came of an order, its name that of the parent, the campaign and the order's number: whoever does the same again makes
 * the same.
 *
 * @param told.program - version of the program that learned
 * @param told.at - when it was judged, ISO 8601
 */
export function campaignVersion(
  campaign: Pick<Campaign, 'id' | 'space'>,
  order: TuneOrder,
  { job, tuned }: { readonly job: TuneJob; readonly tuned: Tuned },
  told: { readonly program: string; readonly at: string },
): KeptVersion {
  const { trigger, who } = order;
  const key = jobKey(job, told.program);
  const lineage = lineageOf(job, tuned, { key, campaign: campaign.id, trigger, who, at: told.at, meanwhile: null });
  const made = versionBundle(job, tuned, lineage);
  const manifest = { ...made.manifest, version: versionName(job.parent.manifest, campaign.id, order.n) };
  const [name, identity] = [modelName(manifest), modelIdentity(manifest)];
  const { verdict, reason, judged, labels, dataHash } = lineage;
  const end = { name, verdict, reason, judged, labels, dataHash, version: null };
  const before = campaign.space.codes![order.at]!;
  if (verdict === 'rejected' || tuned.codes === undefined) return { end, bundle: { ...made, manifest }, codes: null };
  const codes = codesText({ ...before, encoder: name, identity, ...tuned.codes });
  const version: CodesVersion = {
    at: order.at,
    encoder: name,
    output: job.output,
    identity,
    artefact: sha256Of(codes),
  };
  return { end: { ...end, version }, bundle: { ...made, manifest }, codes };
}

/** Names of campaigns may have any letters; those of versions may not. */
function versionName({ version }: Pick<Manifest, 'version'>, campaignId: string, n: number): string {
  const tag = /^[\w.-]{1,40}$/.test(campaignId) ? campaignId : sha256Of(campaignId).slice(0, 12);
  return `${version}-ft.${tag}.${n}`;
}
