import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Cause } from '../../models/domain/trial.js';
import type { JobRequest } from '../contract.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import type { Read } from '../internal/reply.js';
import { type Surroundings, withoutSecrets } from '../internal/secrets.js';
import { lackingWord, nameIn } from '../internal/telling.js';
import { commandOf, propertyOf, SilaClient, secretsOf } from './client.js';
import { SilaFailure } from './errors.js';
import { unitOf } from './feature.js';
import type { Call, SilaSettings } from './settings.js';
import { filledWith, Talk } from './talk.js';

/** Answers of an unobservable command are kept with the job, as they come once only; longer ones are refused. */
const longestAnswer = 100_000;
const answerMark = 'answer:';
const bare = { key: '', name: '', request: null };

/** A device behind a SiLA 2 server. */
export function silaDevice(settings: SilaSettings, environment: Surroundings): RemoteDevice {
  const { run, find, failure, cost } = settings;
  const timeoutMs = durationMs(settings.timeout);
  const clean = <T>(value: T) => withoutSecrets(value, secretsOf(settings), environment);
  const cancelled = new Set<string>();

  const talk = async <T>(act: (talk: Talk) => Promise<T>): Promise<T> => {
    const client = await SilaClient.open(settings).catch((error: AdapterError) => {
      throw new NotBegunError(error.message, { cause: error });
    });
    try {
      const here = new Talk(client, settings);
      await here.identify().catch(before);
      await client.useMetadata(environment).catch(before);
      return await act(here);
    } finally {
      client.close();
    }
  };
  const order = (call: Call) => async (begun: Begun) => {
    await talk((here) => here.carryOut(call, begun));
  };
  const causeOf = (error: SilaFailure): Cause => {
    const { word: code, message } = error;
    const [known] = Object.entries(failure.classes).find(([, codes]) => codes.includes(code)) ?? [];
    return { class: (known as Cause['class'] | undefined) ?? failure.class, code, message: clean(message) };
  };

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    // A connection, the server's identity, definitions, what is set, and a command that answers at once.
    beginLimitMs: (6 + Object.keys(settings.metadata).length + settings.set.length) * timeoutMs,
    // The command alone; what came before it was answered.
    lostLimitMs: timeoutMs,
    lateMs: find?.after === undefined ? timeoutMs : durationMs(find.after),
    cost: typeof cost === 'number' ? cost : undefined,
    async validate(request: JobRequest) {
      const about = { key: 'key', name: '0'.repeat(32), request };
      const calls = [...settings.set.map((call, i) => [`set[${i}]`, call] as const), ['run', run] as const];
      const all = await Promise.all(calls.map(async ([at, call]) => [at, await filledWith(call.with, about)] as const));
      return all.flatMap(([at, filled]) =>
        'faults' in filled ? filled.faults.map((fault) => ({ ...fault, path: `${at}.with.${fault.path}` })) : [],
      );
    },
    begin: (asked: Asked) =>
      talk(async (here) => {
        for (const call of settings.set) await here.carryOut(call, asked).catch(refused).catch(before);
        const { messages, command, bytes } = await here.prepared(run, asked).catch(refused).catch(before);
        if (command.observable) return here.begin(messages, command, bytes).catch(started);
        const limitMs = durationMs(run.limit);
        await asked.lasts(limitMs);
        const answer = await here
          .carryOut(run, asked, limitMs)
          .then((responses) => ({ responses }))
          .catch((error: Error) => {
            // It did run, and says how that ended.
            if (error instanceof SilaFailure && error.kind === 'defined') return { failure: causeOf(error) };
            throw error;
          })
          .catch(started);
        const text = JSON.stringify(clean(answer), (_, value: unknown) =>
          typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
        );
        const kept =
          text.length > longestAnswer ? JSON.stringify({ refusal: `an answer of ${text.length} characters` }) : text;
        return `${answerMark}${kept}`;
      }),
    ...(find && {
      find: (key: string, name: string) =>
        talk(async (here) => {
          const about = { key, name, request: null };
          const told =
            find.command === undefined
              ? await here.property(find.property!)
              : await here.carryOut({ command: find.command, with: find.with }, about);
          if (lackingWord(told, find.none) === null) return null;
          const job = nameIn(told, find.job);
          if (job === null) throw new AdapterError(`the answer to 'find' names no execution at ${find.job}`);
          return job;
        }),
    }),
    async look({ handle, key }: Begun): Promise<Seen> {
      if (handle.startsWith(answerMark)) {
        const { failure: cause } = JSON.parse(handle.slice(answerMark.length)) as { failure?: Cause };
        return cause === undefined
          ? { state: 'succeeded' }
          : { state: 'failed', message: cause.message, answer: cause };
      }
      return talk(async (here) => {
        const [messages, id] = await here.named(run.command);
        const command = commandOf(messages, id);
        try {
          const { status, progress } = await here.info(messages, command, handle);
          const share = progress !== undefined && progress >= 0 && progress <= 1 ? { progress } : {};
          if (status === 'waiting') return { state: 'queued', ...share };
          if (status === 'running') return { state: 'running', ...share };
          if (status === 'finishedSuccessfully') return { state: 'succeeded' };
          if (status !== 'finishedWithError')
            return { state: 'unknown', message: `the server says '${cleanText(status, 60)}' of the execution` };
          // Why is told only by the result.
          await here.result(messages, command, handle);
          return { state: 'unknown', message: 'the server says that the execution failed, and gives a result of it' };
        } catch (error) {
          if (!(error instanceof SilaFailure) || error.kind === 'transport') throw error;
          if (error.word === 'INVALID_COMMAND_EXECUTION_UUID')
            return {
              state: 'unknown',
              message: `the server has no execution ${handle}: it was restarted, or the lifetime of the execution is over`,
            };
          if (error.kind !== 'defined' && error.kind !== 'undefined') throw error;
          const wasCancelled = cancelled.has(key) || failure.cancelled.includes(error.word);
          const cause = causeOf(error);
          return wasCancelled ? { state: 'cancelled' } : { state: 'failed', message: cause.message, answer: cause };
        }
      });
    },
    async collect(begun: Begun, { state, message, answer }: Seen): Promise<Collected> {
      if (state === 'unknown')
        return { values: {}, cause: { class: 'unknown', code: 'lost', message: message ?? 'nobody can tell' } };
      if (state !== 'succeeded') return { values: {}, ...(answer !== undefined && { cause: answer as Cause }) };
      return talk(async (here) => {
        const { read, raw } = await responsesOf(here, begun);
        const properties: Record<string, unknown> = {};
        const units: Record<string, string> = {};
        const [messages, id] = await here.named(run.command);
        for (const { id: name, type } of commandOf(messages, id).responses)
          Object.assign(units, { [name]: unitOf(type, messages.feature) });
        for (const name of settings.properties) {
          const [of, property] = await here.named(name);
          Object.assign(properties, await here.property(name));
          Object.assign(units, { [property]: unitOf(propertyOf(of, property).type, of.feature) });
        }
        const document: Read =
          'refusal' in read ? read : { document: { ...(read.document as object), properties, units } };
        return {
          ...(await measuredIn(clean(document), settings, begun.request)),
          ...(raw !== null && { artefacts: raw }),
        };
      });
    },
    ...(settings.cancel && {
      cancel: async (begun: Begun) => {
        if (begun.handle.startsWith(answerMark)) return;
        await order(settings.cancel!)(begun);
        cancelled.add(begun.key);
      },
    }),
    ...((settings.safeStop ?? settings.cancel) && {
      safeStop: async (open: readonly Begun[]) => {
        if (settings.safeStop !== undefined) await talk((here) => here.carryOut(settings.safeStop!, bare));
        else await Promise.all(open.map(order(settings.cancel!)));
        for (const { key } of open) cancelled.add(key);
        // What became of the jobs the server tells.
        return [];
      },
    }),
    health: async () => {
      const trouble = await talk((here) =>
        here.named(run.command).then(([messages, id]) => commandOf(messages, id)),
      ).then(
        () => null,
        ({ message }: Error) => message,
      );
      if (trouble === null) return { ok: true, message: `${settings.server} answers` };
      return {
        ok: false,
        message: trouble,
        remedy: 'see that the server is on, is the one meant, and can be reached from here',
      };
    },
  };

  /** What the run gave, and that as it came. An answer that cannot be read is refused, as it stays what it is. */
  async function responsesOf(
    here: Talk,
    { handle }: Begun,
  ): Promise<{ read: Read; raw: Record<string, Uint8Array> | null }> {
    if (handle.startsWith(answerMark)) {
      const text = handle.slice(answerMark.length);
      const kept = JSON.parse(text) as { responses?: unknown; refusal?: string };
      const read =
        kept.responses === undefined ? { refusal: kept.refusal ?? 'no answer' } : { document: kept.responses };
      return { read, raw: { 'reply.json': Buffer.from(text) } };
    }
    const [messages, id] = await here.named(run.command);
    const command = commandOf(messages, id);
    let bytes: Uint8Array;
    try {
      bytes = await here.result(messages, command, handle);
    } catch (error) {
      // gRPC's number for what is too much: it will not get less.
      if (error instanceof SilaFailure && error.kind === 'transport' && error.word === '8')
        return { read: { refusal: clean(error.message) }, raw: null };
      throw error;
    }
    try {
      return { read: { document: here.responses(messages, command, bytes) }, raw: { 'reply.bin': bytes } };
    } catch (error) {
      return { read: { refusal: (error as Error).message }, raw: { 'reply.bin': bytes } };
    }
  }

  /** Trouble with the call that begins the run. */
  function started(error: Error): never {
    if (!(error instanceof SilaFailure)) throw error;
    const { kind, word } = error;
    const message = clean(error.message);
    if (kind === 'validation') throw new RefusedByDevice({ class: 'operator', code: 'validation', message });
    if (kind === 'defined') throw new RefusedByDevice(causeOf(error));
    // The server does not know the call, or not us: 12 unimplemented, 7 denied, 16 not authenticated.
    const isSure = kind === 'framework' || (kind === 'transport' && ['12', '7', '16'].includes(word));
    throw isSure ? new NotBegunError(message, { cause: error }) : new AdapterError(message, { cause: error });
  }

  /** What is set before a run, or cannot be filled in: a refusal is one. */
  function refused(error: Error): never {
    if (error instanceof SilaFailure && error.kind === 'validation') return started(error);
    if (error instanceof SilaFailure && error.kind === 'defined') return started(error);
    if (error instanceof ContractError)
      throw new RefusedByDevice({ class: 'operator', code: 'parameters', message: clean(error.message) });
    throw error;
  }
}

/** Before the run nothing moved: trouble can be tried again. */
function before(error: Error): never {
  if (error instanceof RefusedByDevice || error instanceof NotBegunError || !(error instanceof AdapterError))
    throw error;
  throw new NotBegunError(error.message, { cause: error });
}
