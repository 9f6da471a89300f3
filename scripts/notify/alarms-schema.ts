import { z } from 'zod';
import { alarmPriorities } from '../../models/domain/alarm-kinds.js';
import { durationSchema } from '../../models/domain/duration.js';
import { isTimeZone } from '../../models/domain/lab.js';

const timeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time of day in quotes, from '00:00' to '23:59'");

/** Who is told of alarms, in `notify.yaml`. */
export const alarmsSchema = z.strictObject({
  steps: z
    .array(
      z.strictObject({
        after: durationSchema.optional().describe('for how long nobody has acknowledged it; at once where absent'),
        tell: z.array(z.string().min(1)).min(1).describe('names of destinations'),
        priorities: z
          .array(z.enum(alarmPriorities))
          .min(1)
          .optional()
          .describe('which alarms; where absent all at once, and of those after a while now and soon'),
      }),
    )
    .min(1)
    .describe('who is told, one after another for as long as nobody acknowledges'),
  repeat: durationSchema
    .default('15min')
    .describe('how long until an alarm that nobody acknowledged is told again; those of today are told once'),
  quiet: z
    .strictObject({
      from: timeOfDay,
      until: timeOfDay,
      zone: z.string().refine(isTimeZone, "a time zone by its name, as 'Europe/Berlin'"),
    })
    .optional()
    .describe('hours in which alarms of today are not told'),
  page: z
    .url({ protocol: /^https?$/, error: 'an address with http:// or https://' })
    .optional()
    .describe('where the page is, for links in messages'),
});

/** Who is told of alarms, as the file describes it. */
export type AlarmsSettings = z.infer<typeof alarmsSchema>;
