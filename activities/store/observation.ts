import { designSchema } from '../../models/domain/design.js';
import { type Observation, observationSchema } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';

const { shape } = observationSchema.unwrap();

/** An observation in a row that has other columns, too. */
export const observationRow = observationSchema
  .unwrap()
  .strip()
  .extend({
    achieved: designSchema.nullable(),
    mediaTypes: shape.mediaTypes.unwrap().nullable(),
    contexts: shape.contexts.unwrap().nullable(),
  })
  .transform(
    ({ achieved, mediaTypes, contexts, ...row }): Observation => ({
      ...row,
      ...(achieved === null ? {} : { achieved }),
      ...(mediaTypes === null ? {} : { mediaTypes }),
      ...(contexts === null ? {} : { contexts }),
    }),
  );

/** Columns for `observationRow`; the table must be called `observation` in the statement. */
export const observationColumns = `observation.trial_id AS "trialId", observation.outcome, observation.values, observation.noise,
  observation.cost, observation.duration_ms AS "durationMs", observation.cause, observation.artefacts, observation.details,
  observation.achieved, observation.media_types AS "mediaTypes", observation.contexts`;

/** What a generation of a trial gave, null if nothing was observed yet. */
export async function findObservation(query: Query, trialId: string, generation = 1): Promise<Observation | null> {
  const [row] = await query(
    `SELECT ${observationColumns} FROM attempt AS observation WHERE trial_id = $1 AND generation = $2`,
    [trialId, generation],
  );
  return row === undefined ? null : observationRow.parse(row);
}

/**
 * Writes an observation and ends its trial; to be called in a transaction. The first one of a generation stays.
 * @returns the observation of that generation that is in the store now
 */
export async function saveObservation(query: Query, observation: Observation, generation = 1): Promise<Observation> {
  const inserted = await query(
    `INSERT INTO attempt (trial_id, outcome, values, noise, cost, duration_ms, cause, artefacts, details, generation, achieved, media_types, contexts)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING RETURNING trial_id`,
    [
      observation.trialId,
      observation.outcome,
      exactJson(observation.values),
      exactJson(observation.noise),
      observation.cost,
      observation.durationMs,
      observation.cause === null ? null : exactJson(observation.cause),
      exactJson(observation.artefacts),
      exactJson(observation.details),
      generation,
      optional(observation.achieved),
      optional(observation.mediaTypes),
      optional(observation.contexts),
    ],
  );
  if (inserted.length === 0) return (await findObservation(query, observation.trialId, generation))!;
  await query(
    `UPDATE trial SET state = 'ended', started_at = coalesce(started_at, now()), ended_at = now()
     WHERE id = $1 AND generation = $2`,
    [observation.trialId, generation],
  );
  return observation;
}

function optional(value: unknown): string | null {
  return value === undefined ? null : exactJson(value);
}
