import { z } from 'zod';
import { type RanStep, ranStepOf, ranStepSchema } from '../../models/domain/record.js';
import { undoneBy } from '../../models/domain/step-name.js';
import { type Observation, observationSchema } from '../../models/domain/trial.js';
import type { StepEnd } from '../../workflows/recipe-state.js';
import type { Query } from './client.js';
import { exactJson } from './exact-json.js';
import type { TrialRef } from './trial.js';

const answerRow = z.object({
  step: z.string(),
  key: z.string(),
  how: z.enum(['done', 'failed', 'cancelled', 'unknown']),
  begun: z.boolean(),
  carried: z.boolean(),
  observation: observationSchema,
});

/** What one step of a generation of a trial gave. */
export type StoredAnswer = Readonly<z.infer<typeof answerRow>>;

const columns = 'step, key, how, begun, carried, observation';

/** What the steps of a generation gave so far, in the order in which they ended. */
export async function listStepAnswers(
  query: Query,
  { trialId, generation }: TrialRef,
): Promise<readonly StoredAnswer[]> {
  const rows = await query(`SELECT ${columns} FROM step_answer WHERE trial_id = $1 AND generation = $2 ORDER BY id`, [
    trialId,
    generation,
  ]);
  return rows.map((row) => answerRow.parse(row));
}

/**
 * Writes down what a step gave; the first answer of a generation stays.
 * @returns the answer that is in the store now
 */
export async function saveStepAnswer(
  query: Query,
  ref: TrialRef & { readonly step: string; readonly key: string },
  { end, observation }: { readonly end: StepEnd; readonly observation: Observation },
): Promise<StoredAnswer> {
  const { trialId, generation, step, key } = ref;
  const [row] = await query(
    `WITH added AS (
       INSERT INTO step_answer (trial_id, generation, step, key, how, begun, observation) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (trial_id, generation, step) DO NOTHING RETURNING ${columns})
     SELECT * FROM added UNION ALL
     SELECT ${columns} FROM step_answer WHERE trial_id = $1 AND generation = $2 AND step = $3`,
    [trialId, generation, step, key, end.how, end.begun, exactJson(observation)],
  );
  return answerRow.parse(row);
}

/** Bytes of the raw outputs that the steps of a generation left in the store, each content once. */
export async function keptBytes(query: Query, { trialId, generation }: TrialRef): Promise<number> {
  const [row] = await query(
    `SELECT coalesce(sum(coalesce(size, length(bytes))), 0) AS bytes FROM artefact WHERE sha256 IN (
       SELECT kept.value FROM step_answer, json_each_text(observation->'artefacts') AS kept WHERE trial_id = $1 AND generation = $2)`,
    [trialId, generation],
  );
  return Number(row!.bytes);
}

/** Whether it was begun to take steps back. */
export async function isUndoing(query: Query, { trialId, generation }: TrialRef): Promise<boolean> {
  const rows = await query('SELECT step FROM submission WHERE trial_id = $1 AND generation = $2', [
    trialId,
    generation,
  ]);
  const answers = await listStepAnswers(query, { trialId, generation });
  return [...rows.map(({ step }) => step as string), ...answers.map(({ step }) => step)].some(
    (step) => undoneBy(step) !== null,
  );
}

/** Has steps that were done in the generation before count in this one too; to be called in a transaction. */
export async function carryStepAnswers(
  query: Query,
  { trialId, generation }: TrialRef,
  steps: readonly string[],
): Promise<void> {
  await query(
    `INSERT INTO step_answer (trial_id, generation, step, key, how, begun, carried, observation)
     SELECT trial_id, $2, step, key, how, begun, true, observation FROM step_answer
     WHERE trial_id = $1 AND generation = $2 - 1 AND step = ANY ($3) ORDER BY id
     ON CONFLICT (trial_id, generation, step) DO NOTHING`,
    [trialId, generation, steps],
  );
}

const time = z
  .date()
  .transform((date) => date.getTime())
  .nullable();
const { shape } = ranStepSchema.unwrap();
const ranRow = answerRow.extend({
  generation: shape.generation,
  instrument: shape.instrument,
  job: shape.job,
  startedAt: time,
  endedAt: time,
});

/** What was run for a trial, of every generation, in the order in which it ended. */
export async function listRanSteps(query: Query, trialId: string): Promise<readonly RanStep[]> {
  const rows = await query(
    `SELECT ${columns.replaceAll(/\b(\w+)\b/g, 'step_answer.$1')}, step_answer.generation, submission.instrument, submission.job,
       submission.called_at AS "startedAt", step_answer.recorded_at AS "endedAt"
     FROM step_answer LEFT JOIN submission ON submission.key = step_answer.key
     WHERE step_answer.trial_id = $1 ORDER BY step_answer.id`,
    [trialId],
  );
  return rows.map((row) => {
    const { begun: _, carried, observation, ...ran } = ranRow.parse(row);
    return { ...ran, ...ranStepOf(observation), ...(carried ? { carried } : {}) };
  });
}
