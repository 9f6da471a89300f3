import { AthanorError } from '../domain/errors.js';
import { encoderKey } from './encoders/contract.js';
import { encoders } from './encoders/encoders.js';
import { type EncodedMolecule, loadMolecules } from './molecules.js';

/** Where encodings of many molecules are kept from one process to the next. Neither call fails: what is not there is made anew. */
export interface EncodingCache {
  /** Encodings of exactly these molecules, in their order; null where they are not kept. */
  read(smiles: readonly string[]): Promise<readonly EncodedMolecule[] | null>;
  write(smiles: readonly string[], encodings: readonly EncodedMolecule[]): Promise<void>;
}

/** Told how far the encoding of many molecules has got. */
export type OnEncoding = (done: number, total: number) => void;

/** By what encodings are known apart from those of other encoders, or of other versions of them. */
export const encodingKey = encoders.map((encoder) => encoderKey(encoder)).join('+');

/** Molecules from which a cache is asked; fewer are encoded in less time than a file costs. */
const worthKeeping = 100;

/** Molecules that this process remembers, at about 2 kB each. */
const mostRemembered = 20_000;

const remembered = new Map<string, EncodedMolecule | null>();
let cache: EncodingCache | null = null;
let listener: OnEncoding | null = null;

/** From now on this process keeps encodings in the cache; null: nowhere. */
export function keepEncodings(given: EncodingCache | null): void {
  cache = given;
}

/** From now on this function is told of every encoding of many molecules; null: nobody. */
export function watchEncodings(given: OnEncoding | null): void {
  listener = given;
}

/** What the kernels read of molecules, by SMILES; null for texts that RDKit takes for none, or fails at. */
export async function encodeMolecules(smiles: Iterable<string>): Promise<ReadonlyMap<string, EncodedMolecule | null>> {
  const all = [...new Set(smiles)];
  if (all.every((one) => remembered.has(one))) return new Map(all.map((one) => [one, remembered.get(one)!]));
  const kept = all.length < worthKeeping ? null : ((await cache?.read(all)) ?? null);
  const encodings = kept ?? (await encodeEach(all));
  if (kept === null && all.length >= worthKeeping && encodings.every((one) => one !== null))
    await cache?.write(all, encodings);
  if (remembered.size + all.length > mostRemembered) remembered.clear();
  if (all.length <= mostRemembered) all.forEach((one, i) => void remembered.set(one, encodings[i]!));
  return new Map(all.map((one, i) => [one, encodings[i]!]));
}

async function encodeEach(all: readonly string[]): Promise<(EncodedMolecule | null)[]> {
  if (all.length === 0) return [];
  const molecules = await loadMolecules();
  const encodings: (EncodedMolecule | null)[] = [];
  for (const one of all) {
    const known = remembered.get(one);
    encodings.push(known === undefined ? await encodeOne(molecules.encode(one)) : known);
    if (all.length >= worthKeeping) listener?.(encodings.length, all.length);
  }
  return encodings;
}

function encodeOne(encoding: Promise<EncodedMolecule>): Promise<EncodedMolecule | null> {
  return encoding.catch((error: unknown) => {
    if (error instanceof AthanorError) return null;
    throw error;
  });
}
