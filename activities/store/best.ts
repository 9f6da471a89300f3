import { z } from 'zod';
import { placeRun } from '../../models/domain/achieved.js';
import { type CampaignSpec, targetFidelity } from '../../models/domain/campaign.js';
import { designSchema } from '../../models/domain/design.js';
import { standingsOf } from '../../models/domain/design-standings.js';
import type { Placed } from '../../models/domain/outside.js';
import { type Goal, goalsOf, orientationOf } from '../../models/domain/standing.js';
import { contextsSchema } from '../../models/domain/trial.js';
import type { Query } from './client.js';

const rowSchema = z.object({
  id: z.string(),
  rowId: z.string().nullable(),
  design: designSchema,
  contexts: contextsSchema.nullable(),
  measured: z.array(z.number().nullable()),
});

const achievedSchema = z.object({ achieved: designSchema.nullable() });

/** The best design at the target fidelity, in the objective's own unit and direction. */
export interface BestTrial extends Placed {
  /** The first trial that measured it. */
  readonly trialId: string;
  /** The mean where it was measured more than once. */
  readonly value: number;
  /** The trials whose mean that is; absent where it was measured once. */
  readonly measuredIn?: readonly string[];
}

/**
 * The leader of the front of a campaign (see `models/domain/design-standings.ts`); null while no design counts.
 *
 * Of designs that were measured once the database leaves out what lacks an objective or breaks a bound, and of the rest all but
 * those with the lowest loss by the first objective: only these can be the leader, and nothing else can be better than one of them. So one row is read where
 * there is one objective, however many trials there are; where
 * objectives are combined, all that count. What was measured more than once is read whole, as its mean decides.
 */
export async function findBest(query: Query, campaignId: string, spec: CampaignSpec): Promise<BestTrial | null> {
  const goals = goalsOf(spec);
  const parameters: unknown[] = [campaignId, targetFidelity(spec).name];
  const given = (parameter: unknown) => `$${parameters.push(parameter)}`;
  const names = [...new Set([...goals.objectives, ...goals.bounds].map(({ name }) => name))];
  const columns = names.map((name, i) => `(values->>${given(name)}::text)::float8 AS v${i}`);
  const only = goals.objectives.length === 1 ? 'ORDER BY round, place LIMIT 1' : '';
  const column = (name: string) => `v${names.indexOf(name)}`;
  const wanted = goals.objectives.map(({ name }) => `${column(name)} IS NOT NULL`);
  const kept = goals.bounds.flatMap(({ name, min, max }) => [
    ...(min === undefined ? [] : [`${column(name)} >= ${given(min)}::float8`]),
    ...(max === undefined ? [] : [`${column(name)} <= ${given(max)}::float8`]),
  ]);
  const [first] = goals.objectives;
  const loss = lossSql(first!, column(first!.name), (number) => `${given(number)}::float8`);
  // Told apart, lest the text of the values be read for each mention of a number.
  const rows = await query(
    `WITH told AS MATERIALIZED (
       SELECT proposal.id, round, place, contexts, ${columns.join(', ')}, count(*) OVER (
         PARTITION BY row_id, CASE WHEN row_id IS NULL THEN design::jsonb END
       ) AS times FROM observation JOIN proposal ON proposal.id = trial_id
       WHERE campaign_id = $1 AND fidelity = $2 AND outcome = 'measured'
     ), counting AS (SELECT *, ${loss} AS loss FROM told WHERE times = 1 AND ${[...wanted, ...kept].join(' AND ')}
     ), once AS (
       SELECT id FROM counting WHERE ${goals.combine === undefined ? 'loss = (SELECT min(loss) FROM counting)' : 'true'} ${only}
     )
     SELECT id, row_id AS "rowId", design, told.contexts, ARRAY[${names.map(column).join(', ')}] AS measured
     FROM told JOIN proposal USING (id) WHERE times > 1 OR id IN (SELECT id FROM once) ORDER BY told.round, told.place`,
    parameters,
  );
  const trials = rows.map((row) => {
    const { id, rowId, design, contexts, measured } = rowSchema.parse(row);
    const values = Object.fromEntries(names.flatMap((name, i) => (measured[i] === null ? [] : [[name, measured[i]!]])));
    const around = contexts === null ? {} : { contexts };
    const proposal = { id, rowId, design, fidelity: targetFidelity(spec).name };
    return { proposal, observation: { outcome: 'measured' as const, values, ...around } };
  });
  const best = standingsOf(spec, trials).leader;
  if (best === null) return null;
  const { trialId, trial, values, measuredIn } = best;
  const [found] = await query('SELECT achieved FROM observation WHERE trial_id = $1', [trialId]);
  const { achieved } = achievedSchema.parse(found);
  const run = placeRun(trial.proposal, achieved === null ? {} : { achieved });
  return { ...run, trialId, value: values[first!.name]!, ...(measuredIn === undefined ? {} : { measuredIn }) };
}

/** `lossOf` as the database computes it, in the same double precision. */
function lossSql(goal: Goal, column: string, given: (number: number) => string): string {
  const { direction, value = 0, tolerance = 0 } = goal;
  if (direction === 'target') return `greatest(0, abs(${column} - ${given(value)}) - ${given(tolerance)})`;
  return orientationOf(goal) === 1 ? column : `-${column}`;
}
