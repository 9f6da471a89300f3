import { z } from 'zod';
import { durationSchema } from './duration.js';
import { idSchema } from './parameters/numbers.js';

/** Days as maintenance names them, Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const momentSchema = z.iso.datetime({
  offset: true,
  // Else what is meant to recur is taken for a single time with faults.
  abort: true,
  error: "a moment with its offset, as '2026-12-01T08:00:00+01:00'",
});
const timeOfDaySchema = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time of day in quotes, from '00:00' to '23:59'");

/** Whether a text is the name of a time zone, as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

const whySchema = z.string().min(1).max(200).optional().describe('told to who waits');

/** A time in which an instrument is not for campaigns: nothing begins on it. */
export const maintenanceSchema = z.union([
  z
    .strictObject({ from: momentSchema, until: momentSchema, why: whySchema })
    .refine(({ from, until }) => Date.parse(from) < Date.parse(until), "'from' first, then 'until'"),
  z.strictObject({
    every: z
      .union([z.literal('day'), z.array(z.enum(weekdays)).min(1)])
      .describe("'day', or a list of days on which it begins"),
    from: timeOfDaySchema,
    until: timeOfDaySchema.describe('on the next day where it is not after from'),
    zone: z
      .string()
      .refine(isTimeZone, "a time zone by its name, as 'Europe/Berlin'")
      .describe('time zone by its name, as Europe/Berlin'),
    why: whySchema,
  }),
]);

/** Places of one instrument or position at most. */
export const mostSlots = 1_000;

const slotsSchema = z.int().min(1).max(mostSlots).default(1);

/** One instrument: what drives it, and what it can do. */
export const labInstrumentSchema = z.strictObject({
  adapter: z.string().min(1).describe('name of a registered adapter, or of one that the modules of this file bring'),
  settings: z.record(z.string(), z.unknown()).default({}).describe("the adapter's own settings"),
  can: z
    .array(idSchema)
    .default([])
    .describe('what it can do, in words of the lab: a step on any instrument that can takes the first free one'),
  slots: slotsSchema.describe('jobs that it does at the same time'),
  uses: z
    .record(idSchema, z.number().positive().max(1e100))
    .default({})
    .describe('stock that each job on it uses up, in the unit of the stock'),
  worker: idSchema
    .optional()
    .describe(
      "only 'athanor worker --instrument' drives it, on a machine that reaches it: the name says which, for people; where absent, all workers do",
    ),
  stopByHand: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('what a person does at the device to make it safe, told where a safe stop of it is not confirmed'),
  takes: durationSchema
    .optional()
    .describe('the longest that a job takes, as 90min: none begins that would last into maintenance'),
  maintenance: z.array(maintenanceSchema).max(100).default([]),
});

/** Something that trials use up. */
export const stockSchema = z.strictObject({
  unit: z.string().min(1).max(40),
  amount: z.number().min(0).max(1e100).describe('what is there when the lab is first registered; later it is counted'),
  warnBelow: z.number().min(0).max(1e100).optional().describe('people are told once less than this is left'),
  at: idSchema.optional().describe('the instrument or position where it stands'),
});

/** Places between steps, counted. */
export const positionSchema = z.strictObject({ slots: slotsSchema });

const named = <T extends z.ZodType>(schema: T) => z.record(idSchema, schema);

/** The lab file: one strict schema, from which the JSON Schema for editors is generated. */
export const labSchema = z.strictObject({
  name: idSchema.describe('campaigns and the store know the lab by it'),
  description: z.string().optional(),
  simulated: z
    .boolean()
    .optional()
    .describe('nothing real stands behind its instruments, as is told wherever the lab is shown'),
  adapters: z
    .array(z.string().min(1))
    .default([])
    .describe('modules that bring further adapters: package names, or paths relative to this file'),
  instruments: named(labInstrumentSchema).refine(
    (instruments) => Object.keys(instruments).length > 0,
    'at least one instrument',
  ),
  stock: named(stockSchema).default({}).describe('what trials use up'),
  positions: named(positionSchema).default({}).describe('places where something waits between two steps'),
});

/** A lab file that the schema accepted. */
export type LabSpec = z.infer<typeof labSchema>;
/** One instrument of a lab. */
export type LabInstrument = LabSpec['instruments'][string];
/** Something that trials use up. */
export type StockSpec = LabSpec['stock'][string];
/** A time in which an instrument is not for campaigns. */
export type Maintenance = z.infer<typeof maintenanceSchema>;

/** JSON Schema of the lab file, for editors. */
export function labJsonSchema(): unknown {
  return z.toJSONSchema(labSchema, { io: 'input', target: 'draft-2020-12' });
}

/** Adapters that compute or look up what they tell. */
const computing: readonly string[] = ['problem', 'dataset'];

/** Whether nothing real stands behind an instrument: its lab file says so of all, or its adapter computes what it tells. */
export function isSimulated({ simulated }: Pick<LabSpec, 'simulated'>, adapter: string): boolean {
  return simulated ?? computing.includes(adapter);
}

/** Name of an instrument in the ledger. */
export function resourceId(lab: string, name: string): string {
  return `${lab}/${name}`;
}

/** Name of a slot of an instrument or position, as calls of adapters have it. @param place - from 1 */
export function slotName(lab: string, name: string, place: number): string {
  return `${resourceId(lab, name)}#${place}`;
}

/** What a slot is one of; null for what is no slot. */
export function parseSlotName(slot: string): { readonly lab: string; readonly name: string } | null {
  const match = /^([^/#]+)\/([^/#]+)#\d+$/.exec(slot);
  return match === null ? null : { lab: match[1]!, name: match[2]! };
}

/** Instruments that can do what a step wants: the one of that name, else those that can, in the order of the file. */
export function instrumentsFor({ instruments }: Pick<LabSpec, 'instruments'>, wanted: string): readonly string[] {
  if (Object.hasOwn(instruments, wanted)) return [wanted];
  return Object.keys(instruments).filter((name) => instruments[name]!.can.includes(wanted));
}
