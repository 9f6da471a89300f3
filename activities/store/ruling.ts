import { z } from 'zod';
import { AthanorError } from '../../models/domain/errors.js';
import type { EarlierAnswer } from '../../models/domain/record.js';
import { type Judgement, type Ruling, ruled, rulingFault, rulingSchema } from '../../models/domain/ruling.js';
import { type Observation, observationSchema } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import { findObservation, observationColumns, observationRow } from './observation.js';
import type { TrialRef } from './trial.js';

const rulingRow = rulingSchema.extend({ at: z.date().transform((date) => date.getTime()) }).strip();

const countedSchema = observationSchema
  .unwrap()
  .strip()
  .pick({ outcome: true, values: true, noise: true, cause: true, details: true })
  .nullable();

const rulingColumns = `generation, seq, verdict, values, cause, who, why, since_round AS "sinceRound", at`;

/** A ruling that is to be written down; `requestId` makes a repeated delivery one row. */
export interface NewRuling extends TrialRef, Judgement {
  readonly requestId: string;
  /** How many rulings on that generation its author knew; absent where that was not told. */
  readonly after?: number;
  readonly sinceRound: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What counted before a ruling, and what counts since; null where it counts as never run. */
export interface Counted {
  readonly was: Observation | null;
  readonly is: Observation | null;
}

/** An observation with what is computed of it. */
type Whole = (observation: Observation) => Observation;

interface Told {
  readonly ruling: Ruling;
  readonly requestId: string;
  readonly counted: Observation | null;
}

/**
 * Writes a ruling down, once; to be called in a transaction.
 *
 * @param outcomes - names of what the campaign measures
 * @throws {AthanorError} WRONG_STATE if the trial has not ended, was begun again, or cannot be judged so
 */
export async function saveRuling(
  query: Query,
  given: NewRuling,
  outcomes: readonly string[],
  whole: Whole = (observation) => observation,
): Promise<Counted> {
  const { trialId, generation } = given;
  // One after the other, as each is about what counted before it.
  const [trial] = await query('SELECT generation FROM trial WHERE id = $1 FOR UPDATE', [trialId]);
  const refuse = (why: string) => new AthanorError('WRONG_STATE', `trial '${trialId}' cannot be ruled on so: ${why}`);
  const observation = await findObservation(query, trialId, generation);
  if (observation === null) throw refuse('it has not ended');
  const told = await listTold(query, given, observation);
  const known = told.findIndex(({ requestId }) => requestId === given.requestId);
  const before = (known < 0 ? told : told.slice(0, known)).at(-1);
  const was = before === undefined ? observation : before.counted;
  if (known >= 0) return { was, is: told[known]!.counted };
  if (trial?.generation !== generation) throw refuse('it has been begun again');
  if (given.after !== undefined && told.length !== given.after) {
    const { ruling } = told.at(-1)!;
    throw refuse(
      `${ruling.who} was first, at ${new Date(ruling.at).toISOString()}: ${ruling.verdict} (${ruling.why}); look at it, and rule again if need be`,
    );
  }
  const fault = rulingFault(observation, was, given, outcomes);
  if (fault !== null) throw refuse(fault);
  const counting = ruled(observation, was, given, outcomes);
  const is = counting === null ? null : whole(counting);
  await query(
    `INSERT INTO ruling (trial_id, generation, seq, verdict, values, cause, who, why, since_round, at, request_id, counted)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      trialId,
      generation,
      told.length + 1,
      given.verdict,
      exactJson(given.values),
      given.cause,
      given.who,
      given.why,
      given.sinceRound,
      new Date(given.at),
      given.requestId,
      is === null ? null : exactJson(countedSchema.parse(is)),
    ],
  );
  await query('UPDATE trial SET state = $2 WHERE id = $1', [trialId, is === null ? 'withdrawn' : 'ended']);
  return { was, is };
}

/** How many rulings there are on each trial of a campaign that has any. */
export async function countRulings(query: Query, campaignId: string): Promise<ReadonlyMap<string, number>> {
  const rows = await query(
    `SELECT trial_id, count(*)::integer AS rulings FROM ruling JOIN trial ON trial.id = trial_id
     WHERE campaign_id = $1 GROUP BY trial_id`,
    [campaignId],
  );
  return new Map(rows.map((row) => [row.trial_id as string, row.rulings as number]));
}

/** What counted of a trial before, and what people held of it. */
export async function loadPast(
  query: Query,
  trialId: string,
): Promise<{ readonly earlier: readonly EarlierAnswer[]; readonly rulings: readonly Ruling[] }> {
  const rows = await query(
    `SELECT ${observationColumns}, observation.generation, through_round AS "throughRound", uncharged FROM attempt AS observation
     LEFT JOIN reopening ON reopening.trial_id = observation.trial_id AND reopening.generation = observation.generation + 1
     WHERE observation.trial_id = $1 ORDER BY observation.generation`,
    [trialId],
  );
  const earlier: EarlierAnswer[] = [];
  const rulings: Ruling[] = [];
  for (const row of rows) {
    let observation: Observation | null = observationRow.parse(row);
    const told = await listTold(query, { trialId, generation: row.generation as number }, observation);
    for (const { ruling, counted } of told) {
      earlier.push({ observation, throughRound: ruling.sinceRound - 1, ruled: true });
      rulings.push(ruling);
      observation = counted;
    }
    const throughRound = row.throughRound as number | null;
    const uncharged = row.uncharged === true ? { uncharged: true as const } : {};
    if (throughRound !== null) earlier.push({ observation, throughRound, ...uncharged });
  }
  return { earlier, rulings };
}

/** The rulings on a generation in their order, each with what counts since. */
async function listTold(query: Query, ref: TrialRef, given: Observation): Promise<readonly Told[]> {
  const rows = await query(
    `SELECT ${rulingColumns}, request_id AS "requestId", counted FROM ruling
     WHERE trial_id = $1 AND generation = $2 ORDER BY seq`,
    [ref.trialId, ref.generation],
  );
  return rows.map((row) => {
    const counted = countedSchema.parse(row.counted);
    return {
      ruling: rulingRow.parse(row),
      requestId: row.requestId as string,
      counted: counted === null ? null : { ...given, ...counted },
    };
  });
}
