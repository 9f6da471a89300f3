import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import type { JobRequest, JobStatus } from '../contract.js';
import { finalStates } from '../contract.js';
import { namesJob } from '../internal/adoption.js';
import { standingAt, stepsOf } from '../internal/answer-path.js';
import { measuredIn } from '../internal/measured.js';
import type { Asked, Begun, Collected, RemoteDevice, Seen } from '../internal/remote-device.js';
import { NotBegunError, RefusedByDevice } from '../internal/remote-device.js';
import { type Read, readJsonReply } from '../internal/reply.js';
import { type Surroundings, withoutSecrets } from '../internal/secrets.js';
import { causeIn, lackingWord, nameIn, statusIn } from '../internal/telling.js';
import { Connection, type Session, seconds, secretsOf } from './connection.js';
import { type About, filledMessage, requestFaults } from './filled.js';
import type { Inbox } from './inbox.js';
import type { MqttSettings, Order } from './settings.js';
import { absence, answers, mustBeThere, ordered, readFrom, responseTopic } from './talk.js';

/** What was said of a job. */
interface Answer {
  readonly told: unknown;
  readonly bytes: Uint8Array | null;
  /** Whether it could not be read. */
  readonly refused?: boolean;
}

const bare = { key: '', name: '', request: null };

/** A device that takes commands over a broker of MQTT 5. */
export function mqttDevice(settings: MqttSettings, environment: Surroundings, inbox: Inbox): RemoteDevice {
  const { submit, find, status, result, failure, cost, presence } = settings;
  const timeoutMs = durationMs(settings.timeout);
  const expiryMs = durationMs(submit.expiry);
  const clean = <T>(value: T) => withoutSecrets(value, secretsOf(settings), environment);
  const awaySince = new Map<string, number>();

  const connected = async <T>(session: Session | null, act: (connection: Connection) => Promise<T>): Promise<T> => {
    const connection = await Connection.open(settings, environment, session);
    try {
      return await act(connection);
    } finally {
      await connection.close();
    }
  };
  /** The session in which the broker keeps the answers to the command of a job while we are away. */
  const sessionOf = (name: string, fresh: boolean): Session => ({
    name: `athanor-${name}`,
    fresh,
    keep: async ({ topic, bytes }) => {
      if (topic.startsWith(`${settings.replies}/${name}/`)) await inbox.add(name, bytes);
    },
  });
  const document = (bytes: Uint8Array, what: string): unknown => {
    const read = readJsonReply(bytes, what);
    if ('document' in read) return clean(read.document);
    throw new AdapterError(clean(read.refusal));
  };
  const isOurs = (told: unknown, key: string, match: string | undefined) =>
    match === undefined || standingAt(told, stepsOf(match)!) === key;

  const found = async (connection: Connection, about: About): Promise<string | null> => {
    const bytes = await readFrom(connection, settings, find!, about);
    if (bytes === null) return null;
    const told = document(bytes, "the answer to 'find'");
    if (find!.none !== undefined && lackingWord(told, find!.none) === null) return null;
    if (!isOurs(told, about.key, find!.match)) return null;
    const job = find!.job === undefined ? about.key : nameIn(told, find!.job);
    if (job === null) throw new AdapterError(`the answer to 'find' names no job at ${find!.job}`);
    return job;
  };

  const order = (given: Order) => (begun: Begun) =>
    connected(null, (connection) => ordered(connection, settings, given, begun));

  return {
    traits: { resultRetention: 'permanent', exclusive: false, deterministic: false, virtualTime: false },
    pollMs: durationMs(settings.poll),
    // A connection, subscriptions, what is retained, the broker's word and the device's.
    lastJobOnly: status.replies !== true && status.match === undefined && !namesJob(status),
    beginLimitMs: 6 * timeoutMs + durationMs(settings.settle),
    // A broker keeps a command for a device that comes back.
    lateMs: find?.after === undefined ? expiryMs + timeoutMs : durationMs(find.after),
    cost: typeof cost === 'number' ? cost : undefined,
    validate: (request: JobRequest) => requestFaults(settings, request),
    async begin(asked: Asked) {
      const message = await filledMessage(settings, submit, asked).catch(before);
      const topic = responseTopic(settings, asked.name);
      const follows = status.replies === true;
      // What an earlier command was answered, which began nothing, is not to be taken for the answer to this one.
      if (follows) await inbox.clear(asked.name).catch(before);
      const connection = await Connection.open(
        settings,
        environment,
        follows ? sessionOf(asked.name, true) : null,
      ).catch(before);
      try {
        await mustBeThere(connection, settings).catch(before);
        await connection.subscribe(topic).catch(before);
        const answer = { topic, correlation: asked.key };
        await connection.publish({ ...message, expiryS: seconds(submit.expiry), answer });
        if (submit.confirm === 'find') return await seen(connection, asked);
        const reply = await connection.message(answers(topic, asked.key));
        if (reply === null) throw new AdapterError(`no answer to ${message.topic} within ${settings.timeout}`);
        return accepted(document(reply.bytes, "the answer to 'submit'"), asked.key);
      } finally {
        await connection.close();
      }
    },
    ...(find && {
      find: (key: string, name: string) =>
        connected(null, async (connection) => {
          // Who is away answers nothing, and what it retained may be older than the command.
          const away = await absence(connection, settings);
          if (away !== null) throw new AdapterError(away);
          return found(connection, { key, name, request: null });
        }),
    }),
    look: async (begun: Begun): Promise<Seen> => {
      const session = status.replies === true ? sessionOf(begun.name, false) : null;
      return connected(session, async (connection) => {
        const told = status.replies ? await followed(connection, begun) : await read(connection, begun);
        if (told !== null && finalStates.has(told.state)) return told;
        const isClear = told !== null && !(told.answer as Answer).refused;
        const away = await absence(connection, settings);
        if (away === null) awaySince.delete(begun.key);
        else return lost(begun, away);
        if (isClear) return told;
        const message = told?.message ?? (status.replies ? 'no answer since' : 'no sign of the job yet');
        if (Date.now() - begun.at < durationMs(status.limit)) return { state: 'accepted', message };
        return { ...told, state: 'unknown', message: `no sign of the job within ${status.limit}: ${message}` };
      });
    },
    async collect(begun: Begun, seen: Seen): Promise<Collected> {
      const { told = null, bytes = null } = (seen.answer ?? {}) as Partial<Answer>;
      // All that was answered is written down here; the broker need keep nothing more.
      if (status.replies)
        await Connection.open(settings, environment, sessionOf(begun.name, true)).then(
          (connection) => connection.close(true),
          () => {},
        );
      if (seen.state !== 'succeeded') return { values: {}, cause: causeIn(told, failure, seen), artefacts: raw(bytes) };
      const answer =
        result === undefined
          ? bytes
          : await connected(null, (connection) => readFrom(connection, settings, result, begun));
      const given: Read =
        answer === null ? { refusal: 'the device retains no result' } : readJsonReply(answer, 'the result');
      return { ...(await measuredIn(clean(given), settings, begun.request)), artefacts: raw(answer) };
    },
    ...(settings.cancel && { cancel: order(settings.cancel) }),
    ...(settings.pause && settings.resume && { pause: order(settings.pause), resume: order(settings.resume) }),
    ...((settings.safeStop ?? settings.cancel) && {
      safeStop: async (open: readonly Begun[]) => {
        if (settings.safeStop !== undefined)
          await connected(null, (connection) => ordered(connection, settings, settings.safeStop!, bare));
        else await Promise.all(open.map(order(settings.cancel!)));
        // What became of the jobs the device tells.
        return [];
      },
    }),
    health: async () => {
      const trouble = await connected(null, (connection) => absence(connection, settings)).catch(
        ({ message }: Error) => message,
      );
      if (trouble !== null)
        return {
          ok: false,
          message: trouble,
          remedy: 'see that broker and device are on and can be reached from here',
        };
      return { ok: true, message: presence === undefined ? `${settings.url} answers` : 'the device is there' };
    },
  };

  /** The job that the device has after a command that it does not answer. */
  async function seen(connection: Connection, asked: Asked): Promise<string> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const job = await found(connection, asked);
      if (job !== null) return job;
      if (Date.now() >= until) throw new AdapterError(`the device does not show the job within ${settings.timeout}`);
      await connection.message(() => false, Math.min(timeoutMs, 200));
    }
  }

  function accepted(told: unknown, key: string): string {
    const answer = clean(JSON.stringify(told)).slice(0, 200);
    if (submit.busy !== undefined && lackingWord(told, submit.busy) === null)
      throw new NotBegunError(`the device is busy: ${answer}`);
    if (submit.refused !== undefined && lackingWord(told, submit.refused) === null)
      throw new RefusedByDevice({ class: 'operator', code: 'refused', message: `the device answers ${answer}` });
    const lacking = lackingWord(told, submit.where ?? {});
    // A device that tells at once how the job stands has it.
    const tellsState = status.replies && statusIn(told, status).state !== 'unknown';
    if (lacking !== null && !tellsState) throw new AdapterError(`'submit' was answered with ${lacking}: ${answer}`);
    const job = submit.job === undefined ? key : nameIn(told, submit.job);
    if (job === null) throw new AdapterError(`the answer to 'submit' names no job at ${submit.job}: ${answer}`);
    return job;
  }

  /** What all that the device answered amounts to: its first word of an end, else its last; null where it said nothing. */
  async function followed(connection: Connection, begun: Begun): Promise<Seen | null> {
    // The broker has lost the session: what comes from now on is at least not missed.
    if (!connection.resumed) await connection.subscribe(`${settings.replies}/${begun.name}/+`);
    // Nothing more is waiting once there is a rest.
    for (let had = -1; had !== connection.all.length; ) {
      had = connection.all.length;
      await connection.message(() => connection.all.length > had, Math.min(100, timeoutMs));
    }
    const all = (await inbox.all(begun.name)).map((bytes) => statusOf(bytes, begun));
    return (
      all.find((each) => each !== null && finalStates.has(each.state)) ?? all.findLast((each) => each !== null) ?? null
    );
  }

  async function read(connection: Connection, begun: Begun): Promise<Seen | null> {
    if (status.ask !== undefined) {
      const away = await absence(connection, settings);
      if (away !== null) return lost(begun, away);
    }
    const bytes = await readFrom(connection, settings, status, begun);
    if (bytes === null) return null;
    const told = document(bytes, 'what tells the state');
    if (!isOurs(told, begun.key, status.match)) return null;
    return { ...statusOfTold(told, begun), answer: { told, bytes } };
  }

  /** An answer that cannot be read tells nothing of the state; it stays where it is, and is kept in the end. */
  function statusOf(bytes: Uint8Array, begun: Begun): Seen | null {
    const read = readJsonReply(bytes, 'the answer');
    if (!('document' in read))
      return { state: 'accepted', message: clean(read.refusal), answer: { told: null, bytes, refused: true } };
    const told = clean(read.document);
    return isOurs(told, begun.key, status.match) ? { ...statusOfTold(told, begun), answer: { told, bytes } } : null;
  }

  function statusOfTold(told: unknown, begun: Begun): JobStatus {
    if (status.lost !== undefined && lackingWord(told, status.lost) === null)
      return { state: 'unknown', message: `the device has no job '${begun.handle}'` };
    return statusIn(told, status);
  }

  /** A job of a device that is away. @throws {AdapterError} while it may come back */
  function lost({ key }: Begun, away: string): Seen {
    const since = awaySince.get(key) ?? Date.now();
    awaySince.set(key, since);
    if (presence?.limit === undefined || Date.now() - since < durationMs(presence.limit)) throw new AdapterError(away);
    return { state: 'unknown', message: `${away}, for ${presence.limit}` };
  }

  function raw(bytes: Uint8Array | null): Collected['artefacts'] {
    if (bytes === null) return undefined;
    const text = Buffer.from(bytes).toString('utf8');
    const shown = clean(text);
    return { 'reply.json': shown === text ? bytes : Buffer.from(shown) };
  }
}

/** Before the command nothing moved: trouble can be tried again. */
function before(error: Error): never {
  if (error instanceof AdapterError && !(error instanceof NotBegunError))
    throw new NotBegunError(error.message, { cause: error });
  throw error;
}
