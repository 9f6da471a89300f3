import { z } from 'zod';

const base = z.strictObject({
  file: z.string().min(1).optional().describe('CSV file with a header, relative to the campaign file'),
  folder: z.string().min(1).optional().describe('instead of file: folder with data.csv and meta.json'),
  id: z.string().optional().describe('column of file that names the rows; the row number from 0 where absent'),
  design: z
    .record(z.string(), z.string())
    .optional()
    .describe('parameter: column of file; finds the row of a design without a row id, and checks one that has it'),
  values: z
    .record(z.string(), z.string())
    .optional()
    .describe('objective: column that holds its values; the column named like the objective where absent'),
  noise: z
    .record(z.string(), z.string())
    .optional()
    .describe('objective: column that holds the standard deviation of its values, where known'),
  cost: z.number().min(0).optional().describe('cost of one trial, that of the fidelity where absent'),
  delayMs: z.number().min(0).max(1e9).default(0).describe('how long a trial takes'),
});

/** Settings of the adapter `dataset` in a campaign file: a CSV file, or a folder in the data-set format. */
export const datasetSettings = base.superRefine((settings, context) => {
  const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
  if ((settings.file === undefined) === (settings.folder === undefined))
    refuse([], "exactly one of 'file' and 'folder'");
  for (const key of ['id', 'design'] as const)
    if (settings.folder !== undefined && settings[key] !== undefined)
      refuse([key], "nothing: a folder's own description says it");
});

/** Settings after parsing. */
export type DatasetSettings = z.infer<typeof base>;
