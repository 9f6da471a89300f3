import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import type { CampaignRecord } from '../../models/domain/record.js';
import { type CellValue, writeTable } from '../../models/table/write-table.js';
import { exportCsv, exportParted } from './export.js';
import type { Beside } from './record-file.js';
import { exportSteps } from './told-steps.js';

/** What a folder of a campaign has in it. */
export const folderFiles = { record: 'record.json', trials: 'trials.csv', steps: 'steps.csv', raw: 'raw.csv' } as const;
const artefactFolder = 'artefacts';
const rawFolder = 'raw';

/** A raw output of a trial. */
export interface NamedOutput {
  readonly trial: string;
  readonly generation: number;
  /** As its trial has it: `STEP/NAME` in a recipe. */
  readonly name: string;
  readonly sha256: string;
  readonly mediaType: string | null;
}

/** Raw outputs of all trials, those of each time that one was run. */
export function outputsOf({ trials }: Pick<CampaignRecord, 'trials'>): readonly NamedOutput[] {
  return trials.flatMap(({ proposal, observation, earlier = [] }) => {
    // A ruling is about the same run, and changes none of its outputs.
    const runs = [...earlier.filter(({ ruled }) => ruled !== true).map((one) => one.observation), observation];
    return runs.flatMap((run, i) =>
      Object.entries(run?.artefacts ?? {}).map(([name, sha256]) => {
        return { trial: proposal.id, generation: i + 1, name, sha256, mediaType: run?.mediaTypes?.[name] ?? null };
      }),
    );
  });
}

/**
 * Writes everything that is known of a campaign into a folder: the record, in which large artefacts are named by their size and
 * are files beside it, a table of the trials, one of their steps where they have any, and the raw outputs as files, with a table that tells which is what.
 *
 * @param outputs - streams a raw output by its sha256; null where there are none to be had
 * @returns how many raw outputs were written
 */
export async function writeFolder(
  folder: string,
  record: CampaignRecord,
  outputs: ((sha256: string) => AsyncIterable<Uint8Array>) | null,
): Promise<number> {
  const { text, apart } = exportParted(record);
  await mkdir(folder, { recursive: true });
  for (const [sha, bytes] of apart) await writePieces(join(folder, artefactFolder, sha), [bytes]);
  const rows: CellValue[][] = [];
  const taken = new Set<string>();
  for (const { trial, generation, name, sha256, mediaType } of outputs === null ? [] : outputsOf(record)) {
    const place = trial.slice(record.campaign.id.length + 1);
    const again = generation === 1 ? [] : [`g${generation}`];
    const file = distinct(
      [rawFolder, ...place.split('/'), ...again, ...name.split('/')].map(fileName).join('/'),
      taken,
    );
    const size = await writePieces(join(folder, file), outputs!(sha256));
    rows.push([trial, generation, name, size, mediaType, sha256, file]);
  }
  const heads = ['trial', 'generation', 'name', 'bytes', 'mediaType', 'sha256', 'file'];
  await writeFile(
    join(folder, folderFiles.raw),
    writeTable(heads, rows, { delimiter: ',', decimal: 'point', raw: true }),
  );
  await writeFile(join(folder, folderFiles.trials), exportCsv(record));
  const steps = await exportSteps([record]);
  if (steps !== null) await writeFile(join(folder, folderFiles.steps), steps);
  // Last: where it is, all is.
  await writeFile(join(folder, folderFiles.record), text);
  return rows.length;
}

/** A name that every file system takes. */
function fileName(text: string): string {
  const plain = text.replace(/[^\p{L}\p{N} ._()+=,@~-]/gu, '_').slice(0, 150);
  return /^\.*$/.test(plain) ? `_${plain}` : plain;
}

function distinct(file: string, taken: Set<string>): string {
  for (let i = 1; ; i++) {
    const own = i === 1 ? file : `${file}.${i}`;
    if (taken.has(own.toLowerCase())) continue;
    taken.add(own.toLowerCase());
    return own;
  }
}

/** Writes a file from pieces, whole or not at all. @returns how many bytes that was */
export async function writePieces(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o666);
  let size = 0;
  try {
    for await (const piece of pieces) {
      await file.writeFile(piece);
      size += piece.length;
    }
  } finally {
    await file.close();
  }
  await rename(part, path);
  return size;
}

/** Artefacts beside a record. @param folder - of the record */
export function besideIn(folder: string): Beside {
  return (sha) => {
    const path = join(folder, artefactFolder, sha);
    return existsSync(path) ? readFileSync(path) : null;
  };
}

/**
 * What is wrong with the raw outputs of a folder: those that the record names and that are not there, or have another sha256.
 * Nothing is said of a folder without their table, as of a record that was written without them.
 */
export async function rawTrouble(folder: string, record: CampaignRecord): Promise<readonly string[]> {
  const table = await readFile(join(folder, folderFiles.raw), 'utf8').catch(() => null);
  if (table === null) return [];
  const { readTable } = await import('../../models/table/read-table.js');
  const read = await readTable(Buffer.from(table));
  if (!('columns' in read)) return outputsOf(record).length === 0 ? [] : [`${folderFiles.raw} is no table`];
  const [trials, generations, names, files] = ['trial', 'generation', 'name', 'file'].map((column) =>
    read.cells(column),
  );
  const fileOf = new Map(
    trials!.map((trial, i) => [JSON.stringify([trial, Number(generations![i]), names![i]]), files![i]!] as const),
  );
  const trouble: string[] = [];
  for (const { trial, generation, name, sha256 } of outputsOf(record)) {
    const file = fileOf.get(JSON.stringify([trial, generation, name]));
    const wrong = file === undefined ? 'is not there' : await wrongWith(createReadStream(join(folder, file)), sha256);
    if (wrong !== null) trouble.push(`${trial}: ${name} ${wrong}`);
  }
  return trouble;
}

/** What is wrong with the bytes of a raw output, or null. */
export async function wrongWith(pieces: AsyncIterable<Uint8Array>, sha256: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const piece of pieces) hash.update(piece);
  } catch (error) {
    if (error instanceof AthanorError && error.code === 'ARTEFACT') return error.message;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is not there';
    throw error;
  }
  return hash.digest('hex') === sha256 ? null : 'has another sha256 than its trial names';
}
