import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { measuredIn } from '../internal/measured.js';
import { exclusively } from '../internal/one-at-a-time.js';
import { shown } from '../internal/outcomes.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import type { Surroundings } from '../internal/secrets.js';
import { causeIn, statusIn } from '../internal/telling.js';
import { type About, filled, isNear, requestFaults } from './filled.js';
import { BadStatus, Session, TooLong } from './session.js';
import type { Action, OpcuaSettings, Write } from './settings.js';

const answerMark = 'answer:';
const bare = { key: '', name: '', request: null };

/** A device behind an OPC UA server. @param folder - of our certificate and key */
export function opcuaDevice(settings: OpcuaSettings, environment: Surroundings, folder: string): RemoteDevice {
  const { start, status, key: keyNode, read, failure, cost, cancel } = settings;
  const timeoutMs = durationMs(settings.timeout);
  const limitMs = 'call' in start ? durationMs(start.limit) : timeoutMs;
  const cancelled = new Set<string>();
  const lane = {};
  let kept: Session | null = null;

  const opened = () =>
    Session.open(settings, environment, folder).catch((error: Error) => {
      throw new NotBegunError(error.message, { cause: error });
    });
  /** One act at a time, in the session of the last one where that still stands. */
  const looking = <T>(act: (session: Session) => Promise<T>): Promise<T> =>
    exclusively(lane, 'session', async () => {
      if (kept?.isBroken) {
        await kept.close();
        kept = null;
      }
      kept ??= await opened();
      return act(kept);
    });
  /** In a session of its own, so that one that cannot be made is known to have begun nothing. */
  const acting = async <T>(act: (session: Session) => Promise<T>): Promise<T> => {
    const session = await opened();
    try {
      return await act(session);
    } finally {
      await session.close();
    }
  };
  const setAll = async (session: Session, writes: readonly Write[], about: About) => {
    for (const { node, value, within } of writes) {
      const wanted = await filled(value, about);
      await session.write(node, wanted);
      const back = await session.read(node);
      if (!isNear(back.value, wanted, within))
        throw new RefusedByDevice({
          class: 'device',
          code: 'readBack',
          message: `${node} says ${shown(back.value)} after ${shown(wanted)} was written`,
        });
    }
  };
  const done = async (session: Session, action: Action, about: About) => {
    if ('write' in action) {
      for (const { node, value } of action.write) await session.write(node, await filled(value, about));
      return;
    }
    const method = await session.method({ ...action.call, arguments: await argumentsOf(action.call.arguments, about) });
    await method.call(timeoutMs);
  };

  return {
    traits: { resultRetention: 'permanent', exclusive: true, deterministic: false, virtualTime: false },
    byKeyAlone: true,
    pollMs: durationMs(settings.poll),
    beginLimitMs: (9 + 3 * settings.set.length) * timeoutMs,
    lateMs: timeoutMs,
    ...(status?.states.cancelled === undefined && { forgetsBefore: true }),
    cost: typeof cost === 'number' ? cost : undefined,
    validate: (request: JobRequest): Promise<readonly Fault[]> => requestFaults(settings, request),
    begin: (asked: Asked) =>
      acting(async (session) => {
        const before = status === undefined ? null : await session.read(status.node).catch(early);
        await setAll(session, settings.set, asked).catch(refusedBefore);
        if ('write' in start) {
          const value = await filled(start.write.value, asked).catch(refusedBefore);
          await session.prepared(start.write.node, value).catch(refusedBefore);
          await session.write(start.write.node, value).catch(started);
        } else {
          const given = await argumentsOf(start.call.arguments, asked).catch(refusedBefore);
          const method = await session.method({ ...start.call, arguments: given }).catch(refusedBefore);
          await asked.lasts(limitMs);
          const outputs = await method.call(limitMs).catch(started);
          if (status === undefined)
            return `${answerMark}${JSON.stringify(outputs, (_, each: unknown) => (typeof each === 'number' && !Number.isFinite(each) ? String(each) : each))}`;
        }
        // What stands there may be the end of the run before.
        if (before !== null) await acknowledged(session, asked, before.stamp, before.value);
        return session.started;
      }),
    ...(keyNode !== undefined && {
      find: (key: string) =>
        acting(async (session) => {
          const { value, trouble } = await session.read(keyNode);
          if (trouble !== null) throw new AdapterError(trouble);
          return value === key ? session.started : null;
        }),
    }),
    async look(begun: Begun): Promise<Seen> {
      if (begun.handle.startsWith(answerMark)) return { state: 'succeeded' };
      return looking(async (session) => {
        if (cancelled.has(begun.key)) return { state: 'cancelled' };
        const lost = await lostRun(session, begun);
        if (lost !== null) return { state: 'unknown', message: lost };
        const { value, trouble } = await session.read(status!.node);
        if (trouble !== null) throw new AdapterError(trouble);
        const optional = async (node: string | undefined) =>
          node === undefined ? undefined : (await session.read(node)).value;
        const told = {
          state: value,
          progress: await optional(status!.progress),
          message: await optional(status!.message),
        };
        const seen = statusIn(told, {
          state: 'state',
          states: status!.states,
          progress: 'progress',
          message: 'message',
        });
        if (Date.now() - begun.at >= durationMs(status!.limit) && seen.state !== 'succeeded')
          return { state: 'unknown', message: `not ended within ${status!.limit}: ${shown(value)}` };
        return { ...seen, answer: told };
      });
    },
    async collect(begun: Begun, seen: Seen): Promise<Collected> {
      if (seen.state !== 'succeeded') return { values: {}, cause: causeIn(seen.answer ?? null, failure, seen) };
      const readings = await looking(async (session) => {
        const pairs: [string, unknown][] = [];
        const troubles: string[] = [];
        for (const [name, node] of Object.entries(read)) {
          const { value, trouble } = await session.read(node);
          if (trouble !== null) troubles.push(trouble);
          else pairs.push([name, value]);
        }
        // A device that began another run meanwhile has other values.
        const lost = begun.handle.startsWith(answerMark) ? null : await lostRun(session, begun);
        return { values: Object.fromEntries(pairs), troubles, refusal: lost };
      }).catch((error: Error) => {
        if (error instanceof TooLong) return { values: {}, troubles: [error.message], refusal: error.message };
        throw error;
      });
      const outputs = begun.handle.startsWith(answerMark)
        ? { outputs: JSON.parse(begun.handle.slice(answerMark.length)) as unknown }
        : {};
      const document = { ...readings.values, ...outputs };
      const raw = Buffer.from(
        JSON.stringify({ ...document, troubles: readings.troubles }, (_, each: unknown) =>
          typeof each === 'number' && !Number.isFinite(each) ? String(each) : each,
        ),
      );
      const given = readings.refusal === null ? { document } : { refusal: readings.refusal };
      const measured = await measuredIn(given, settings, begun.request);
      const details = readings.troubles.length === 0 ? {} : { statusCodes: readings.troubles };
      return { ...measured, details: { ...measured.details, ...details }, artefacts: { 'reply.json': raw } };
    },
    ...(cancel && {
      cancel: async (begun: Begun) => {
        if (begun.handle.startsWith(answerMark)) return;
        await acting((session) => done(session, cancel, begun));
        if (status?.states.cancelled === undefined) cancelled.add(begun.key);
      },
    }),
    ...((settings.safeStop ?? cancel) && {
      safeStop: async (open: readonly Begun[]) => {
        await acting((session) => done(session, (settings.safeStop ?? cancel)!, open[0] ?? bare));
        if (status?.states.cancelled !== undefined) return [];
        return open;
      },
    }),
    health: async () => {
      const trouble = await looking(async (session) => {
        if (status !== undefined) return (await session.read(status.node)).trouble;
        if ('call' in start) session.node(start.call.method);
        return null;
      }).catch(({ message }: Error) => message);
      if (trouble === null) return { ok: true, message: `${settings.url} answers` };
      return { ok: false, message: trouble, remedy: 'see that the server is on and can be reached from here' };
    },
    close: async () => {
      const session = kept;
      kept = null;
      await session?.close();
    },
  };

  /** Waits until the device shows that it took the start: the key, or a state that was written anew. */
  async function acknowledged(session: Session, asked: Asked, stamp: string, value: unknown): Promise<void> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const now = await session.read(status!.node);
      const isNew = now.stamp !== stamp || now.value !== value;
      if (keyNode === undefined ? isNew : (await session.read(keyNode)).value === asked.key) return;
      if (Date.now() >= until)
        throw new AdapterError(
          `the device does not show within ${settings.timeout} that it took the start: ${shown(now.value)}`,
        );
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, timeoutMs / 4)));
    }
  }

  /** Why the run cannot be followed any more; null where it can. */
  async function lostRun(session: Session, { handle, key }: Begun): Promise<string | null> {
    if (keyNode !== undefined) {
      const { value } = await session.read(keyNode);
      return value === key ? null : `the device shows another run: ${shown(value)}`;
    }
    return session.started === handle ? null : `the server was started again, at ${cleanText(session.started, 40)}`;
  }

  async function argumentsOf(given: Readonly<Record<string, Write['value']>>, about: About) {
    const pairs = await Promise.all(
      Object.entries(given).map(async ([name, each]) => [name, await filled(each, about)] as const),
    );
    return Object.fromEntries(pairs);
  }

  /** Trouble with the start itself. */
  function started(error: Error): never {
    if (!(error instanceof BadStatus)) throw error;
    if (settings.busy.includes(error.status) || unknownHere.has(error.status)) throw new NotBegunError(error.message);
    if (settings.refused.includes(error.status))
      throw new RefusedByDevice({ class: 'operator', code: error.status, message: error.message });
    throw error;
  }

  /** Trouble before the start, when nothing moved: a refusal is one, all else can be tried again. */
  function refusedBefore(error: Error): never {
    if (error instanceof BadStatus && settings.refused.includes(error.status)) return started(error);
    if (error instanceof ContractError)
      throw new RefusedByDevice({ class: 'operator', code: 'parameters', message: error.message });
    return early(error);
  }
}

/** Status codes by which a server says that it has no such method or variable, or does not let us. */
const unknownHere: ReadonlySet<string> = new Set([
  'BadNodeIdUnknown',
  'BadNodeIdInvalid',
  'BadMethodInvalid',
  'BadNotExecutable',
  'BadNotWritable',
  'BadUserAccessDenied',
  'BadSecurityModeInsufficient',
]);

function early(error: Error): never {
  if (error instanceof RefusedByDevice || error instanceof NotBegunError || !(error instanceof AdapterError))
    throw error;
  throw new NotBegunError(error.message, { cause: error });
}
