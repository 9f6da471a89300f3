import { z } from 'zod';
import { sha256Pattern } from '../../models/domain/artefact.js';
import { campaignSchema } from '../../models/domain/campaign.js';
import { campaignIdSchema } from '../../models/domain/campaign-id.js';
import { designSchema } from '../../models/domain/design.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { formatPath } from '../../models/domain/fault.js';
import { parameterSchema } from '../../models/domain/parameters/parameter.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { proposalSchema } from '../../models/domain/proposal.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { needs, phases, reachedStopSchema, rejectionSchema, trialStates } from '../../models/domain/record.js';
import { rulingSchema } from '../../models/domain/ruling.js';
import { observationSchema } from '../../models/domain/trial.js';
import { recordFaults } from './record-checks.js';

const number = z.number();
/** Milliseconds since 1970 that a date can tell. */
const instant = number.min(-8.64e15).max(8.64e15);
const text = z.string();
const details = z.record(text, z.unknown());

const recordSchema = z.strictObject({
  campaign: z.strictObject({
    id: campaignIdSchema,
    spec: campaignSchema,
    space: z.strictObject({
      parameters: z.array(parameterSchema),
      pool: z.strictObject({ ids: z.array(text), designs: z.array(designSchema) }).nullable(),
      sources: z
        .array(
          z.strictObject({
            name: text,
            designs: z.array(designSchema),
            values: z.array(number),
            leftOut: z.int(),
            beyond: z.int().exactOptional(),
          }),
        )
        .exactOptional(),
    }),
  }),
  phase: z.enum(phases),
  stop: reachedStopSchema.nullable(),
  trials: z.array(
    z.strictObject({
      proposal: proposalSchema,
      state: z.enum(trialStates),
      needs: z.enum(needs).exactOptional(),
      rejected: rejectionSchema.exactOptional(),
      observation: observationSchema.nullable(),
      startedAt: instant.nullable(),
      endedAt: instant.nullable(),
      earlier: z
        .array(
          z.strictObject({
            observation: observationSchema.nullable(),
            throughRound: z.int(),
            ruled: z.literal(true).exactOptional(),
          }),
        )
        .exactOptional(),
      rulings: z.array(rulingSchema).exactOptional(),
    }),
  ),
  audit: z.array(z.strictObject({ at: instant, who: text, action: text, details })),
  artefacts: z.record(text.regex(sha256Pattern), z.base64()).exactOptional(),
});

const remedy = "a file written by 'athanor export --format json' or 'athanor simulate --save'";

/**
 * A campaign record from the text of an exported file.
 *
 * @param name - of the file, for messages
 * @throws {InvalidInputError} with every place where it is no record
 */
export function parseRecord(content: string, name: string): CampaignRecord {
  let given: unknown;
  try {
    given = parsedJson(content);
  } catch (error) {
    throw new InvalidInputError(name, [{ path: '', message: `not JSON: ${(error as Error).message}`, remedy }]);
  }
  const parsed = recordSchema.safeParse(given);
  if (!parsed.success)
    throw new InvalidInputError(
      name,
      parsed.error.issues.map(({ path, message }) => ({ path: formatPath(path), message, remedy })),
    );
  const record = parsed.data as CampaignRecord;
  const faults = recordFaults(record);
  if (faults.length > 0) throw new InvalidInputError(name, faults);
  return record;
}
