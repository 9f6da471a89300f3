import { z } from 'zod';
import { placeRun } from '../../models/domain/achieved.js';
import { type CampaignSpec, targetFidelity } from '../../models/domain/campaign.js';
import { designSchema } from '../../models/domain/design.js';
import type { Placed } from '../../models/domain/outside.js';
import { front, type Goal, goalsOf, judged, leader, orientationOf } from '../../models/domain/standing.js';
import type { Query } from './client.js';

const measured = z.array(z.number().nullable());

const foundSchema = z.object({
  rowId: z.string().nullable(),
  design: designSchema,
  achieved: designSchema.nullable(),
});

/** The best measured trial at the target fidelity, in the objective's own unit and direction. */
export interface BestTrial extends Placed {
  readonly trialId: string;
  readonly value: number;
}

/**
 * The leader of the front of a campaign (see `models/domain/standing.ts`); null while no trial counts.
 *
 * The database leaves out what lacks an objective or breaks a bound, and of the rest all but those with the lowest loss by the
 * first objective: only these can be the leader, and nothing else can be better than one of them. So one row is read where
 * there is one objective, however many trials there are; where
 * objectives are combined, all that count.
 */
export async function findBest(query: Query, campaignId: string, spec: CampaignSpec): Promise<BestTrial | null> {
  const goals = goalsOf(spec);
  const parameters: unknown[] = [campaignId, targetFidelity(spec).name];
  const given = (parameter: unknown) => `$${parameters.push(parameter)}`;
  const names = [...new Set([...goals.objectives, ...goals.bounds].map(({ name }) => name))];
  const columns = names.map((name, i) => `(values->>${given(name)}::text)::float8 AS v${i}`);
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
       SELECT proposal.id, round, place, ${columns.join(', ')} FROM observation JOIN proposal ON proposal.id = trial_id
       WHERE campaign_id = $1 AND fidelity = $2 AND outcome = 'measured'
     ), counting AS (SELECT *, ${loss} AS loss FROM told WHERE ${[...wanted, ...kept].join(' AND ')})
     SELECT id, ARRAY[${names.map(column).join(', ')}] AS measured FROM counting
     WHERE ${goals.combine === undefined ? 'loss = (SELECT min(loss) FROM counting)' : 'true'} ORDER BY round, place ${goals.objectives.length === 1 ? 'LIMIT 1' : ''}`,
    parameters,
  );
  const trials = rows.map((row) => {
    const numbers = measured.parse(row.measured);
    const values = Object.fromEntries(names.flatMap((name, i) => (numbers[i] === null ? [] : [[name, numbers[i]!]])));
    return { trialId: row.id as string, values, ...judged(goals, values) };
  });
  const leading = leader(front(trials));
  if (leading === null) return null;
  const { trialId, values } = leading;
  const [found] = await query(
    'SELECT row_id AS "rowId", design, achieved FROM proposal JOIN observation ON trial_id = id WHERE id = $1',
    [trialId],
  );
  const { achieved, ...proposal } = foundSchema.parse(found);
  const run = placeRun(proposal, achieved === null ? {} : { achieved });
  return { ...run, trialId, value: values[first!.name]! };
}

/** `lossOf` as the database computes it, in the same double precision. */
function lossSql(goal: Goal, column: string, given: (number: number) => string): string {
  const { direction, value = 0, tolerance = 0 } = goal;
  if (direction === 'target') return `greatest(0, abs(${column} - ${given(value)}) - ${given(tolerance)})`;
  return orientationOf(goal) === 1 ? column : `-${column}`;
}
