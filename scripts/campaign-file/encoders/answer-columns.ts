import { z } from 'zod';

const named = z.array(z.object({ name: z.string() }).catch({ name: '' })).catch([]);
const answering = z
  .object({ adapter: z.literal('dataset'), settings: z.object({ values: z.record(z.string(), z.string()) }) })
  .transform(({ settings }) => Object.values(settings.values))
  .catch([]);
const answersSchema = z.object({ objectives: named, outcomes: named, fidelities: z.array(answering).catch([]) });

/**
 * Names of columns that hold what trials are to find out: the outcomes of a campaign file, and the columns that its data sets answer
 * from. Of what has faults nothing is taken.
 */
export function answerColumns(document: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const { objectives, outcomes, fidelities } = answersSchema.parse(document);
  return new Set([...[...objectives, ...outcomes].map(({ name }) => name), ...fidelities.flat()]);
}
