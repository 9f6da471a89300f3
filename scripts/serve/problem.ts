import { z } from '@hono/zod-openapi';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';

/** One thing that is wrong with what was given. */
export const faultShape = z
  .object({
    path: z.string(),
    message: z.string(),
    remedy: z.string().optional(),
    line: z.int().optional().openapi({ description: 'of the campaign file, from 1' }),
  })
  .openapi('Fault');

/** What is answered where a request is not done: problem details of RFC 9457. */
export const problemShape = z
  .object({
    type: z.string().openapi({ example: 'about:blank' }),
    title: z.string(),
    status: z.int(),
    /** Machine-readable, and stable. */
    code: z.string().openapi({ example: 'WRONG_STATE' }),
    detail: z.string(),
    /** Everything that is wrong with what was given. */
    faults: z.array(faultShape).optional(),
  })
  .openapi('Problem');
/** One of these. */
export type Problem = z.infer<typeof problemShape>;

/** Status and title by the code of an error; others are faults of the server. */
const told: Readonly<Record<string, readonly [status: number, title: string]>> = {
  INVALID_INPUT: [422, 'What was given is not right'],
  INFEASIBLE: [422, 'Nothing satisfies what was asked'],
  TRIAL_ID: [422, 'That is no id of a trial'],
  SHAPE: [422, 'What was given does not fit together'],
  NOT_FOUND: [404, 'There is none'],
  ARTEFACT: [404, 'There is none'],
  WRONG_STATE: [409, 'It is not in a state that allows this'],
  CONFLICT: [409, 'There is another already'],
  OUTDATED: [412, 'Somebody was first'],
  TOO_LATE: [412, 'It came later than its sender waited'],
  LATCHED: [423, 'The lab is stopped: nothing begins until that is released'],
  IN_PROGRESS: [409, 'The same request is at work'],
  KEY_TAKEN: [422, 'The key was used for another request'],
  UNAUTHENTICATED: [401, 'It is not known who asks'],
  FORBIDDEN: [403, 'That is not for everybody'],
  MISDIRECTED: [421, 'This server has another name'],
  UNSUPPORTED_MEDIA: [415, 'JSON is wanted'],
  TOO_LARGE: [413, 'Too much at once'],
  SERVICE_UNAVAILABLE: [503, 'A server is away'],
};

/** An error as it is answered. What is nobody's input is told without its stack. */
export function problemOf(error: unknown): Problem {
  const code = error instanceof AthanorError ? error.code : 'UNEXPECTED';
  const [status, title] = told[code] ?? [500, 'That failed unexpectedly'];
  const detail = error instanceof Error ? error.message : String(error);
  const faults = error instanceof InvalidInputError ? { faults: [...error.faults] } : {};
  return { type: 'about:blank', title, status, code, detail, ...faults };
}

/** That something is not done, by its code. */
export function refusal(code: string, detail: string): AthanorError {
  return new AthanorError(code, detail);
}
