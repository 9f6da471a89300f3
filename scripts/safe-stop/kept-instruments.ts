import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { fileNameOf, labOf, safeStopFolder, writeDurably } from './place.js';

const keptSchema = z.strictObject({
  /** Its name in the ledger. */
  id: z.string(),
  adapter: z.string(),
  /** As the store has them: secrets stand in them by the name of a variable. */
  settings: z.record(z.string(), z.unknown()),
  /** Absolute files of the modules that bring the adapter. */
  modules: z.array(z.string()),
  /** The instrument's own folder, where its adapter finds what runs. */
  folder: z.string(),
});

/** An instrument as it was last driven from here: all that is needed to stop it without any server. */
export type KeptInstrument = Readonly<z.infer<typeof keptSchema>>;

function folderOf(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'instruments');
}

/**
 * Keeps an instrument for a safe stop, mode 0600; one with the same folder is replaced.
 * @returns whether that changed anything
 */
export function keepInstrument(jobs: string, instrument: KeptInstrument): boolean {
  const file = path.join(folderOf(jobs), `${fileNameOf(instrument.folder)}.json`);
  const text = `${JSON.stringify(instrument)}\n`;
  try {
    if (readFileSync(file, 'utf8') === text) return false;
  } catch {
    // It is not there yet.
  }
  writeDurably(file, text);
  return true;
}

/** All that were kept, by name; of one lab alone where it is named. */
export function keptInstruments(jobs: string, lab: string | null = null): readonly KeptInstrument[] {
  const folder = folderOf(jobs);
  const all = filesIn(folder).flatMap((name): KeptInstrument[] => {
    try {
      return [keptSchema.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8')))];
    } catch {
      // Not ours to read; what stands in its place is an instrument that nobody can stop, and is told as one.
      return [{ id: `(${name})`, adapter: '', settings: {}, modules: [], folder: path.join(folder, name) }];
    }
  });
  return all.filter(({ id }) => lab === null || labOf(id) === lab).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
