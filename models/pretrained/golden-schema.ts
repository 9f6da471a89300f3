import { z } from 'zod';

/** Ends the key of the first eight numbers of an output, e.g. `pool4First8`. */
const firstEight = /^(.+)First8$/s;

const vectorSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.number()).max(100_000)]))
  .refine((vector) => textsIn(vector).length === 1, 'one text that is the input, e.g. "smiles": "CCO"')
  .refine(
    (vector) =>
      Object.entries(vector).every(
        ([key, value]) =>
          typeof value === 'string' || key === 'tokenIds' || (firstEight.test(key) && value.length <= 8),
      ),
    'besides the input, tokenIds and lists of at most 8 numbers of keys such as pool4First8',
  );

/** What a model must give for a few inputs. */
export const goldenSchema = z.strictObject({
  /** How far a number may be off. */
  tolerance: z.number().positive(),
  vectors: z.array(vectorSchema).min(1).max(1_000),
});
/** As the schema has it. */
export type Golden = z.infer<typeof goldenSchema>;

/** One vector, read. */
export interface GoldenVector {
  readonly text: string;
  readonly tokenIds: readonly number[] | null;
  /** First numbers by output. */
  readonly outputs: Readonly<Record<string, readonly number[]>>;
}

/** The vectors of a manifest, read. */
export function goldenVectors({ vectors }: Golden): readonly GoldenVector[] {
  return vectors.map((vector) => ({
    text: textsIn(vector)[0]!,
    tokenIds: (vector.tokenIds as number[] | undefined) ?? null,
    outputs: Object.fromEntries(
      Object.entries(vector).flatMap(([key, value]) => {
        const output = firstEight.exec(key)?.[1];
        return output === undefined || typeof value === 'string' ? [] : [[output, value]];
      }),
    ),
  }));
}

function textsIn(vector: Readonly<Record<string, unknown>>): string[] {
  return Object.values(vector).filter((value) => typeof value === 'string');
}
