import type { CampaignRecord } from '../models/domain/record.js';
import { type VersionEntry, versionEntries } from '../models/domain/tuning.js';
import { versionsOf } from '../models/strategy/versions.js';

/** Which version of an encoder chose trials from a round on, until another did. */
interface Reign {
  readonly encoder: string;
  readonly first: number;
  last: number;
  trials: number;
}

/** Which versions of encoders chose what, and what was done with them, a line each; nothing of a campaign without encoders. */
export function versionLines(record: Pick<CampaignRecord, 'campaign' | 'trials' | 'audit'>): readonly string[] {
  return [...chosenLines(record), ...versionEntries(record.audit).map(entryLine)];
}

/** Which versions of encoders chose what, a line each; nothing of a campaign without encoders. */
export function chosenLines(record: Pick<CampaignRecord, 'campaign' | 'trials'>): readonly string[] {
  if ((record.campaign.space.codes ?? []).length === 0) return [];
  return reigns(record).map(({ encoder, first, last, trials }) => {
    const rounds = first === last ? `round ${first}` : `rounds ${first} to ${last}`;
    return `${encoder} chose ${trials} ${trials === 1 ? 'trial' : 'trials'} of ${rounds}`;
  });
}

/** What was done with the versions of an encoder. */
export function entryLine({ action, who, told }: VersionEntry): string {
  const since = `from round ${told.sinceRound} on`;
  if (action === 'rollback') return `rolled back to ${told.version?.encoder ?? 'the first version'} ${since} by ${who}`;
  const { name, verdict, reason, trigger, judged } = told;
  const used = verdict === 'promoted' ? `${verdict} ${since}` : verdict;
  return `${name ?? 'no version'} ${used}: ${reason} (${trigger}, ${who}${judged == null ? '' : helped(judged)})`;
}

/** Whether pretraining tells anything: scores beside those of the controls, as far as there are any. */
function helped({
  inUse,
  against,
  random,
  classical,
  absent = {},
}: NonNullable<VersionEntry['told']['judged']>): string {
  const controls = [
    control('with random weights', random, absent.random),
    control('without codes', classical, absent.classical),
  ].filter((one) => one !== null);
  return controls.length === 0 ? '' : `; log score ${score(inUse)} under ${against}, ${controls.join(', ')}`;
}

function control(title: string, value: number | undefined, why: string | undefined): string | null {
  if (value !== undefined) return `${score(value)} ${title}`;
  return why === undefined ? null : `none ${title} (${why})`;
}

function score(value: number): string {
  return value.toFixed(3);
}

function reigns({ campaign, trials }: Pick<CampaignRecord, 'campaign' | 'trials'>): readonly Reign[] {
  const found: Reign[] = [];
  for (const trial of trials.filter(({ proposal }) => proposal.basis.person === undefined)) {
    const inUse = versionsOf([trial]);
    const named = (campaign.space.codes ?? []).map(
      ({ encoder }, at) => inUse.find((version) => version.at === at)?.encoder ?? encoder,
    );
    const encoder = named.join(' and ');
    const { round } = trial.proposal;
    const last = found.at(-1);
    if (last?.encoder === encoder) {
      last.last = round;
      last.trials += 1;
    } else found.push({ encoder, first: round, last: round, trials: 1 });
  }
  return found;
}
