import { z } from 'zod';

const milliseconds = z.number().min(0).max(1e9);

const shared = {
  values: z
    .record(z.string(), z.string())
    .optional()
    .describe('objective: column that holds its values; the column named like the objective where absent'),
  noise: z
    .record(z.string(), z.string())
    .optional()
    .describe('objective: column that holds the standard deviation of its values, where known'),
  cost: z.number().min(0).optional().describe('cost of one trial, that of the fidelity where absent'),
  delayMs: milliseconds.default(0).describe('how long a trial takes'),
};

/** Settings of the adapter `dataset` in a campaign file: a CSV file, or a folder in the data-set format. */
export const datasetSettings = z.union([
  z.strictObject({
    file: z.string().min(1).describe('CSV file with a header, relative to the campaign file'),
    id: z.string().optional().describe('column that names the rows; the row number from 0 where absent'),
    design: z
      .record(z.string(), z.string())
      .optional()
      .describe('parameter: column; finds the row of a design that comes without a row id, and checks one that has it'),
    ...shared,
  }),
  z.strictObject({
    folder: z.string().min(1).describe('folder with data.csv and meta.json, relative to the campaign file'),
    ...shared,
  }),
]);

/** Settings after parsing. */
export type DatasetSettings = z.infer<typeof datasetSettings>;
