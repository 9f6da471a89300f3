import { z } from 'zod';

/**
 * What a stored network gave of the molecules of a space, kept with it: a decision is computed from these numbers, whatever
 * machine made them, and whether or not the network is there.
 */
export const spaceCodesSchema = z.strictObject({
  encoder: z.string().min(1).describe('ID@VERSION of the model'),
  output: z.string().min(1).describe('output of the model that the numbers are of'),
  identity: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .describe('sha256 of the model'),
  on: z.array(z.string()).min(1).describe('substances that it encodes'),
  width: z.int().min(1).describe('numbers of a molecule'),
  smiles: z.array(z.string()).describe('molecules that it gave numbers of, as the space writes them'),
  rows: z.string().describe('float32, little endian, in base64: [smiles × width]'),
});

/** See `spaceCodesSchema`. */
export type SpaceCodes = Readonly<z.infer<typeof spaceCodesSchema>>;

/** By what codes are known apart from those of any other model or output. */
export function codesKey({ encoder, output, identity }: Pick<SpaceCodes, 'encoder' | 'output' | 'identity'>): string {
  return `${encoder} ${output} ${identity}`;
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

/** Numbers of each molecule, as `packedRows` took them. */
export function unpackedRows({ width, smiles, rows }: SpaceCodes): ReadonlyMap<string, Float32Array> {
  const buffer = Buffer.from(rows, 'base64');
  const at = (i: number) => Float32Array.from({ length: width }, (_, t) => buffer.readFloatLE(4 * (i * width + t)));
  return new Map(smiles.map((one, i) => [one, at(i)]));
}
