import type { Fault } from '../../models/domain/fault.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type VersionEntry, versionEntries, versionsAfter } from '../../models/domain/tuning.js';

/**
 * What was done with the versions of encoders has to follow one from another, be about codes that the space has, and every proposal has
 * to be made with the versions in use in its round. A record that tells of none is not looked at.
 */
export function* versionFaults({
  campaign,
  trials,
  audit,
}: CampaignRecord): Generator<Pick<Fault, 'path' | 'message'>> {
  const entries = versionEntries(audit);
  if (entries.length === 0) return;
  const codes = campaign.space.codes?.length ?? 0;
  for (const [i, { action, told }] of entries.entries()) {
    const path = `audit.${action}[${i}]`;
    if (told.at >= codes) yield { path: `${path}.at`, message: `${told.at} of ${codes} codes of the space, from 0` };
    if (told.sinceRound < (entries[i - 1]?.told.sinceRound ?? 1))
      yield { path: `${path}.sinceRound`, message: `${told.sinceRound}, before that of the act before it` };
  }
  for (const [i, { proposal }] of trials.entries()) {
    const { round, basis } = proposal;
    if (basis.person !== undefined) continue;
    // A round whose workflow was lost while it was decided is decided anew, with what came into use meanwhile.
    const may = [round, round + 1].map((at) => textOf(entries, at));
    if (!may.includes(JSON.stringify((basis.codes ?? []).map(({ at, artefact }) => [at, artefact]))))
      yield {
        path: `trials[${i}].proposal.basis.codes`,
        message: `not the versions of encoders in use in round ${round}`,
      };
  }
}

function textOf(entries: readonly VersionEntry[], round: number): string {
  const known = entries.filter(({ told }) => told.sinceRound <= round);
  return JSON.stringify(versionsAfter(known).map(({ at, artefact }) => [at, artefact]));
}
