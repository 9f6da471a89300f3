import { z } from 'zod';

/**
 * The id of a campaign. It becomes the name of files, workflows and trials, so it holds nothing that means a folder, a
 * device or a control sequence anywhere.
 */
export const campaignIdSchema = z
  .string()
  .regex(/^\p{L}[\p{L}\p{M}\p{N}_.-]{0,63}$/u, 'a letter, then up to 63 letters, digits, dots, dashes or underscores');
