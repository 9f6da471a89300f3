import { setTimeout } from 'node:timers/promises';
import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { JobRequest, RawFile } from '../contract.js';
import { namesJob } from '../internal/adoption.js';
import { CallError, type Reply } from '../internal/http-call.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { readJsonReply, TooLongError } from '../internal/reply.js';
import { causeIn, statusIn } from '../internal/telling.js';
import type { About, Calls } from './calls.js';
import { begunBy, foundIn, isGood } from './judged.js';
import type { CallName, HttpSettings } from './settings.js';

/** Times that a result is asked for which is no document. */
const resultTries = 3;

/** A device that is talked to by calls that the settings describe. */
export function httpDevice(settings: HttpSettings, calls: Calls): RemoteDevice {
  const { submit, find, status, result, failure, cost } = settings;
  const timeoutMs = durationMs(settings.timeout);

  const document = (reply: Reply, what: string): unknown => {
    const read = readJsonReply(reply.bytes, what);
    if ('document' in read) return read.document;
    throw new AdapterError(calls.clean(read.refusal));
  };
  const answered = async (name: CallName, about: About): Promise<Reply> => {
    const reply = await calls.make(name, about);
    if (isGood(reply)) return reply;
    throw new AdapterError(calls.clean(`'${name}' was answered with status ${reply.status}${said(reply)}`));
  };
  /** The result; one that is no document is asked for again a few times, as something between us and the device may have answered. */
  const resulting = async (begun: Begun): Promise<{ readonly bytes: Uint8Array } | { readonly refusal: string }> => {
    for (let tries = 1; ; tries++) {
      const reply = await answered('result', begun).catch((error: Error) => {
        if (error.cause instanceof TooLongError) return { refusal: error.message };
        throw error;
      });
      if ('refusal' in reply || tries === resultTries || 'document' in readJsonReply(reply.bytes, '')) return reply;
      await setTimeout(durationMs(settings.poll));
    }
  };
  const order = (name: 'cancel' | 'pause' | 'resume') => async (begun: Begun) => {
    const reply = await calls.make(name, begun);
    // It has ended meanwhile, which the next look will tell.
    if (!isGood(reply) && ![404, 409, 410].includes(reply.status))
      throw new AdapterError(calls.clean(`'${name}' was answered with status ${reply.status}${said(reply)}`));
  };

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    lastJobOnly: !namesJob(settings.status),
    beginLimitMs: timeoutMs,
    lateMs: find?.after === undefined ? timeoutMs : durationMs(find.after),
    cost: typeof cost === 'number' ? cost : undefined,
    validate: async (request: JobRequest) => {
      const outgoing = await calls.outgoing('submit', { key: 'key', name: '0'.repeat(32), request });
      return 'faults' in outgoing ? outgoing.faults : [];
    },
    async begin(asked: Asked) {
      const reply = await calls.make('submit', asked).catch((error: unknown) => {
        throw error instanceof CallError && !error.sent ? new NotBegunError(error.message, { cause: error }) : error;
      });
      const verdict = begunBy(reply, submit, asked.key, said(reply));
      if ('job' in verdict) return verdict.job;
      const words = calls.clean(verdict.words);
      if (verdict.kind === 'refused') throw new RefusedByDevice({ class: 'operator', code: 'refused', message: words });
      throw verdict.kind === 'notBegun' ? new NotBegunError(words) : new AdapterError(words);
    },
    ...(find && {
      find: async (key: string, name: string) => {
        const reply = await calls.make('find', { key, name, request: null });
        if (find.none.includes(reply.status)) return null;
        if (!isGood(reply))
          throw new AdapterError(calls.clean(`'find' was answered with status ${reply.status}${said(reply)}`));
        return foundIn(document(reply, "the reply to 'find'"), find, key);
      },
    }),
    async look(begun: Begun): Promise<Seen> {
      const reply = await calls.make('status', begun);
      if (status.lost.includes(reply.status))
        return { state: 'unknown', message: `the device has no job '${begun.handle}' (status ${reply.status})` };
      if (!isGood(reply))
        throw new AdapterError(calls.clean(`'status' was answered with status ${reply.status}${said(reply)}`));
      const told = calls.clean(document(reply, "the reply to 'status'"));
      return { ...statusIn(told, status), answer: { told, bytes: reply.bytes } };
    },
    async collect(begun: Begun, seen: Seen): Promise<Collected> {
      const { told = null, bytes = null } = (seen.answer ?? {}) as { told?: unknown; bytes?: Uint8Array };
      if (seen.state !== 'succeeded') return { values: {}, cause: causeIn(told, failure, seen), artefacts: raw(bytes) };
      const reply = result === undefined ? { bytes: bytes! } : await resulting(begun);
      const read = 'refusal' in reply ? reply : readJsonReply(reply.bytes, "the reply to 'result'");
      const measured = await measuredIn(calls.clean(read), settings, begun.request);
      return { ...measured, artefacts: { ...('bytes' in reply && raw(reply.bytes)), ...files(begun) } };
    },
    ...(settings.cancel && { cancel: order('cancel') }),
    ...(settings.pause && settings.resume && { pause: order('pause'), resume: order('resume') }),
    ...((settings.safeStop ?? settings.cancel) && {
      safeStop: async (open: readonly Begun[]) => {
        if (settings.safeStop !== undefined) await answered('safeStop', { key: '', name: '', request: null });
        else await Promise.all(open.map(order('cancel')));
        // What became of the jobs the device tells.
        return [];
      },
    }),
    ...(settings.health && {
      health: async () => {
        const trouble = await answered('health', { key: '', name: '', request: null }).then(
          () => null,
          (error: Error) => error.message,
        );
        if (trouble === null) return { ok: true, message: `${settings.url} answers` };
        return { ok: false, message: trouble, remedy: 'see that the device is on and can be reached from here' };
      },
    }),
  };

  /** Files that are fetched when they are kept. */
  function files(begun: Begun): Record<string, RawFile> {
    const named = Object.entries(settings.raw ?? {}).map(([name, { mediaType, path }]) => {
      const type = mediaType === undefined ? {} : { mediaType };
      return [name, { open: () => calls.file(name, begun), at: `${settings.url} ${path}`, ...type }] as const;
    });
    return Object.fromEntries(named);
  }

  function raw(bytes: Uint8Array | null): Collected['artefacts'] {
    if (bytes === null) return undefined;
    const text = Buffer.from(bytes).toString('utf8');
    const clean = calls.clean(text);
    return { 'reply.json': clean === text ? bytes : Buffer.from(clean) };
  }
}

/** What a reply that is none says, in few characters. */
function said({ bytes }: Reply): string {
  const text = cleanText(Buffer.from(bytes.subarray(0, 1_000)).toString('utf8').trim(), 200);
  return text === '' ? '' : `: ${text}`;
}
