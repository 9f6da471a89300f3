import { z } from 'zod';
import type { Query } from './client.js';

/** What gave codes: an output of a model, and the version of the program that reads values for it. */
export interface CoderRef {
  /** Of the model. */
  readonly identity: string;
  readonly output: string;
  readonly program: string;
}

/** A record of a code, under the hash of what it is of. */
export interface CodeRecord {
  /** [16] bytes. */
  readonly input: Buffer;
  readonly record: Buffer;
}

const recordRow = z.object({ input: z.instanceof(Buffer), record: z.instanceof(Buffer) });

const ofCoder = 'coder = (SELECT seq FROM coder WHERE identity = $1 AND output = $2 AND program = $3)';

/** The records that are kept of inputs, in any order. */
export async function loadCodes(
  query: Query,
  { identity, output, program }: CoderRef,
  inputs: readonly Buffer[],
): Promise<readonly CodeRecord[]> {
  const rows = await query(`SELECT input, record FROM code WHERE ${ofCoder} AND input = ANY($4::bytea[])`, [
    ...[identity, output, program],
    inputs,
  ]);
  return rows.map((row) => recordRow.parse(row));
}

/** Those of inputs of which nothing is kept. */
export async function lackingCodes(
  query: Query,
  { identity, output, program }: CoderRef,
  inputs: readonly Buffer[],
): Promise<readonly Buffer[]> {
  const rows = await query(
    `SELECT input FROM unnest($4::bytea[]) AS input
     WHERE NOT EXISTS (SELECT 1 FROM code WHERE ${ofCoder} AND code.input = input.input)`,
    [identity, output, program, inputs],
  );
  return rows.map((row) => recordRow.pick({ input: true }).parse(row).input);
}

/** Keeps records; what is kept already stays as it is. */
export async function saveCodes(query: Query, coder: CoderRef, records: readonly CodeRecord[]): Promise<void> {
  const { identity, output, program } = coder;
  await query('INSERT INTO coder (identity, output, program) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
    ...[identity, output, program],
  ]);
  await query(
    `INSERT INTO code (coder, input, record)
     SELECT seq, given.input, given.record FROM coder, unnest($4::bytea[], $5::bytea[]) AS given (input, record)
     WHERE identity = $1 AND output = $2 AND program = $3 ORDER BY given.input ON CONFLICT DO NOTHING`,
    [identity, output, program, records.map(({ input }) => input), records.map(({ record }) => record)],
  );
}

/** Lets go of all that a model gave. */
export async function forgetCodes(query: Query, identity: string): Promise<void> {
  await query('DELETE FROM coder WHERE identity = $1', [identity]);
}
