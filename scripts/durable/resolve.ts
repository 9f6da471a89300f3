import { knownOf } from '../../activities/store/acts.js';
import { saveAudit } from '../../activities/store/audit.js';
import type { Query } from '../../activities/store/client.js';
import { giveStockBack } from '../../activities/store/lease.js';
import { findResolution, type Resolution, saveResolution } from '../../activities/store/resolution.js';
import { unknownSubmission } from '../../activities/store/submission.js';
import type { TrialRef } from '../../activities/store/trial.js';
import { AthanorError } from '../../models/domain/errors.js';
import { timesRun } from '../../models/domain/record.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { knownTrial } from './people.js';
import { requestIdOf } from './request-id.js';

/** What a person says of a job of which nobody can tell. */
export type Said = Omit<Resolution, 'at'>;

/**
 * Writes down what a person says of the job of a trial. Said again by the same person it changes nothing, so that what follows
 * can be asked for again. Said of what took a step back it settles no more than who may have the slot. To be called in a transaction.
 *
 * @returns whether the trial's end, which was known, stands
 * @throws {AthanorError} NOT_FOUND; WRONG_STATE if the job is known, or somebody said it before, and then who, when and what
 */
export async function writeResolution(query: Query, trialId: string, said: Said): Promise<boolean> {
  const trial = await knownTrial(query, trialId);
  const generation = timesRun(trial);
  const refuse = (why: string) => new AthanorError('WRONG_STATE', `trial '${trialId}' cannot be resolved: ${why}`);
  const before = generation === 1 ? null : await findResolution(query, { trialId, generation: generation - 1 });
  if (trial.state === 'running' && before !== null)
    throw refuse(`${inWords(before)}; generation ${generation} is in flight`);
  if (trial.state === 'running')
    throw refuse(
      `it is in flight; where the home of its job is away for good, 'athanor retry ${trialId} --not-started'`,
    );
  const ruling = trial.rulings?.findLast((one) => one.generation === generation);
  const standing = await findResolution(query, { trialId, generation });
  if (standing === null && ruling !== undefined)
    throw refuse(`${ruling.who} ruled on it at ${new Date(ruling.at).toISOString()}: ${ruling.why}`);
  const line = await unknownSubmission(query, trialId, generation);
  if (line === null) {
    const known = trial.observation === null ? `it is ${trial.state}` : `it ended as ${trial.observation.outcome}`;
    throw refuse(`${known}, and what became of its job is known`);
  }
  const undone = undoneBy(line.step);
  if (undone !== null && said.verdict === 'started')
    throw refuse(
      `its job was taking '${undone}' back, and nothing goes on from there; once it is over say --failed, or --not-started`,
    );
  const stands = standing ?? (await saveResolution(query, { trialId, generation }, { ...said, at: Date.now() }));
  if (standing === null) await noteResolution(query, { trialId, generation }, stands);
  if (stands.verdict === 'notStarted') await giveStockBack(query, line.key);
  const isSame = (['who', 'verdict', 'job', 'cause'] as const).every((part) => stands[part] === said[part]);
  if (!isSame) throw refuse(inWords(stands));
  return undone !== null;
}

/** In the log of what people decided, in the same transaction; of whoever was first. */
async function noteResolution(query: Query, ref: TrialRef, { who, why, verdict, job, cause, at }: Resolution) {
  const { trialId: trial, generation } = ref;
  const details = { trial, generation, verdict, job, cause, note: why, known: await knownOf(query, trial) };
  const requestId = requestIdOf('resolve', ref);
  await saveAudit(query, {
    campaignId: parseTrialId(trial).campaignId,
    requestId,
    at,
    who,
    action: 'resolve',
    details,
  });
}

/** Who said what of a job, in words. */
function inWords({ who, at, verdict, job, cause, why }: Resolution): string {
  const what =
    verdict === 'started'
      ? `it started as job '${job}'`
      : verdict === 'failed'
        ? `it failed (${cause})`
        : 'it never started';
  return `${who} said at ${new Date(at).toISOString()} that ${what}: ${why}`;
}
