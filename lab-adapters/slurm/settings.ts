import { z } from 'zod';
import { durationSchema } from '../../models/domain/duration.js';
import { causeClasses } from '../../models/domain/verdicts.js';
import { pathSchema } from '../internal/answer-path.js';
import { besideShape } from '../internal/beside.js';
import { outcomesSchema } from '../internal/outcomes.js';
import { variableSchema } from '../internal/secrets.js';
import { templateSchema } from '../internal/template.js';

const fileName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9][\w.+-]*$/, "the name of a file in the job's folder: letters, digits, '.', '_', '+' and '-'");

/** Names that the adapter's own files have in a job's folder. */
export const ownFiles = [
  'job.sh',
  'run.sh',
  'request.json',
  'output',
  'submitted',
  'started',
  'ended',
  'cancelled',
  'batch',
];

/** Options of sbatch that the adapter sets itself: with them a job could not be found again, or would begin twice. */
const ownOptions = new Set(
  '-J --job-name --comment --parsable -o --output -e --error -D --chdir --requeue --no-requeue -a --array --wrap -W --wait -M --clusters -i --input --export --export-file --open-mode -H --hold'.split(
    ' ',
  ),
);

const option = z
  .string()
  .min(2)
  .max(1_000)
  .regex(/^-/, 'an option of sbatch in one piece, such as --partition=main or -n4')
  .refine((text) => !ownOptions.has(text.replace(/=.*$/s, '')) && !/^-[JoeDaMi][^-]/.test(text), {
    error: ({ input }) =>
      `${String(input).replace(/=.*$/s, '')} is set by the adapter, which finds jobs by it or starts them once by it`,
  });

/** Strict schema of the adapter's settings. */
export const slurmSettings = z.strictObject({
  folder: z
    .string()
    .max(1_000)
    .regex(/^\/[^\0\n]*$/, 'an absolute path')
    .describe(
      'folder on the file system of the cluster, seen under this path where jobs are submitted and where they run',
    ),
  through: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe(
      'program that runs a shell where sbatch is, such as [ssh, -o, BatchMode=yes, me@login.cluster]; here where absent',
    ),
  run: z
    .string()
    .min(1)
    .max(100_000)
    .describe(
      "what the job does: a shell script, run in the job's own folder beside request.json; with '#!' in its first line by that program",
    ),
  request: templateSchema.default({}).describe('what request.json says, with places for what a request has'),
  variables: z
    .record(variableSchema, z.string())
    .default({})
    .describe('variables of the job, with places for what a request has'),
  options: z.array(option).default([]).describe('of sbatch: [--partition=main, --time=60], with places'),
  again: z
    .boolean()
    .default(false)
    .describe(
      'whether Slurm may begin a job again that it preempted or lost: only for programs that go on where they were',
    ),
  batch: z
    .strictObject({
      upTo: z
        .number()
        .int()
        .min(2)
        .max(1_000)
        .describe('jobs in one array; MaxArraySize of the cluster allows no more'),
      within: durationSchema.default('1s').describe('how long a submission waits for others'),
    })
    .optional()
    .describe('jobs that are submitted together go as one job array; absent: each by itself'),
  result: fileName.default('result.json').describe('JSON that the job writes'),
  ...besideShape,
  values: outcomesSchema.describe('where each outcome stands in the result'),
  keep: z.array(fileName).max(20).default([]).describe('other files of the job that are kept as raw outputs'),
  limit: z
    .number()
    .int()
    .positive()
    .max(64 * 2 ** 20)
    .default(4 * 2 ** 20)
    .describe('bytes of each file that are read'),
  exits: z
    .partialRecord(z.enum(causeClasses), z.array(z.number().int().min(1).max(255)).min(1))
    .default({})
    .describe('which exit codes mean what; all others are of class unknown'),
  settle: durationSchema
    .default('60s')
    .describe('how long files of a job may take to be seen here after Slurm says that it has ended'),
  timeout: durationSchema.default('60s').describe('of each conversation with the cluster'),
  poll: durationSchema.default('15s').describe('between two looks at a job'),
  cost: z
    .union([z.number().nonnegative(), pathSchema])
    .optional()
    .describe("of a trial, or where the result says it; a campaign file fills in the fidelity's"),
});
/** How jobs are given to a cluster. */
export type SlurmSettings = z.infer<typeof slurmSettings>;
