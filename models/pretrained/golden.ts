import type { TextModel } from './embed.js';
import { type Golden, goldenVectors } from './golden-schema.js';
import type { Manifest } from './manifest.js';

/**
 * What a model gives otherwise than the golden values of its manifest say, a line each; none where there are no such values.
 *
 * @throws as `TextModel.embed`
 */
export async function goldenDifferences(model: TextModel): Promise<readonly string[]> {
  const { golden } = model.manifest;
  if (golden === undefined) return [];
  const found: string[] = [];
  for (const { text, tokenIds, outputs } of goldenVectors(golden)) {
    const { ids } = model.tokens(text);
    if (tokenIds !== null && ids.join() !== tokenIds.join())
      found.push(`'${text}' has the tokens ${ids.join(' ')}, where ${tokenIds.join(' ')} are wanted`);
    const asked = Object.keys(outputs);
    if (asked.length === 0) continue;
    const embedded = (await model.embed([text], asked)).outputs;
    for (const [name, wanted] of Object.entries(outputs))
      found.push(...rowDifference(`${name} of '${text}'`, { row: embedded[name]!.rows, wanted, ...golden }));
  }
  return found;
}

/**
 * The same of a network that an encoder of `models/encode` runs, whose numbers are those of the recommended output.
 *
 * @param encode - numbers of each text
 */
export async function encodedDifferences(
  { golden, recommendedOutput }: Pick<Manifest, 'golden' | 'recommendedOutput'>,
  encode: (texts: readonly string[]) => Promise<readonly ArrayLike<number>[]>,
): Promise<readonly string[]> {
  if (golden === undefined) return [];
  const vectors = goldenVectors(golden);
  const rows = await encode(vectors.map(({ text }) => text));
  return vectors.flatMap(({ text, outputs }, i) =>
    rowDifference(`${recommendedOutput} of '${text}'`, {
      row: rows[i]!,
      wanted: outputs[recommendedOutput] ?? [],
      ...golden,
    }),
  );
}

interface Compared {
  readonly row: ArrayLike<number>;
  readonly wanted: readonly number[];
  readonly tolerance: number;
}

/** The first number that is further off than it may be. */
function rowDifference(what: string, { row, wanted, tolerance }: Compared): string[] {
  const off = wanted.findIndex((value, i) => !(Math.abs(value - row[i]!) <= tolerance));
  if (off < 0) return [];
  return [`${what} is ${row[off]} in place ${off}, where ${wanted[off]} is wanted (tolerance ${tolerance})`];
}

/** Golden values of a model as it is now, for a manifest. @param asked - outputs of which they are taken */
export async function goldenOf(model: TextModel, texts: readonly string[], asked: readonly string[]): Promise<Golden> {
  const { outputs } = await model.embed(texts, asked);
  const vectors = texts.map((text, i) => ({
    input: text,
    tokenIds: [...model.tokens(text).ids],
    ...Object.fromEntries(
      asked.map((name) => {
        const { width, rows } = outputs[name]!;
        const some = rows.subarray(i * width, i * width + Math.min(8, width));
        return [`${name}First8`, Array.from(some, (value) => Number(value.toPrecision(7)))];
      }),
    ),
  }));
  return { tolerance: 1e-4, vectors };
}
