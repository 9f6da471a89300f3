import { AthanorError } from '../../domain/errors.js';
import type { Fractions } from '../../domain/formula.js';
import { keyParts, type Reading } from '../../domain/space-codes.js';
import { readMolecule } from '../read-molecule.js';

/** A composition as encoders read it, in the same words however it was spelled: `Fe:0.4 O:0.6`. */
export function compositionText(fractions: Fractions): string {
  return Object.keys(fractions)
    .filter((name) => fractions[name]! > 0)
    .sort()
    .map((name) => `${name}:${fractions[name]}`)
    .join(' ');
}

/** The fractions that `compositionText` wrote. @throws {AthanorError} INVALID_INPUT if the text is none */
export function fractionsIn(text: string): Fractions {
  const entries = text.split(' ').map((part) => {
    const [name, fraction, ...rest] = part.split(':');
    return [name!, rest.length > 0 || !fraction ? Number.NaN : Number(fraction)] as const;
  });
  const sum = entries.reduce((total, [, fraction]) => total + fraction, 0);
  if (Math.abs(sum - 1) <= 1e-6 && entries.every(([, fraction]) => fraction >= 0)) return Object.fromEntries(entries);
  throw new AthanorError(
    'INVALID_INPUT',
    `'${text}' is no composition: fractions that add up to 1, such as Fe:0.4 O:0.6`,
  );
}

/** Columns whose values are in a key, and what is read of them: see `SpaceCodes`. */
export interface KeyColumns {
  readonly reads: Reading;
  readonly on: readonly string[];
  readonly product?: string;
}

/**
 * What an encoder is given for a key of its codes: of reactions the reaction SMILES, `A.B>>P`, of canonical parts in the order of their
 * columns, nothing behind the arrow where no product is told; else the key itself.
 *
 * @throws {AthanorError} SMILES if a part is no molecule
 */
export async function textOfKey({ reads, on, product }: KeyColumns, key: string): Promise<string> {
  if (reads !== 'reactions') return key;
  const parts = keyParts(key, on.length);
  const isColumn = product !== undefined && on.at(-1) === product;
  const told = isColumn ? parts.at(-1) : product;
  const given = await Promise.all((isColumn ? parts.slice(0, -1) : parts).map(canonicalOf));
  return `${given.join('.')}>>${told === undefined ? '' : await canonicalOf(told)}`;
}

function canonicalOf(smiles: string): Promise<string> {
  return readMolecule(smiles, (molecule) => molecule.get_smiles());
}
