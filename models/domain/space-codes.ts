import { z } from 'zod';

/**
 * What an encoder is given of a design: the SMILES of each of its columns; the text of each; the formula or composition of each; all
 * its columns as one reaction; or the curve that was measured of what all its columns together name.
 */
export const readings = ['molecules', 'texts', 'compositions', 'reactions', 'curves'] as const;
/** One of them. */
export type Reading = (typeof readings)[number];

/**
 * What a stored network, or a program, gave of the values of a space, kept with it: a decision is computed from these numbers,
 * whatever machine made them, and whether or not the network is there.
 */
export const spaceCodesSchema = z.strictObject({
  encoder: z.string().min(1).describe('ID@VERSION of the model'),
  output: z.string().min(1).describe('output of the model that the numbers are of'),
  identity: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('sha256 of the model'),
  reads: z.enum(readings).describe('what it is given of a design'),
  on: z
    .array(z.string())
    .min(1)
    .describe('parameters that it encodes, each by itself, or (reactions, curves) all as one'),
  product: z
    .string()
    .min(1)
    .exactOptional()
    .describe('of reactions: the product, a parameter, the last under on, or the SMILES that it is in all designs'),
  width: z.int().min(1).describe('numbers of a value'),
  keys: z.array(z.string()).describe('values that it gave numbers of, as the space writes them; see joinedKey'),
  rows: z.string().describe('float32, little endian, in base64: [keys × width]'),
});

/** See `spaceCodesSchema`. */
export type SpaceCodes = Readonly<z.infer<typeof spaceCodesSchema>>;

/** By what codes are known apart from those of any other model, output or reading; those of one model on several substances are known as one. */
export function codesKey({
  encoder,
  output,
  identity,
  reads,
  on,
  product,
}: Pick<SpaceCodes, 'encoder' | 'output' | 'identity' | 'reads' | 'on' | 'product'>): string {
  const model = `${encoder} ${output} ${identity}`;
  if (reads === 'molecules') return model;
  return `${model} ${JSON.stringify([reads, ...(isJoined(reads) ? [on, product ?? null] : [])])}`;
}

/** Whether all columns of an encoder are given to it as one. */
export function isJoined(reads: Reading): boolean {
  return reads === 'reactions' || reads === 'curves';
}

/** The key of a value that stands in several columns: that of one column is its text. */
export function joinedKey(parts: readonly string[]): string {
  return parts.length === 1 ? parts[0]! : JSON.stringify(parts);
}

/** The texts of the columns that `joinedKey` made a key of. @param count - of columns */
export function keyParts(key: string, count: number): readonly string[] {
  return count === 1 ? [key] : (JSON.parse(key) as string[]);
}

/** The numbers as they are kept. @param rows - all of the same width */
export function packedRows(rows: readonly ArrayLike<number>[]): string {
  const width = rows[0]?.length ?? 0;
  const buffer = Buffer.alloc(4 * rows.length * width);
  rows.forEach((row, i) => {
    for (let t = 0; t < width; t++) buffer.writeFloatLE(row[t]!, 4 * (i * width + t));
  });
  return buffer.toString('base64');
}

/** Numbers of each value by its key, as `packedRows` took them. */
export function unpackedRows({ width, keys, rows }: SpaceCodes): ReadonlyMap<string, Float32Array> {
  const buffer = Buffer.from(rows, 'base64');
  const at = (i: number) => Float32Array.from({ length: width }, (_, t) => buffer.readFloatLE(4 * (i * width + t)));
  return new Map(keys.map((one, i) => [one, at(i)]));
}
