import { cleanText } from '../../models/domain/clean-text.js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import type { JobRequest } from '../contract.js';
import { exclusively } from '../internal/one-at-a-time.js';
import { numberOf, takeOutcomes } from '../internal/outcomes.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { loadUnits } from '../internal/units.js';
import { Conversation } from './conversation.js';
import { type About, filledNumber, filledText, requestFaults } from './filled.js';
import { matched } from './pattern.js';
import { nameOf, openPort } from './port.js';
import type { Ask, LineStep, LinesSettings } from './settings.js';

/** An instrument that is talked to line by line. */
export function linesDevice(settings: LinesSettings): RemoteDevice {
  const { connect, done, stop, values, identity, find } = settings;
  const timeoutMs = durationMs(settings.timeout);
  const name = nameOf(connect);
  const manner = {
    name,
    ends: settings.ends,
    timeoutMs,
    gapMs: settings.gap === undefined ? 0 : durationMs(settings.gap),
  };
  const asks = settings.set.length + settings.start.length;

  /** One talk at a time, on a line of its own: others of this process wait, so that no answer is another's. */
  const talk = <T>(about: About, act: (talk: Talk) => Promise<T>, giveUp?: AbortSignal): Promise<T> =>
    exclusively(`line ${name}`, 'talk', async () => {
      giveUp?.throwIfAborted();
      const line = await openPort(connect, timeoutMs).catch((error: Error) => {
        throw new NotBegunError(error.message, { cause: error });
      });
      const conversation = new Conversation(line, manner);
      const end = () => conversation.giveUp();
      giveUp?.addEventListener('abort', end);
      if (giveUp?.aborted) end();
      try {
        const here = new Talk(conversation, about);
        if (identity !== undefined) await here.identify(identity);
        return await act(here);
      } finally {
        giveUp?.removeEventListener('abort', end);
        await conversation.close();
      }
    });
  const stopped = (about: About) =>
    talk(about, async (here) => {
      for (const step of stop!) await here.carryOut(step);
    });
  const aboutOf = ({ key, name, request }: Begun | Asked): About => ({ key, name, request });
  /** Since when what is waited for has been there, by job. */
  const since = new Map<string, number>();
  const cancelled = new Set<string>();

  return {
    traits: { resultRetention: 'permanent', exclusive: true, deterministic: false, virtualTime: false },
    lastJobOnly: true,
    pollMs: durationMs(settings.poll),
    forgetsBefore: true,
    beginLimitMs: (2 * asks + 2) * (timeoutMs + manner.gapMs) + timeoutMs,
    lostLimitMs: timeoutMs,
    lateMs: timeoutMs,
    cost: settings.cost,
    validate: (request: JobRequest): Promise<readonly Fault[]> => requestFaults(settings, request),
    begin: (asked: Asked) =>
      talk(aboutOf(asked), async (here) => {
        for (const step of settings.set) {
          await asked.latest();
          await here.carryOut(step).catch(before);
        }
        for (const [i, step] of settings.start.entries()) {
          // Once the first command of the start is out, nobody can tell what a silence means.
          if (i === 0) await here.prepared(step).catch(before);
          await asked.latest();
          await here.carryOut(step).catch(async (error: Error) => {
            // It may have begun by halves.
            if (error instanceof RefusedByDevice) for (const end of stop ?? []) await here.carryOut(end);
            throw error;
          });
        }
        return asked.key;
      }),
    ...(find && {
      find: (key: string, jobName: string) =>
        talk({ key, name: jobName, request: null }, async (here) => {
          const value = await here.read(find);
          return value === key || value === jobName ? key : null;
        }),
    }),
    look: (begun: Begun, giveUp?: AbortSignal) => {
      const look = async (here: Talk): Promise<Seen> => {
        if (cancelled.has(begun.key)) return { state: 'cancelled' };
        if (settings.failed !== undefined) {
          const { text, match } = await here.answered(settings.failed);
          if (match !== 'no')
            return { state: 'failed', message: `the instrument answers ${shown(text)}`, answer: 'fault' };
        }
        const { text, match } = await here.answered(done);
        if (await isThere(text, match, begun)) {
          const from = since.get(begun.key) ?? Date.now();
          since.set(begun.key, from);
          const left = done.held === undefined ? 0 : from + durationMs(done.held) - Date.now();
          if (left <= 0) return { state: 'succeeded' };
          return {
            state: 'running',
            message: `${shown(text)}, for ${Math.ceil(left / 1000)} s more`,
            pollAfterMs: Math.min(left, durationMs(settings.poll)),
          };
        }
        since.delete(begun.key);
        if (Date.now() - begun.at < durationMs(done.limit)) return { state: 'running', message: shown(text) };
        for (const step of stop ?? []) await here.carryOut(step);
        return {
          state: 'failed',
          message: `not done within ${done.limit}: the instrument answers ${shown(text)}`,
          answer: 'timeout',
        };
      };
      return talk(aboutOf(begun), look, giveUp);
    },
    async collect(begun: Begun, { state, message, answer }: Seen, giveUp?: AbortSignal): Promise<Collected> {
      if (state !== 'succeeded') {
        const cause = { class: 'device', code: String(answer ?? state), message: message ?? state } as const;
        return { values: {}, ...(state === 'failed' && { cause }) };
      }
      const collect = async (here: Talk): Promise<Collected> => {
        const said: Record<string, string> = {};
        const read: Record<string, unknown> = {};
        for (const [outcome, place] of Object.entries(values)) {
          const { text, match } = await here.answered(place);
          said[outcome] = cleanText(text, 200);
          // A text that does not fit stands as it is, and is refused as a number.
          read[outcome] = typeof match === 'string' ? text : (match.value ?? text);
        }
        const places = Object.fromEntries(
          Object.entries(values).map(([outcome, { sd, unit, as }]) => [
            outcome,
            { path: `[${JSON.stringify(outcome)}]`, sd, unit, as, text: true, optional: false },
          ]),
        );
        const taken = takeOutcomes(read, places, await loadUnits(), begun.request?.objectives ?? null);
        return {
          values: taken.values,
          noise: taken.noise,
          details: {
            said,
            ...(taken.refusals.length === 0 ? {} : { refused: taken.refusals }),
            ...(Object.keys(taken.others).length === 0 ? {} : { otherValues: taken.others }),
          },
        };
      };
      return talk(aboutOf(begun), collect, giveUp);
    },
    ...(stop && {
      cancel: async (begun: Begun) => {
        await stopped(aboutOf(begun));
        cancelled.add(begun.key);
      },
      safeStop: async (open: readonly Begun[]) => {
        await stopped({ key: '', name: '', request: null });
        return open;
      },
    }),
    health: async () => {
      const trouble = await talk({ key: '', name: '', request: null }, async () => null).catch(
        ({ message }: Error) => message,
      );
      if (trouble === null) return { ok: true, message: `${name} answers` };
      return { ok: false, message: trouble, remedy: 'see that the instrument is on and can be reached from here' };
    },
  };

  async function isThere(text: string, match: ReturnType<typeof matched>, begun: Begun): Promise<boolean> {
    if (typeof match === 'string') return false;
    if (done.is === undefined) return true;
    return isNear(match.value ?? text, await filledNumber(done.is, aboutOf(begun)), done.within);
  }
}

/** Before the start nothing moved: a refusal is one, and trouble can be tried again. */
function before(error: Error): never {
  if (error instanceof RefusedByDevice || error instanceof NotBegunError) throw error;
  throw new NotBegunError(error.message, { cause: error });
}

/** What is said on one line about one job. */
class Talk {
  constructor(
    private readonly conversation: Conversation,
    private readonly about: About,
  ) {}

  /** @throws {NotBegunError} if somebody else answers */
  async identify(identity: LinesSettings['identity'] & Ask): Promise<void> {
    const { text, match } = await this.answered(identity).catch(before);
    if (typeof match === 'string')
      throw new NotBegunError(`another instrument answers: ${shown(text)} to '${identity.send}'`);
  }

  /** Fills a step in without saying it, so that what cannot be filled in is known before anything moves. */
  async prepared({ send, back }: LineStep): Promise<void> {
    await filledText(send, this.about);
    if (back !== undefined) await filledNumber(back.is, this.about);
  }

  /** A command, its answer, and what is read back. @throws {RefusedByDevice} if the instrument did not do it */
  async carryOut(step: LineStep): Promise<void> {
    if (step.answer === undefined) await this.conversation.send(await filledText(step.send, this.about));
    else {
      const { text, match } = await this.answered(step);
      if (typeof match === 'string') throw refusal('answer', `'${step.send}' was answered with ${shown(text)}`);
    }
    if (step.back === undefined) return;
    const { text, match } = await this.answered(step.back);
    const wanted = await filledNumber(step.back.is, this.about);
    if (typeof match === 'string' || !isNear(match.value ?? text, wanted, step.back.within))
      throw refusal(
        'readBack',
        `after '${await filledText(step.send, this.about)}' the instrument says ${shown(text)} to '${step.back.send}'; ${wanted} was set`,
      );
  }

  async answered({ send, answer }: Ask): Promise<{ text: string; match: ReturnType<typeof matched> }> {
    const text = await this.conversation.ask(await filledText(send, this.about));
    return { text, match: matched(answer ?? '', text) };
  }

  /** @throws {AdapterError} if the answer does not fit */
  async read(ask: Ask): Promise<string> {
    const { text, match } = await this.answered(ask);
    if (typeof match === 'string') throw new AdapterError(`'${ask.send}' was answered with ${shown(text)}`);
    return match.value ?? text;
  }
}

function refusal(code: string, message: string): RefusedByDevice {
  return new RefusedByDevice({ class: 'device', code, message });
}

function isNear(found: string, wanted: string | number, within: number): boolean {
  const number = numberOf(found, true);
  const target = typeof wanted === 'number' ? wanted : numberOf(wanted, true);
  if (typeof number === 'number' && typeof target === 'number')
    return Math.abs(number - target) <= within + 1e-12 * Math.abs(target);
  return found.trim() === String(wanted).trim();
}

function shown(text: string): string {
  return JSON.stringify(cleanText(text, 100));
}
