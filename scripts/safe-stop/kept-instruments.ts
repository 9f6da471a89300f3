import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { byPerson } from '../../models/domain/fidelity.js';
import type { LabSpec } from '../../models/domain/lab.js';
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

const labsSchema = z.record(z.string(), z.array(z.string()));

/** Adapters whose instruments run in a worker's own process, or are people: there is nothing outside that a stop could reach. */
const inProcess: readonly string[] = ['problem', 'dataset', byPerson];

/** A lab as far as a safe stop wants to know it. */
interface StoppedLab {
  readonly name: string;
  readonly definition: Pick<LabSpec, 'instruments'>;
}

/**
 * Notes what of labs is driven from here and needs no stopping, as it runs in a worker's own process or is done by people: a stop
 * lets nothing begin on it either, and that is told of it. What was noted stays.
 *
 * @param alone - what the worker alone drives, as NAME or LAB/NAME; null of one that drives all that have no worker of their own
 */
export function keepInProcess(jobs: string, labs: readonly StoppedLab[], alone: readonly string[] | null): void {
  const before = inProcessHere(jobs);
  const driven = labs.flatMap(({ name: lab, definition }) =>
    Object.entries(definition.instruments).flatMap(([name, { adapter, worker }]) => {
      const isDriven = alone === null ? worker === undefined : alone.includes(name) || alone.includes(`${lab}/${name}`);
      return isDriven && inProcess.includes(adapter) ? [`${lab}/${name}`] : [];
    }),
  );
  const now = [...new Set([...before, ...driven])].sort();
  if (now.length !== before.length) writeDurably(inProcessFile(jobs), `${JSON.stringify(now)}\n`);
}

/** What was noted by `keepInProcess`, as LAB/NAME. */
export function inProcessHere(jobs: string): readonly string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(readFileSync(inProcessFile(jobs), 'utf8')));
  } catch {
    return [];
  }
}

function inProcessFile(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'in-process.json');
}

/** Keeps which instruments labs have, so that a stop can name those that it does not reach; labs that were known stay known. */
export function keepLabs(jobs: string, labs: readonly StoppedLab[]): void {
  const before = knownLabs(jobs);
  const now = { ...before };
  for (const { name, definition } of labs)
    now[name] = Object.entries(definition.instruments).flatMap(([each, { adapter }]) =>
      inProcess.includes(adapter) ? [] : [`${name}/${each}`],
    );
  if (JSON.stringify(now) !== JSON.stringify(before)) writeDurably(labsFile(jobs), `${JSON.stringify(now)}\n`);
  const told = stopsByHand(jobs);
  const tells = { ...told };
  for (const { name, definition } of labs)
    for (const [each, { stopByHand }] of Object.entries(definition.instruments))
      if (stopByHand === undefined) delete tells[`${name}/${each}`];
      else tells[`${name}/${each}`] = stopByHand;
  if (JSON.stringify(tells) !== JSON.stringify(told)) writeDurably(byHandFile(jobs), `${JSON.stringify(tells)}\n`);
}

/** What a person does at the device of an instrument to make it safe, by its name in the ledger, where its lab file tells. */
export function stopsByHand(jobs: string): Readonly<Record<string, string>> {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(byHandFile(jobs), 'utf8')));
  } catch {
    return {};
  }
}

function byHandFile(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'by-hand.json');
}

/** Labs as the store had them last: the names of their instruments in the ledger. */
export function knownLabs(jobs: string): Readonly<Record<string, readonly string[]>> {
  try {
    return labsSchema.parse(JSON.parse(readFileSync(labsFile(jobs), 'utf8')));
  } catch {
    return {};
  }
}

/** Names of the labs that are known, be it of an instrument that is kept alone. */
export function labNames(jobs: string): readonly string[] {
  const kept = keptInstruments(jobs).flatMap(({ id }) => labOf(id) ?? []);
  return [...new Set([...Object.keys(knownLabs(jobs)), ...kept])].sort();
}

/** Instruments of a lab, or of all, that were never driven from here, as far as is known: a stop from here does not reach them. */
export function unreached(jobs: string, lab: string | null): readonly string[] {
  const kept = new Set(keptInstruments(jobs).map(({ id }) => id));
  return Object.entries(knownLabs(jobs)).flatMap(([name, ids]) =>
    lab === null || lab === name ? ids.filter((id) => !kept.has(id)) : [],
  );
}

function labsFile(jobs: string): string {
  return path.join(safeStopFolder(jobs), 'labs.json');
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}
