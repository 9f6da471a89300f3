import { sha256Pattern } from '../../models/domain/artefact.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import { formatPath } from '../../models/domain/fault.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { type CampaignRecord, campaignRecordSchema } from '../../models/domain/record.js';
import { recordFaults } from './record-checks.js';

/** The bytes of an artefact that is a file beside the record; null where there is none. */
export type Beside = (sha256: string) => Uint8Array | null;

const nothingBeside: Beside = () => null;

/** A record with the artefacts in it that it names by their size alone; those that are not to be had stay so, and are faults. */
function withArtefacts(given: unknown, beside: Beside): unknown {
  const { artefacts } = (given ?? {}) as { artefacts?: unknown };
  if (typeof artefacts !== 'object' || artefacts === null) return given;
  const whole = Object.entries(artefacts).map(([sha, told]) => {
    const bytes = typeof told === 'object' && told !== null && sha256Pattern.test(sha) ? beside(sha) : null;
    return [sha, bytes === null ? told : Buffer.from(bytes).toString('base64')] as const;
  });
  return { ...(given as object), artefacts: Object.fromEntries(whole) };
}

const remedy = "a file written by 'athanor export --format json' or 'athanor simulate --save'";

const apart = "the whole folder that 'athanor export --folder' wrote";

/**
 * A campaign record from the text of an exported file.
 *
 * @param name - of the file, for messages
 * @param beside - gives the bytes of artefacts that are files of their own
 * @throws {InvalidInputError} with every place where it is no record
 */
export function parseRecord(content: string, name: string, beside: Beside = nothingBeside): CampaignRecord {
  let given: unknown;
  try {
    given = withArtefacts(parsedJson(content), beside);
  } catch (error) {
    throw new InvalidInputError(name, [{ path: '', message: `not JSON: ${(error as Error).message}`, remedy }]);
  }
  const parsed = campaignRecordSchema.safeParse(given, { reportInput: true });
  if (!parsed.success)
    throw new InvalidInputError(
      name,
      parsed.error.issues.map(({ path, message, input }) => {
        const isApart = path[0] === 'artefacts' && typeof input === 'object';
        return isApart
          ? { path: formatPath(path), message: 'an artefact that is not beside the record', remedy: apart }
          : { path: formatPath(path), message, remedy };
      }),
    );
  const faults = recordFaults(parsed.data);
  if (faults.length > 0) throw new InvalidInputError(name, faults);
  return parsed.data;
}
