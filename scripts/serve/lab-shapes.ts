import { z } from '@hono/zod-openapi';

const instant = z.number().openapi({ description: 'milliseconds since 1970' });

/** A safe stop that nobody has released. */
export const stopShape = z
  .object({
    lab: z.string().nullable().openapi({ description: 'null where all that is driven from the home was stopped' }),
    who: z.string(),
    why: z.string(),
    at: instant,
  })
  .openapi('Stop');

/** A lab in a list. */
export const labHead = z
  .object({
    name: z.string(),
    description: z.string().nullable(),
    simulated: z.boolean().openapi({ description: 'nothing real stands behind any of its instruments' }),
    version: z.int(),
    registeredBy: z.string(),
    registeredAt: instant,
    instruments: z.array(z.string()),
    positions: z.array(z.string()),
    stops: z.array(stopShape).openapi({ description: 'while there is one nothing begins' }),
  })
  .openapi('LabHead');

const jobShape = {
  key: z.string().openapi({ example: 'redox/r3/p1/g1/run' }),
  trial: z.string().openapi({ example: 'redox/r3/p1' }),
  campaign: z.string(),
  step: z.string().nullable().openapi({ description: 'of its recipe; null where it has none, and of positions' }),
};

/** What an instrument or position is doing; of several, what needs a person most. */
export const resourceStates = ['stopped', 'fault', 'paused', 'held', 'away', 'maintenance', 'busy', 'free'] as const;

/** An instrument or position. */
export const resourceShape = z
  .object({
    name: z.string(),
    kind: z.enum(['instrument', 'position']),
    adapter: z.string().nullable().openapi({ description: 'null of positions; `person` where people do it' }),
    simulated: z.boolean(),
    can: z.array(z.string()),
    state: z.enum(resourceStates).openapi({
      description:
        '`held`: nobody knows what a job of it does; `away`: its worker is not there; `busy`: no slot is free',
    }),
    slots: z.int(),
    inFlight: z.array(
      z.object({
        ...jobShape,
        slot: z.int(),
        since: instant,
        held: z.boolean().openapi({ description: 'nobody knows whether it still runs' }),
      }),
    ),
    queue: z
      .array(
        z.object({
          ...jobShape,
          short: z.string().nullable().openapi({ description: 'the stock of which too little is left for it' }),
          paused: z.boolean().openapi({ description: 'its campaign is paused' }),
        }),
      )
      .nullable()
      .openapi({ description: 'who waits for it, in the order of asking; null where nobody can tell now' }),
    standstills: z.array(
      z.object({ kind: z.enum(['fault', 'stopped', 'paused']), who: z.string(), why: z.string(), at: instant }),
    ),
    maintenance: z
      .object({ from: instant, until: instant, why: z.string(), now: z.boolean() })
      .nullable()
      .openapi({ description: 'now, or the next within a week' }),
    worker: z
      .object({ on: z.string(), here: z.boolean().nullable() })
      .nullable()
      .openapi({ description: 'where workers of its own alone drive it; `here`: null where nobody can tell now' }),
    seen: z.int().openapi({ description: 'number of the last act on it, as acts may name it; 0 for none' }),
  })
  .openapi('LabResource');

/** A lab as it is now. */
export const labShape = labHead
  .extend({
    resources: z.array(resourceShape),
    stock: z.array(
      z.object({
        name: z.string(),
        unit: z.string(),
        left: z.number(),
        reserved: z.number().openapi({ description: 'kept for trials that have begun, beside what is left' }),
        warnBelow: z.number().nullable(),
        low: z.boolean(),
        seen: z.int(),
      }),
    ),
    obstacles: z
      .array(
        z.object({
          kind: z.string().openapi({ example: 'stock' }),
          name: z.string(),
          since: instant.nullable(),
          until: instant.nullable(),
          text: z.string(),
          remedies: z.array(z.string()).openapi({ description: 'commands of which each answers it' }),
          waiting: z.array(z.string()).openapi({ description: 'trials that wait for it' }),
        }),
      )
      .openapi({ description: 'what stands still, and why' }),
    waits: z
      .array(
        z.object({
          trial: z.string(),
          campaign: z.string(),
          step: z.string().nullable(),
          on: z.array(z.string()),
          since: instant,
          unable: z.string().nullable(),
        }),
      )
      .openapi({ description: 'trials that wait for a slot' }),
  })
  .openapi('Lab');

/** Who had a slot, from when to when. */
export const leaseShape = z
  .object({
    ...jobShape,
    resource: z.string(),
    slot: z.int(),
    askedAt: instant,
    from: instant,
    until: instant.nullable(),
    held: z.boolean(),
  })
  .openapi('Lease');

/** What somebody did to a lab. */
export const labActEntry = z
  .object({
    id: z.int(),
    at: instant,
    who: z.string(),
    act: z.string(),
    name: z.string().nullable(),
    why: z.string().nullable(),
    known: z.unknown().openapi({ description: 'what was known of it then' }),
    done: z.unknown().openapi({ description: 'what came of it' }),
  })
  .openapi('LabActEntry');
