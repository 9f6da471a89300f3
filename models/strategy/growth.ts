import type { ArtefactSource } from '../domain/artefact.js';
import type { Campaign } from '../domain/campaign.js';
import type { CodesVersion } from '../domain/codes-version.js';
import { InvalidInputError } from '../domain/errors.js';
import { extendedSpace } from '../domain/extended-space.js';
import { readExtension } from '../domain/extension.js';
import type { FitRecord } from '../domain/fit-record.js';
import type { Proposal } from '../domain/proposal.js';
import type { CampaignRecord, TrialRecord } from '../domain/record.js';
import type { Space } from '../domain/space.js';
import { appendedMoleculeFaults } from '../encode/appended-molecules.js';
import { checkedBytes, recordedArtefacts } from './artefacts.js';
import { grownFrom, type PreparedSpace, prepareSpace } from './candidates.js';
import { DerivedSpaces } from './derived-spaces.js';
import { placedTrials } from './placed-trials.js';
import { codedSpace, versionsOf } from './versions.js';

interface Kept {
  readonly extensions: readonly string[];
  readonly space: Promise<Space>;
}

const grown = new DerivedSpaces<Kept>();

/**
 * The extensions of the pool that the last of these proposals was made with, oldest first: later rounds go on from there. That of
 * a person was made with none.
 */
export function extensionsOf(trials: readonly { readonly proposal: Pick<Proposal, 'basis'> }[]): readonly string[] {
  return trials.findLast(({ proposal }) => proposal.basis.person === undefined)?.proposal.basis.extensions ?? [];
}

/**
 * The space as it is with these extensions, the same object as long as it is among those used last; the space itself where
 * there is none. One that goes on from another that is remembered reads the further extensions alone.
 *
 * @param extensions - their sha256, in order
 * @throws {InvalidInputError} with every fault of their rows
 * @throws {AthanorError} ARTEFACT if one is not to be had, or other bytes are given for it
 */
export function grownSpace(space: Space, extensions: readonly string[], source: ArtefactSource): Promise<Space> {
  if (extensions.length === 0) return Promise.resolve(space);
  const known = grown.of(space);
  const found = known.find(
    (one) => one.extensions.length === extensions.length && isPrefix(one.extensions, extensions),
  );
  const before = known.findLast((one) => isPrefix(one.extensions, extensions));
  return grown.use(space, found ?? { extensions, space: grow(space, extensions, before, source) });
}

/** Whether a list of extensions is how another begins. */
export function isPrefix(list: readonly string[], of: readonly string[]): boolean {
  return list.length <= of.length && list.every((sha256, i) => sha256 === of[i]);
}

async function grow(
  space: Space,
  extensions: readonly string[],
  before: Kept | undefined,
  source: ArtefactSource,
): Promise<Space> {
  const from = before?.extensions.length ?? 0;
  const further = extensions.slice(from);
  const name = (sha256: string) => `extension ${sha256}`;
  const read = [];
  for (const sha256 of further) read.push(readExtension(await checkedBytes(source, sha256), name(sha256)));
  const grown = extendedSpace((await before?.space) ?? space, read, (i) => name(further[i]!));
  const faults = await appendedMoleculeFaults((await prepareSpace(space)).encoder, grown, space);
  if (faults.length > 0) throw new InvalidInputError(further.map(name).join(', '), faults);
  grownFrom(grown, space);
  return grown;
}

/** A campaign with the pool as it has grown and the versions of its encoders that are in use, and its trials as they are in that pool. */
export interface GrownCampaign {
  readonly campaign: Campaign;
  readonly trials: readonly TrialRecord[];
}

/**
 * The campaign with the pool as these extensions make it. A trial of a design that was in no row of the pool is one of the
 * row that has it now. The same campaign and trials where there is no extension and no other version.
 *
 * @param codes - versions of encoders in the place of those whose codes the space holds; those of the last trial where absent
 * @throws as `grownSpace` and `codedSpace`
 */
export async function grownCampaign(
  campaign: Campaign,
  trials: readonly TrialRecord[],
  extensions: readonly string[],
  source: ArtefactSource,
  codes: readonly CodesVersion[] = versionsOf(trials),
): Promise<GrownCampaign> {
  if (extensions.length === 0 && codes.length === 0) return { campaign, trials };
  const space = await codedSpace(await grownSpace(campaign.space, extensions, source), codes, source);
  if (extensions.length === 0) return { campaign: { ...campaign, space }, trials };
  const rows = campaign.space.pool!.ids.length;
  return { campaign: { ...campaign, space }, trials: await placedTrials(space, rows, trials) };
}

/** The campaign of a record, and its trials, with the pool and the versions of its encoders as they were for the last trial. @throws as `grownCampaign` */
export function grownRecord(record: Pick<CampaignRecord, 'campaign' | 'trials' | 'artefacts'>): Promise<GrownCampaign> {
  const { campaign, trials } = record;
  return grownCampaign(campaign, trials, extensionsOf(trials), recordedArtefacts(record));
}

/** Whether the hyperparameters of a fit are those of a space's columns, also after its pool has grown. */
export function hasSameColumns(fit: FitRecord, { meaning }: PreparedSpace): boolean {
  return (fit.encoding ?? null) === meaning;
}
