import { z } from 'zod';
import { designSchema } from '../../models/domain/design.js';
import { causeSchema, contextsSchema } from '../../models/domain/trial.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import type { TrialRef } from './trial.js';

const moment = z.date().transform((date) => date.getTime());

const resultSchema = z.object({
  values: z.record(z.string(), z.number()),
  noise: z.record(z.string(), z.number()),
  cost: z.number(),
  durationMs: z.number(),
  cause: causeSchema.optional(),
  achieved: designSchema.optional(),
  contexts: contextsSchema.optional(),
  /** Files that came with it: name to sha256. */
  artefacts: z.record(z.string(), z.string()),
  details: z.record(z.string(), z.unknown()),
});
/** What a person's job gave, as adapters say it, but with its files in the store. */
export type HandResult = Readonly<z.infer<typeof resultSchema>>;

const answerRow = z.object({
  key: z.string(),
  step: z.string(),
  state: z.enum(['succeeded', 'failed', 'cancelled']),
  result: resultSchema.nullable(),
  requestId: z.string().nullable(),
  who: z.string().nullable(),
  why: z.string().nullable(),
  at: moment,
});
/** How a person's job ended; without result, author and request where nobody was asked any more. `at` in ms since 1970. */
export type HandAnswer = Readonly<z.infer<typeof answerRow>>;

const columns = 'key, step, state, result, request_id AS "requestId", who, why, at';

/** How the job of a key ended; null while it waits. */
export async function findHandAnswer(query: Query, key: string): Promise<HandAnswer | null> {
  const [row] = await query(`SELECT ${columns} FROM hand_answer WHERE key = $1`, [key]);
  return row === undefined ? null : answerRow.parse(row);
}

/** How jobs of a generation of a trial ended, in that order. */
export async function listHandAnswers(query: Query, { trialId, generation }: TrialRef): Promise<readonly HandAnswer[]> {
  const rows = await query(
    `SELECT ${columns} FROM hand_answer WHERE trial_id = $1 AND generation = $2 ORDER BY at, key`,
    [trialId, generation],
  );
  return rows.map((row) => answerRow.parse(row));
}

/** Writes down how a person's job ended; the first answer stays. @returns whether this one is it */
export async function saveHandAnswer(query: Query, ref: TrialRef, answer: HandAnswer): Promise<boolean> {
  const { key, step, state, result, requestId, who, why, at } = answer;
  const rows = await query(
    `INSERT INTO hand_answer (key, trial_id, generation, step, state, result, request_id, who, why, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING key`,
    [
      key,
      ref.trialId,
      ref.generation,
      step,
      state,
      result === null ? null : exactJson(result),
      requestId,
      who,
      why,
      new Date(at),
    ],
  );
  return rows.length > 0;
}

const askedRow = z.object({
  key: z.string(),
  trialId: z.string(),
  generation: z.number(),
  step: z.string(),
  /** Name of the instrument in the ledger, LAB/NAME. */
  instrument: z.string(),
  since: moment,
});
/** A job that waits for a person; `since` in ms since 1970. */
export type AskedStep = Readonly<z.infer<typeof askedRow>>;

/** Jobs that wait for a person: of all trials that are under way, or of one. */
export async function listAsked(query: Query, trialId: string | null = null): Promise<readonly AskedStep[]> {
  const rows = await query(
    `SELECT key, submission.trial_id AS "trialId", submission.generation, step, instrument, accepted_at AS since
     FROM submission JOIN trial ON trial.id = submission.trial_id AND trial.generation = submission.generation
     WHERE trial.state = 'running' AND submission.state = 'accepted' AND submission.adapter = 'person' AND slot IS NOT NULL
       AND ($1::text IS NULL OR trial.id = $1)
       AND NOT EXISTS (SELECT 1 FROM hand_answer WHERE hand_answer.key = submission.key)
     ORDER BY accepted_at, key`,
    [trialId],
  );
  return rows.map((row) => askedRow.parse(row));
}
