import { z } from 'zod';
import { AdapterError } from '../../models/domain/errors.js';
import type { Read } from '../internal/reply.js';
import type { QueueServer } from './server.js';

const pair = z.union([
  z.tuple([z.string(), z.record(z.string(), z.unknown())]),
  z.looseObject({ name: z.string(), doc: z.record(z.string(), z.unknown()) }),
]);
const answerSchema = z.array(z.array(pair));

/** Documents of a run, by kind. */
interface Run {
  start: unknown;
  stop: unknown;
  descriptors: unknown[];
  events: unknown[];
  others: unknown[];
}

/** Runs as `values` find them: `runs[0].events[-1].data.det1`. */
export function runsIn(answer: unknown): Read {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success)
    return { refusal: 'the documents are no list of runs, each a list of [name, document] or {name, doc}' };
  const runs = parsed.data.map((documents) => {
    const run: Run = { start: null, stop: null, descriptors: [], events: [], others: [] };
    for (const each of documents) {
      const [name, document] = Array.isArray(each) ? each : [each.name, each.doc];
      if (name === 'start' || name === 'stop') run[name] = document;
      else if (name === 'descriptor') run.descriptors.push(document);
      else if (name === 'event') run.events.push(document);
      else run.others.push({ name, document });
    }
    return run;
  });
  return { document: { runs } };
}

const startedSchema = z.looseObject({
  success: z.boolean(),
  msg: z.string().optional(),
  task_uid: z.string().nullish(),
});
const taskSchema = z.looseObject({
  success: z.boolean(),
  msg: z.string().optional(),
  status: z.string().nullish(),
  result: z.unknown(),
});
const taskResult = z.looseObject({
  success: z.boolean(),
  msg: z.string().nullish(),
  traceback: z.string().nullish(),
  return_value: z.unknown(),
});

/**
 * Asks a function in the server's environment for the documents of runs. It is run beside the queue, which goes on.
 * @throws {AdapterError} if they cannot be had now: they are asked for again
 */
export async function documentsOf(
  { server }: QueueServer,
  name: string,
  runs: readonly string[],
): Promise<{ readonly answer: unknown } | { readonly failed: string }> {
  const item = { item_type: 'function', name, args: [runs], kwargs: {} };
  const started = startedSchema.safeParse(
    await server.get('POST', '/api/function/execute', { item, run_in_background: true }),
  );
  if (!started.success || !started.data.success || started.data.task_uid == null)
    throw new AdapterError(`documents cannot be asked of '${name}': ${started.data?.msg ?? 'the reply is none'}`);
  let refused = 0;
  for (const until = Date.now() + server.timeoutMs; ; await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (Date.now() > until) throw new AdapterError(`'${name}' gave no documents within ${server.timeoutMs / 1000} s`);
    const reply = await server.ask('GET', '/api/task/result', { task_uid: started.data.task_uid });
    // It cannot write NaN and the like as JSON, and never will.
    if (reply.status === 500 && ++refused >= 3)
      return { failed: `the queue server cannot tell what '${name}' gave (status 500); NaN and infinity are not JSON` };
    if (reply.status === 500) continue;
    if (!reply.ok || reply.document === undefined) throw new AdapterError(reply.words);
    const told = taskSchema.safeParse(reply.document);
    if (!told.success || !told.data.success)
      throw new AdapterError(`documents asked of '${name}' are lost: ${told.data?.msg ?? 'the reply is none'}`);
    if (told.data.status === 'completed') {
      const { data } = taskResult.safeParse(told.data.result);
      if (data === undefined) throw new AdapterError(`the reply of '${name}' is none of a queue server`);
      return data.success
        ? { answer: data.return_value }
        : { failed: `'${name}' failed: ${data.msg ?? 'no reason given'}` };
    }
  }
}
