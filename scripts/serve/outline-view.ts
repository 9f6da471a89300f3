import { z } from '@hono/zod-openapi';
import type { CampaignOutline } from '../../activities/store/campaign.js';
import { personSettings } from '../../models/domain/person.js';
import { hasNamedRows } from '../wording.js';

const named = z.object({ name: z.string(), unit: z.string().nullable() });

/** What of a campaign file people need who look at its trials. */
export const outlineShape = z
  .object({
    id: z.string(),
    description: z.string().nullable(),
    objectives: z.array(
      named.extend({
        direction: z.enum(['maximise', 'minimise', 'target']),
        computed: z.boolean().openapi({ description: 'whether it is computed from what is measured' }),
      }),
    ),
    outcomes: z.array(named).openapi({ description: 'what is measured beside the objectives' }),
    contexts: z.array(named).openapi({ description: 'what is told of the surroundings' }),
    parameters: z.array(named.extend({ type: z.string(), bounds: z.array(z.number()).nullable() })),
    fidelities: z.array(
      z.object({
        name: z.string(),
        cost: z.number(),
        byPerson: z.boolean(),
        needsFile: z.string().nullable().openapi({ description: 'a file that every result is to come with' }),
      }),
    ),
    rowsHaveNames: z.boolean(),
    isPool: z.boolean(),
  })
  .openapi('Outline');

/** What `outlineShape` accepts. */
export type Outline = z.infer<typeof outlineShape>;

/** A campaign as `outlineShape` tells it. */
export function outlineView({ id, spec, space }: CampaignOutline): Outline {
  const plain = ({ name, unit }: { readonly name: string; readonly unit?: string | undefined }) => ({
    name,
    unit: unit ?? null,
  });
  return {
    id,
    description: spec.description ?? null,
    objectives: spec.objectives.map((one) => ({
      ...plain(one),
      direction: one.direction,
      computed: one.expression !== undefined,
    })),
    outcomes: (spec.outcomes ?? []).map(plain),
    contexts: (spec.contexts ?? []).map(plain),
    parameters: space.parameters.map((one) => ({
      ...plain(one as { name: string; unit?: string }),
      type: one.type,
      bounds: 'bounds' in one ? [...one.bounds] : null,
    })),
    fidelities: spec.fidelities.map(({ name, cost, adapter, settings }) => ({
      ...{ name, cost, byPerson: adapter === 'person' },
      needsFile: adapter === 'person' ? (personSettings.safeParse(settings).data?.file ?? null) : null,
    })),
    rowsHaveNames: spec.space.pool !== undefined && hasNamedRows(spec),
    isPool: spec.space.pool !== undefined,
  };
}
