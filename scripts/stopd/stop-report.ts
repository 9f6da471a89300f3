import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { safeStopFolder, writeDurably } from '../safe-stop/place.js';

const rowSchema = z.object({
  /** Its name in the ledger. */
  instrument: z.string(),
  /** Whether the device said that it is safe, or a person did. */
  confirmed: z.boolean(),
  outcome: z.enum(['stopped', 'silent', 'failed', 'cannot', 'elsewhere']),
  /** Milliseconds until it answered, or was given up waiting for. */
  ms: z.number(),
  /** Why it is not confirmed; null where it is. */
  why: z.string().nullable(),
  /** What a person does at the device then; null where it is confirmed. */
  action: z.string().nullable(),
  /** Who has stopped it by hand, as they say. */
  byHand: z.object({ who: z.string(), at: z.number() }).nullable(),
});

/** What became of one instrument. */
export type ReportRow = Readonly<z.infer<typeof rowSchema>>;

/** What became of a safe stop. */
export const stopReport = z.object({
  /** Null for all that is driven from the home, and the labs of what it knows to be driven elsewhere. */
  lab: z.string().nullable(),
  who: z.string(),
  why: z.string(),
  /** Milliseconds since 1970; `endedAt` null while instruments are waited for. */
  at: z.number(),
  endedAt: z.number().nullable(),
  rows: z.array(rowSchema),
  released: z.object({ who: z.string(), why: z.string(), checks: z.array(z.string()), at: z.number() }).nullable(),
});

/** One of these. */
export type StopReport = Readonly<z.infer<typeof stopReport>>;

function fileOf(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'report.json');
}

/** The last stop that was asked for by the page or the API; null where there was none, or it cannot be read. */
export function lastReport(jobs: string): StopReport | null {
  try {
    return stopReport.parse(JSON.parse(readFileSync(fileOf(jobs), 'utf8')));
  } catch {
    return null;
  }
}

/** Keeps what became of a stop. */
export function keepReport(jobs: string, report: StopReport): void {
  writeDurably(fileOf(jobs), `${JSON.stringify(report)}\n`);
}
