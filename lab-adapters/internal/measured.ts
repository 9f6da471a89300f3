import type { JobRequest } from '../contract.js';
import { standingAt, stepsOf } from './answer-path.js';
import { type Beside, besideOf, takeBeside } from './beside.js';
import { numberOf, type Outcomes, takeOutcomes } from './outcomes.js';
import type { Collected } from './remote-device.js';
import type { Read } from './reply.js';
import { loadUnits } from './units.js';

/** Where in an answer things stand that a job gave. */
export interface Places extends Beside {
  readonly values: Outcomes;
  /** Of each trial, or where the answer tells it. */
  readonly cost?: number | string | undefined;
}

/**
 * What a job gave, out of an answer; what had to be refused is told in the details, and is no value that could be taken for one.
 *
 * @param read - the answer, or why it is none
 * @param request - null where nobody knows any more what was asked for
 */
export async function measuredIn(
  read: Read,
  { values, cost, achieved, contexts }: Places,
  request: JobRequest | null,
): Promise<Collected & { readonly details: Readonly<Record<string, unknown>> }> {
  const answer = 'document' in read ? read.document : null;
  const units = await loadUnits();
  const wanted = request?.objectives ?? null;
  const taken =
    'refusal' in read
      ? // That it is not there cannot be told of an answer that is none, also where it may be missing.
        {
          values: nothingOf(Object.keys(values).filter((name) => wanted?.includes(name) ?? true)),
          noise: {},
          others: {},
          refusals: [],
        }
      : takeOutcomes(answer, values, units, wanted);
  const beside = takeBeside(answer, { achieved, contexts }, units, request);
  const refusals = 'refusal' in read ? [read.refusal] : [...taken.refusals, ...beside.refusals];
  const spent = typeof cost === 'string' ? numberOf(standingAt(answer, stepsOf(cost)!)) : undefined;
  return {
    values: taken.values,
    noise: taken.noise,
    ...besideOf(beside),
    cost: typeof spent === 'string' ? undefined : spent,
    details: {
      ...(refusals.length === 0 ? {} : { refused: refusals }),
      ...(Object.keys(taken.others).length === 0 ? {} : { otherValues: taken.others }),
      ...(typeof spent === 'string' ? { costRefused: `${cost}: ${spent}` } : {}),
    },
  };
}

function nothingOf(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, Number.NaN]));
}
