import { randomBytes } from 'node:crypto';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import { standingAt, stepsOf } from '../internal/answer-path.js';
import { shown } from '../internal/outcomes.js';
import { NotBegunError } from '../internal/remote-device.js';
import { readJsonReply } from '../internal/reply.js';
import { type Connection, type Message, seconds } from './connection.js';
import { type About, filledMessage, filledTopic } from './filled.js';
import type { MqttSettings, Order, Readable, Sent } from './settings.js';

/** A response topic of ours for one thing that is asked. */
export function responseTopic({ replies }: MqttSettings, name: string): string {
  return `${replies}/${name}/${randomBytes(6).toString('hex')}`;
}

/** Asks the device something, and waits for the answer. @throws {AdapterError} if there is none in time */
export async function askedFor(
  connection: Connection,
  settings: MqttSettings,
  sent: Sent,
  about: About,
): Promise<Uint8Array> {
  const message = await filledMessage(settings, sent, about);
  const topic = responseTopic(settings, about.name === '' ? 'athanor' : about.name);
  const correlation = randomBytes(12).toString('hex');
  await connection.subscribe(topic);
  // What is not answered in time is not wanted any more.
  await connection.publish({ ...message, expiryS: seconds(settings.timeout), answer: { topic, correlation } });
  const found = await connection.message(answers(topic, correlation));
  if (found !== null) return found.bytes;
  throw new AdapterError(
    `no answer to ${message.topic} within ${settings.timeout} (the broker delivers none of more than ${settings.replyLimit} bytes)`,
  );
}

/** Messages that answer to a command: on its response topic, with its correlation data. */
export function answers(topic: string, correlation: string): (message: Message) => boolean {
  return (message) => message.topic === topic && message.correlation === correlation;
}

/** What can be read in a place: asked for, or retained; null where the broker retains nothing. */
export async function readFrom(
  connection: Connection,
  settings: MqttSettings,
  { ask, retained }: Readable,
  about: About,
): Promise<Uint8Array | null> {
  if (ask !== undefined) return askedFor(connection, settings, ask, about);
  return connection.retained(await filledTopic(settings, retained!, about), durationMs(settings.settle));
}

/** Tells the device to do something with a job. */
export async function ordered(
  connection: Connection,
  settings: MqttSettings,
  { answered, ...sent }: Order,
  about: About,
): Promise<void> {
  if (answered) await askedFor(connection, settings, sent, about);
  else
    await connection.publish({ ...(await filledMessage(settings, sent, about)), expiryS: seconds(settings.timeout) });
}

/** Why the device is not there, as it or its will says; null where it is, or nothing tells. */
export async function absence(connection: Connection, settings: MqttSettings): Promise<string | null> {
  const { presence } = settings;
  if (presence === undefined) return null;
  const topic = `${settings.device}/${presence.topic}`;
  const bytes = await connection.retained(topic, durationMs(settings.settle));
  if (bytes === null) return `nothing is retained on ${topic}: the device was never there`;
  let word: unknown = Buffer.from(bytes).toString('utf8');
  if (presence.path !== undefined) {
    const read = readJsonReply(bytes, `what is retained on ${topic}`);
    if ('refusal' in read) return read.refusal;
    word = standingAt(read.document, stepsOf(presence.path)!);
  }
  if (presence.online.some((each) => each === word)) return null;
  return `the device is away: ${shown(word)} is retained on ${topic}`;
}

/** @throws {NotBegunError} unless the device is there, as far as that is told */
export async function mustBeThere(connection: Connection, settings: MqttSettings): Promise<void> {
  const away = await absence(connection, settings);
  if (away !== null) throw new NotBegunError(away);
}
