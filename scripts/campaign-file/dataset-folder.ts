import { join } from 'node:path';
import { z } from 'zod';
import { InvalidInputError } from '../../models/domain/errors.js';
import { parsedJson } from '../../models/domain/parsed-json.js';
import { readBounded } from '../bounded-file.js';
import { schemaFaults } from './schema-faults.js';

const levelSchema = z.object({ value: z.string(), smiles: z.string() });

/**
 * What a campaign may know of a data set: names, roles, types, costs, and which molecules the levels of a column are. Everything else in `meta.json` is dropped while
 * it is read, because much of it (optimum, thresholds, correlations, ranges of the answers) describes the answers.
 */
const metaSchema = z.object({
  name: z.string().min(1),
  title: z.string().optional(),
  columns: z
    .array(
      z.object({
        name: z.string(),
        role: z.string(),
        type: z.string(),
        unit: z.string().nullish(),
        levels: z.array(z.unknown()).optional(),
      }),
    )
    .min(1),
  objectives: z.array(z.object({ column: z.string(), direction: z.enum(['maximize', 'minimize']) })).min(1),
  fidelities: z.array(z.object({ column: z.string(), cost: z.number().positive(), target: z.boolean() })).optional(),
});

/**
 * The campaign that a folder in the data-set format (`data.csv`, `meta.json`) becomes by itself: its parameters as a
 * pool, its first objective, its fidelities named after their columns and replayed by the adapter `dataset`. No answer is
 * read.
 *
 * @returns a document in the shape of a campaign file, without a budget
 * @throws {InvalidInputError} if the folder or its description is not in that format
 */
export async function datasetFolderDocument(folder: string): Promise<Record<string, unknown>> {
  const file = join(folder, 'meta.json');
  const meta = await readMeta(file);
  const unitOf = (name: string) => meta.columns.find((column) => column.name === name)?.unit ?? undefined;
  const objective = meta.objectives[0]!;
  const target = meta.fidelities?.find((fidelity) => fidelity.target)?.column ?? objective.column;
  const levels = meta.fidelities ?? [{ column: objective.column, cost: 1, target: true }];
  const ordered = [...levels].sort((a, b) => Number(a.target) - Number(b.target) || a.cost - b.cost);
  const others = meta.objectives.slice(1).map(({ column }) => column);
  const id = meta.columns.find((column) => column.role === 'id')?.name;
  return {
    name: meta.name,
    description: [
      meta.title,
      others.length === 0 ? undefined : `first objective (${objective.column}) only, not ${others.join(', ')}`,
    ]
      .filter((part) => part !== undefined)
      .join('; '),
    space: {
      pool: {
        file: 'data.csv',
        ...(id === undefined ? {} : { id }),
        designColumns: meta.columns
          .filter((column) => column.role === 'parameter')
          .map(({ name, type, unit, levels }) => ({
            name,
            ...(moleculesOf(type, levels) ?? { type: type === 'smiles' ? 'substance' : type }),
            ...(unit == null ? {} : { unit }),
          })),
      },
    },
    objectives: [
      {
        name: objective.column,
        direction: objective.direction === 'maximize' ? 'maximise' : 'minimise',
        ...(unitOf(objective.column) === undefined ? {} : { unit: unitOf(objective.column) }),
      },
    ],
    fidelities: ordered.map(({ column, cost }) => ({
      name: column,
      adapter: 'dataset',
      settings: { folder: '.', values: { [objective.column]: column === target ? objective.column : column } },
      cost,
    })),
  };
}

/** A category all of whose levels are molecules, as a column of these. */
function moleculesOf(type: string, levels: readonly unknown[] | undefined) {
  const molecules = levels?.map((level) => levelSchema.safeParse(level)) ?? [];
  if (type !== 'categorical' || molecules.length === 0 || molecules.some(({ success }) => !success)) return null;
  const smiles = Object.fromEntries(molecules.map(({ data }) => [data!.value, data!.smiles]));
  return { type: 'substance', smiles };
}

async function readMeta(file: string): Promise<z.infer<typeof metaSchema>> {
  let value: unknown;
  try {
    value = parsedJson(await readBounded(file));
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const remedy = 'a folder is read as a data set: data.csv and meta.json with columns, objectives and fidelities';
    throw new InvalidInputError(file, [
      { path: '', message: missing ? 'no such file' : `not readable as JSON: ${(cause as Error).message}`, remedy },
    ]);
  }
  const faults = schemaFaults(metaSchema, value);
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  return metaSchema.parse(value);
}
