import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { Space } from '../../models/domain/space.js';
import { rowKey } from '../../models/encode/encoded-designs.js';
import { SpaceEncoder } from '../../models/encode/space-encoder.js';

/** Pairs that are told; what more there are is counted. */
const told = 3;

/** Rows of a pool up to which they are compared. */
const comparedRows = 20_000;

/**
 * In words, what of a space looks the same to every model: values of a parameter, or rows of a pool. Nothing is wrong with
 * that (a pool may hold replicates), but whoever expects the model to tell them apart should know.
 */
export async function alikeIn(space: Space): Promise<readonly string[]> {
  const encoder = await SpaceEncoder.of(space);
  const values = space.parameters.flatMap((parameter, p) => [
    ...alikeMolecules(encoder, parameter, p),
    ...alikeMixtures(parameter),
  ]);
  return [...values, ...alikeRows(encoder)];
}

function alikeMolecules(encoder: SpaceEncoder, parameter: Parameter, p: number): string[] {
  const { encoding } = encoder;
  const { kind, at } = encoder.columns[p]!;
  if (kind !== 'substance') return [];
  const { width, values } = encoding.descriptors[at]!;
  const keys = encoder.moleculesOf(parameter).map(([name, molecule]): [string, string] => {
    const { features, counts } = encoding.fingerprints[molecule]!;
    const entries = values.subarray(molecule * width, (molecule + 1) * width);
    return [name, `${features.join()}|${counts.join()}|${entries.join()}`];
  });
  return inWords(keys, `molecules of '${parameter.name}'`);
}

function alikeMixtures(parameter: Parameter): string[] {
  const type = typeOf(parameter);
  const keys = (type.values(parameter) ?? []).flatMap((value): [string, string][] => {
    const feature = type.feature(parameter, value);
    if (feature.kind !== 'mixture') return [];
    const fractions = Object.entries(feature.fractions).filter(([, fraction]) => fraction > 0);
    const parts = fractions.map(([name, fraction]) => `${name}:${fraction.toPrecision(12)}`);
    return [[String(value), parts.sort().join()]];
  });
  return inWords(keys, `values of '${parameter.name}'`);
}

function alikeRows(encoder: SpaceEncoder): string[] {
  const { pool } = encoder.space;
  if (pool === null || pool.ids.length > comparedRows) return [];
  const encoded = encoder.encode([...pool.designs]);
  return inWords(
    pool.ids.map((id, row) => [id, rowKey(encoded, row)]),
    'rows of the pool',
  );
}

function inWords(keys: readonly (readonly [string, string])[], what: string): string[] {
  const first = new Map<string, string>();
  const pairs: string[] = [];
  for (const [name, key] of keys) {
    const before = first.get(key);
    if (before === undefined) first.set(key, name);
    else pairs.push(`'${before}' and '${name}'`);
  }
  if (pairs.length === 0) return [];
  const more = pairs.length > told ? `, and ${pairs.length - told} more` : '';
  const count = `${pairs.length} ${pairs.length === 1 ? 'pair' : 'pairs'} of ${what}`;
  return [
    `${count} look the same to the models, which expect the same of both: ${pairs.slice(0, told).join(', ')}${more}`,
  ];
}
