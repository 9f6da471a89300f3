import { z } from 'zod';

/** How curves are brought to a scale: mean 0 and standard deviation 1 (standard normal variate), mean 1, or not at all. */
export const normalisations = ['snv', 'area', 'none'] as const;
/** One of them. */
export type Normalisation = (typeof normalisations)[number];

/** Curves, such as spectra, that were measured of rows of a pool. */
export const curveSchema = z
  .strictObject({
    columns: z
      .union([z.array(z.string().min(1)).min(2), z.strictObject({ from: z.string().min(1), to: z.string().min(1) })])
      .optional()
      .describe("columns of the pool's file, a number of the curve each; names that are numbers are their places"),
    column: z.string().min(1).optional().describe('column with all numbers of a curve, parted by blanks or semicolons'),
    files: z
      .string()
      .min(1)
      .optional()
      .describe('column with the file of a curve, relative to the campaign file: places and numbers in two columns'),
    normalise: z.enum(normalisations).default('snv').describe('standard normal variate, area, or none'),
    points: z.int().min(2).max(2048).optional().describe('of the grid that curves are brought to, 64 where absent'),
    explained: z.number().gt(0).lt(1).optional().describe('share of the variance that components explain, 0.95'),
    most: z.int().min(1).max(64).optional().describe('components at most, 8 where absent'),
  })
  .refine(
    ({ columns, column, files }) => [columns, column, files].filter((one) => one !== undefined).length === 1,
    "one of 'columns', 'column' and 'files'",
  );

/** See `curveSchema`. */
export type CurveSpec = z.infer<typeof curveSchema>;
