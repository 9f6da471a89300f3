import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { descriptors as descriptorEncoder } from '../models/encode/encoders/descriptors.js';
import { fingerprints, mostCounted } from '../models/encode/encoders/fingerprints.js';
import { type EncodingCache, encodingKey, keepEncodings } from '../models/encode/encodings.js';
import type { EncodedMolecule } from '../models/encode/molecules.js';
import { writeWhole } from './write-whole.js';

/** Bytes of all files of a cache together; those not read for longest go first. */
const mostBytes = 256 * 2 ** 20;

const filePattern = /^[0-9a-f]{64}\.json$/;

let folderInUse: string | null = null;

/** Folder in which this process keeps encodings; null where it keeps none. Threads are told of it. */
export function encodingFolder(): string | null {
  return folderInUse;
}

/** From now on this process keeps encodings of molecules in files of that folder, which need not be there yet; null: nowhere. */
export function useEncodingFolder(folder: string | null): void {
  folderInUse = folder;
  keepEncodings(folder === null ? null : encodingCache(folder));
}

/**
 * Encodings in files named by the hash of all that they were made from: the molecules, the encoders with their versions, and RDKit's version.
 *
 * A file is believed only if it is a plain file of this user's, says that name of itself, and its content has the hash that it says.
 * Where the folder cannot be made, read or written, nothing is kept, and nothing fails.
 *
 * @param most - bytes of all files together
 */
export function encodingCache(folder: string, most = mostBytes): EncodingCache {
  const fileOf = async (smiles: readonly string[]) => {
    const made = [encodingKey, await rdkitVersion(), ...smiles];
    const name = hashOf(JSON.stringify(made));
    return { name, file: path.join(folder, `${name}.json`) };
  };
  return {
    read: async (smiles) => {
      try {
        const { name, file } = await fileOf(smiles);
        const encodings = parse(await readOwn(file, most), name, smiles.length);
        if (encodings !== null) await utimes(file, new Date(), new Date()).catch(() => undefined);
        return encodings;
      } catch {
        return null;
      }
    },
    write: async (smiles, encodings) => {
      try {
        const { name, file } = await fileOf(smiles);
        const text = textOf(name, encodings);
        if (text.length > most) return;
        for (const each of [path.dirname(folder), folder]) await makeOne(each);
        await writeWhole(file, text);
        await makeRoom(folder, most);
      } catch {
        // Only time is lost.
      }
    },
  };
}

/** Makes a folder in one that is there: `recursive` goes round for ever below /proc. */
async function makeOne(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
}

/** A line that says what the file is and what follows, then the encodings. */
function textOf(name: string, encodings: readonly EncodedMolecule[]): string {
  const body = JSON.stringify(
    encodings.map(({ canonical, fingerprint, descriptors }) => [
      canonical,
      [...fingerprint.features],
      [...fingerprint.counts],
      [...descriptors],
    ]),
  );
  return `${JSON.stringify({ encodings: name, sha256: hashOf(body) })}\n${body}`;
}

function parse(text: string, name: string, count: number): EncodedMolecule[] | null {
  const end = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, end)) as Record<string, unknown>;
  const body = text.slice(end + 1);
  if (head.encodings !== name || head.sha256 !== hashOf(body)) return null;
  const rows = JSON.parse(body) as unknown;
  if (!Array.isArray(rows) || rows.length !== count || !rows.every(isRow)) return null;
  return rows.map(([canonical, features, counts, descriptors]) => ({
    canonical,
    fingerprint: { features: Int32Array.from(features), counts: Int32Array.from(counts) },
    descriptors: Float64Array.from(descriptors),
  }));
}

type Row = readonly [canonical: string, features: number[], counts: number[], descriptors: number[]];

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || row.length !== 4) return false;
  const [canonical, features, counts, descriptors] = row as unknown[];
  const within = (low: number, high: number) => (n: unknown) =>
    Number.isInteger(n) && (n as number) >= low && (n as number) <= high;
  return (
    typeof canonical === 'string' &&
    Array.isArray(features) &&
    features.every(within(0, fingerprints.width - 1)) &&
    Array.isArray(counts) &&
    counts.length === features.length &&
    counts.every(within(1, mostCounted)) &&
    Array.isArray(descriptors) &&
    descriptors.length === descriptorEncoder.width &&
    descriptors.every(Number.isFinite)
  );
}

async function readOwn(file: string, most: number): Promise<string> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const kind = await handle.stat();
    const isOwn = process.getuid === undefined || kind.uid === process.getuid();
    if (!kind.isFile() || !isOwn || kind.size > most) throw new Error(`${file} is not a file of this cache`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Removes files until the rest fits: those not used for longest first, and what a write that was cut short left an hour ago. */
async function makeRoom(folder: string, most: number): Promise<void> {
  const found = await Promise.all(
    (await readdir(folder)).map(async (name) => ({ name, kind: await stat(path.join(folder, name)) })),
  );
  const stale = Date.now() - 3_600_000;
  for (const { name, kind } of found)
    if (/^[0-9a-f]{64}\.json\..*\.tmp$/.test(name) && kind.mtimeMs < stale) await rm(path.join(folder, name));
  const own = found.filter(({ name }) => filePattern.test(name)).sort((a, b) => b.kind.mtimeMs - a.kind.mtimeMs);
  let total = 0;
  for (const { name, kind } of own) {
    total += kind.size;
    if (total > most) await rm(path.join(folder, name), { force: true });
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Version of the package that RDKit comes in, without loading it. */
async function rdkitVersion(): Promise<string> {
  const name = '@rdkit/rdkit';
  const entry = createRequire(import.meta.url).resolve(name);
  for (let at = path.dirname(entry); at !== path.dirname(at); at = path.dirname(at)) {
    const text = await readFile(path.join(at, 'package.json'), 'utf8').catch(() => null);
    if (text !== null) return (JSON.parse(text) as { version: string }).version;
  }
  throw new Error(`${name} has no package.json`);
}
