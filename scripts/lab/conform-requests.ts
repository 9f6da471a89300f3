import { z } from 'zod';
import type { JobRequest } from '../../lab-adapters/contract.js';
import { designSchema } from '../../models/domain/design.js';
import { durationMs, durationSchema } from '../../models/domain/duration.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { readBounded, readingFaults } from '../bounded-file.js';
import { readDocument } from '../campaign-file/document.js';
import { schemaFaults, show } from '../campaign-file/schema-faults.js';

const askedSchema = z.strictObject({
  design: designSchema,
  rowId: z.string().nullable().default(null),
  substances: z.record(z.string(), z.string()).default({}).describe('SMILES by name of the parameter'),
});

/** The file that says what conformance may ask of an instrument. */
const requestsSchema = z.strictObject({
  objectives: z.array(z.string().min(1)).min(1).describe('names of the values that are asked for'),
  fidelity: z.string().min(1).default('conformance'),
  units: z.record(z.string(), z.string()).optional().describe('units of the numbers, by name of the parameter'),
  limit: durationSchema.default('10min').describe('how long a job that ends may take'),
  succeeds: askedSchema.describe('ends well within the limit'),
  begunByHand: z
    .string()
    .min(1)
    .optional()
    .describe("what the device calls a job of 'succeeds' that a person has begun on it; it is adopted"),
  another: askedSchema.describe('so does this one, on the same instrument'),
  fails: askedSchema.optional().describe('an experiment that fails'),
  refused: askedSchema.optional().describe("what 'validate' refuses"),
  runsLong: askedSchema.optional().describe('still runs when it is looked at several times; it is cancelled'),
});

/** What laws may ask of an instrument. */
export interface ConformRequests {
  readonly succeeds: JobRequest;
  readonly another: JobRequest;
  readonly fails?: JobRequest;
  readonly refused?: JobRequest;
  readonly runsLong?: JobRequest;
  /** What the device calls a job of `succeeds` that was begun past the adapter. */
  readonly begunByHand?: string;
  readonly limitMs: number;
}

/**
 * The requests of a file, YAML or JSON.
 * @throws {InvalidInputError} with every fault found, each with its line
 */
export async function readConformRequests(path: string): Promise<ConformRequests> {
  const text = await readBounded(path).catch((cause: Error) => {
    throw new InvalidInputError(path, readingFaults(cause, 'give a file of requests'));
  });
  const source = readDocument(text);
  const root = source.value;
  if (typeof root !== 'object' || root === null || Array.isArray(root)) {
    const remedy = 'a mapping with objectives, succeeds and another';
    const fault = { path: '', message: root == null ? 'the file is empty' : `${show(root)} is no request`, remedy };
    throw new InvalidInputError(path, source.faults.length > 0 ? source.faults : [fault]);
  }
  const faults = schemaFaults(requestsSchema, root as Record<string, unknown>).map(({ at, ...fault }): Fault => {
    const line = source.lineOf(at);
    return line === undefined ? fault : { ...fault, line };
  });
  if (source.faults.length + faults.length > 0) throw new InvalidInputError(path, [...source.faults, ...faults]);
  const { objectives, fidelity, units, limit, begunByHand, ...asked } = requestsSchema.parse(root);
  const request = (one: z.infer<typeof askedSchema>): JobRequest => ({ ...one, fidelity, objectives, units });
  return {
    succeeds: request(asked.succeeds),
    another: request(asked.another),
    ...(asked.fails && { fails: request(asked.fails) }),
    ...(asked.refused && { refused: request(asked.refused) }),
    ...(asked.runsLong && { runsLong: request(asked.runsLong) }),
    ...(begunByHand !== undefined && { begunByHand }),
    limitMs: durationMs(limit),
  };
}
