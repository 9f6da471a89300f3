import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { appendDurably, labOf, removeDurably, safeStopFolder, writeDurably } from './place.js';

const latchSchema = z.strictObject({
  /** The lab that was stopped; null where all that is driven from here was. */
  lab: z.string().nullable(),
  who: z.string(),
  why: z.string(),
  /** Milliseconds since 1970. */
  at: z.number(),
  /** As earlier versions had it; says nothing now. */
  recorded: z.boolean().optional(),
  /** When the rows of the store began by which it knows of this: once they are there and cleared, it is cleared here, too. */
  rows: z.array(z.number()).optional(),
});

/** A safe stop that no person has cleared: until then nothing begins. */
export type Latch = Readonly<z.infer<typeof latchSchema>>;

const wordSchema = latchSchema.omit({ recorded: true, rows: true });
/** What became of each instrument of a lab, in words. */
const outcomes = z.record(z.string(), z.string());

const actSchema = z.discriminatedUnion('act', [
  // Earlier versions wrote it down with its outcomes, once they were known.
  wordSchema.extend({ act: z.literal('stop'), outcomes: outcomes.optional() }),
  wordSchema.extend({ act: z.literal('stopped'), outcomes }),
  wordSchema.extend({ act: z.literal('clear') }),
]);

/** What a person did, as it is told to the store once that is there. */
export type LatchAct = Readonly<z.infer<typeof actSchema>>;

const latchFile = /^latch(?:-.+)?\.json$/;

function fileOf(jobs: string, lab: string | null): string {
  return path.join(safeStopFolder(jobs), lab === null ? 'latch.json' : `latch-${encodeURIComponent(lab)}.json`);
}

function journalOf(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'journal.jsonl');
}

/** Lets nothing begin from now on. On the disk when this returns; needs no server and no guard. */
export function setLatch(jobs: string, latch: Latch): void {
  writeDurably(fileOf(jobs, latch.lab), `${JSON.stringify(latch)}\n`);
}

/** Takes a latch away. @returns what it was; null where there was none */
export function removeLatch(jobs: string, lab: string | null): Latch | null {
  const file = fileOf(jobs, lab);
  const latch = read(file, lab);
  if (latch !== null) removeDurably(file);
  return latch;
}

/** All latches, those of single labs among them. */
export function latches(jobs: string): readonly Latch[] {
  const folder = safeStopFolder(jobs);
  return namesIn(folder).flatMap((name) => read(path.join(folder, name), labIn(name)) ?? []);
}

const clearedSchema = z.strictObject({ lab: z.string().nullable(), rows: z.array(z.number()) });

function clearedOf(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'cleared.jsonl');
}

/** Remembers that a latch was cleared: a store that was restored from before may say that it stands. */
export function noteCleared(jobs: string, { lab, rows = [] }: Latch): void {
  if (rows.length > 0) appendDurably(clearedOf(jobs), JSON.stringify({ lab, rows }));
}

/** When the rows of the store began of latches of a lab that were cleared, as far as is known here. */
export function clearedRows(jobs: string, lab: string): ReadonlySet<number> {
  const lines = textOf(clearedOf(jobs))?.split('\n') ?? [];
  const cleared = lines.flatMap((text) => clearedSchema.safeParse(jsonIn(text)).data ?? []);
  return new Set(cleared.filter((one) => one.lab === lab).flatMap(({ rows }) => rows));
}

/** Writes down what a person did, for the store. */
export function noteAct(jobs: string, act: LatchAct): void {
  appendDurably(journalOf(jobs), JSON.stringify(act));
}

/** What the store was not told yet, oldest first, each with its line in the journal; one that a crash cut short is none. */
export function untoldActs(jobs: string): readonly { readonly act: LatchAct; readonly line: number }[] {
  const lines = textOf(journalOf(jobs))?.split('\n') ?? [];
  const told = toldLines(jobs);
  return lines.flatMap((text, i) => {
    const act = i < told ? undefined : actSchema.safeParse(jsonIn(text));
    return act?.success === true ? [{ act: act.data, line: i + 1 }] : [];
  });
}

/** Notes that the store knows the journal up to this line. */
export function actsTold(jobs: string, line: number): void {
  if (line > toldLines(jobs)) writeDurably(`${journalOf(jobs)}.told`, String(line));
}

function toldLines(jobs: string): number {
  return Number(textOf(`${journalOf(jobs)}.told`) ?? 0);
}

/**
 * Why nothing may begin on an instrument, in words; null where it may. Cheap: to be asked before every moving command. A latch
 * that cannot be read counts as one.
 *
 * @param instrument - its name in the ledger: `LAB/NAME`, or that of an instrument of no lab
 */
export function latchedBy(jobs: string, instrument: string): string | null {
  const lab = labOf(instrument);
  const latch = read(fileOf(jobs, null), null) ?? (lab === null ? null : read(fileOf(jobs, lab), lab));
  return latch === null ? null : latchText(latch);
}

/** A latch in words. */
export function latchText({ lab, who, why, at }: Latch): string {
  const clear = `'athanor lab clear${lab === null ? '' : ` --lab ${lab}`} --why …' lets work begin again`;
  return `stopped safely by ${who} at ${new Date(at).toISOString()}: ${why}; ${clear}`;
}

function read(file: string, lab: string | null): Latch | null {
  try {
    const text = readFileSync(file, 'utf8');
    const latch = latchSchema.safeParse(jsonIn(text));
    if (latch.success) return latch.data;
    return { lab, who: 'somebody', why: `${file} cannot be read`, at: 0 };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    return { lab, who: 'somebody', why: `${file} cannot be read (${code})`, at: 0 };
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => latchFile.test(name));
  } catch {
    return [];
  }
}

function labIn(name: string): string | null {
  const [, lab] = /^latch-(.+)\.json$/.exec(name) ?? [];
  return lab === undefined ? null : decodeURIComponent(lab);
}

function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
