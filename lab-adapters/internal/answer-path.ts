import { z } from 'zod';

/** Steps from the top of a document to a place in it: names of members, places in lists (negative: from the end). */
export type Steps = readonly (string | number)[];

/**
 * Where in an answer something stands: `data.results[0].yield`, `rows[-1]["peak area"]`. A leading `$` means the document.
 * @returns the steps, or null where the text is no such path
 */
export function stepsOf(path: string): Steps | null {
  const steps: (string | number)[] = [];
  let rest = path.trim().replace(/^\$\.?/, '');
  let first = true;
  while (rest !== '') {
    const [all, index, quoted, dot, name] =
      /^(?:\[(-?\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|(\.?)([^.[\]"\s](?:[^.[\]"]*[^.[\]"\s])?))/.exec(rest) ?? [];
    if (all === undefined || (name !== undefined && (dot === '') !== first)) return null;
    if (index !== undefined) steps.push(Number(index));
    else if (name !== undefined) steps.push(name);
    else {
      const literal = z.string().safeParse(parsed(quoted!));
      if (!literal.success) return null;
      steps.push(literal.data);
    }
    rest = rest.slice(all.length);
    first = false;
  }
  return steps;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What stands at a place of a document; undefined where nothing does. Only what the document itself has is looked at. */
export function standingAt(document: unknown, steps: Steps): unknown {
  let here = document;
  for (const step of steps) {
    if (typeof here !== 'object' || here === null) return undefined;
    const at = typeof step === 'number' && step < 0 && Array.isArray(here) ? here.length + step : step;
    if (typeof at === 'number' && !Array.isArray(here)) return undefined;
    if (!Object.hasOwn(here, at) || (Array.isArray(here) && typeof at !== 'number')) return undefined;
    here = (here as Record<string | number, unknown>)[at];
  }
  return here;
}

/** Schema of a path in a settings file. */
export const pathSchema = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => stepsOf(path) !== null, "a place in the answer is wanted, such as 'data.results[0].yield'");
