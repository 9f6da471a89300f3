import { InvalidInputError } from '../../models/domain/errors.js';
import { formatPath } from '../../models/domain/fault.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { type CampaignRecord, campaignRecordSchema } from '../../models/domain/record.js';
import { recordFaults } from './record-checks.js';

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
  const parsed = campaignRecordSchema.safeParse(given);
  if (!parsed.success)
    throw new InvalidInputError(
      name,
      parsed.error.issues.map(({ path, message }) => ({ path: formatPath(path), message, remedy })),
    );
  const faults = recordFaults(parsed.data);
  if (faults.length > 0) throw new InvalidInputError(name, faults);
  return parsed.data;
}
