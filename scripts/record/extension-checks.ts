import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { extendedSpace } from '../../models/domain/extended-space.js';
import { readExtension } from '../../models/domain/extension.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { sha256Of } from '../../models/domain/sha256.js';
import type { Space } from '../../models/domain/space.js';
import { extensionsOf, isPrefix } from '../../models/strategy/growth.js';

/** A fault without what to do about it. */
interface Wrong {
  readonly path: string;
  readonly message: string;
}

/** The spaces that the trials of a record were proposed from. */
export interface GrownSpaces {
  readonly faults: readonly Wrong[];
  /** The space as a proposal had it; null where its extensions are not to be had, so that nothing is known of its rows. */
  at(trial: TrialRecord): Space | null;
}

/**
 * What is wrong with the extensions of a record's pool: bytes that are none, rows that cannot be appended, and proposals
 * whose list is not how those of later ones begin.
 */
export function grownSpaces({ campaign, trials, artefacts = {} }: CampaignRecord): GrownSpaces {
  const faults: Wrong[] = [];
  const spaces = [campaign.space];
  // That of a person names none: it may have been put among earlier ones, and has the pool of the time.
  const lists = trials.map(({ proposal }) =>
    proposal.basis.person === undefined ? (proposal.basis.extensions ?? []) : null,
  );
  const longest = lists.reduce<readonly string[]>(
    (most, list) => ((list ?? []).length > most.length ? list! : most),
    [],
  );
  let before: readonly string[] = [];
  for (const [i, list] of lists.entries()) {
    if (list === null) continue;
    if (!isPrefix(before, list) || !isPrefix(list, longest))
      faults.push({
        path: `trials[${i}].proposal.basis.extensions`,
        message: 'extensions of the pool that do not go on from those of the trial before',
      });
    before = list;
  }
  for (const sha256 of longest) {
    const text = Object.hasOwn(artefacts, sha256) ? artefacts[sha256]! : null;
    // Which is told where all artefacts are.
    if (text === null || sha256Of(Buffer.from(text, 'base64')) !== sha256) break;
    const at = `artefacts.${sha256}`;
    try {
      spaces.push(extendedSpace(spaces.at(-1)!, [readExtension(Buffer.from(text, 'base64'), at)], () => at));
    } catch (error) {
      if (!(error instanceof AthanorError)) throw error;
      const told = error instanceof InvalidInputError ? error.faults : [{ path: '', message: error.message }];
      faults.push(
        ...told.map(({ path, message }) => ({
          path: path.startsWith(at) ? path : [at, path].filter(Boolean).join('.'),
          message,
        })),
      );
      break;
    }
  }
  const known = ({ proposal }: TrialRecord) => {
    const { person } = proposal.basis;
    return person === undefined ? [{ proposal }] : trials.filter((one) => one.proposal.round < person.sinceRound);
  };
  return { faults, at: (trial) => spaces[extensionsOf(known(trial)).length] ?? null };
}
