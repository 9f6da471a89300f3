import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IPublishPacket, MqttClient } from 'mqtt';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import { NotBegunError } from '../internal/remote-device.js';
import { type Given, type Surroundings, secretValues } from '../internal/secrets.js';
import type { MqttSettings } from './settings.js';

/** A message that came. */
export interface Message {
  readonly topic: string;
  readonly bytes: Uint8Array;
  /** What it answers to. */
  readonly correlation: string | null;
}

/** A message to be sent. */
export interface Outgoing {
  readonly topic: string;
  readonly payload: string;
  /** Seconds after which a broker that could not deliver it drops it. */
  readonly expiryS: number;
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** Where answers are wanted, and what they repeat. */
  readonly answer?: { readonly topic: string; readonly correlation: string } | undefined;
}

/** What the settings take from variables of the worker, by path. */
export function secretsOf({ password }: MqttSettings): Record<string, Given> {
  return password === undefined ? {} : { password };
}

/** A session of the broker's that outlives the connection. */
export interface Session {
  readonly name: string;
  /** Whether one that is there already is thrown away, with what waits in it. */
  readonly fresh: boolean;
  /** Called with each message before the broker is told that we have it. */
  readonly keep: (message: Message) => Promise<void>;
}

/** Bytes of a packet that are not payload: topic and properties. */
const packetHead = 128 * 1024;

/**
 * A connection to the broker, for one act: it is never made again by itself, and what could not be sent is not sent later, so that
 * trouble before the first command is known to have begun nothing.
 */
export class Connection {
  private readonly arrived: Message[] = [];
  private readonly waiting = new Set<() => void>();
  private trouble: AdapterError | null = null;
  private acknowledged: number | null = null;

  private constructor(
    private readonly client: MqttClient,
    private readonly timeoutMs: number,
    /** Whether the broker had the session. */
    readonly resumed: boolean,
    private readonly keeps: boolean,
  ) {
    client.on('error', (error: Error) => this.breaks(`trouble with the broker: ${error.message}`, error));
    client.on('close', () => this.breaks('the connection to the broker was lost'));
    client.on('packetreceive', (packet) => {
      if (packet.cmd === 'puback') this.acknowledged = packet.reasonCode ?? 0;
    });
  }

  /** @param session - null for a connection of which the broker keeps nothing @throws {AdapterError} if none can be made */
  static async open(settings: MqttSettings, environment: Surroundings, session: Session | null): Promise<Connection> {
    const { url, user, ca, cert, certKey, replyLimit } = settings;
    const timeoutMs = durationMs(settings.timeout);
    const { password } = secretValues(secretsOf(settings), environment);
    const file = async (name: string | undefined) =>
      name === undefined
        ? undefined
        : readFile(name, 'utf8').catch((cause: Error) => {
            throw new AdapterError(`${name} cannot be read: ${cause.message}`, { cause });
          });
    const pem = { ca: await file(ca), cert: await file(cert), key: await file(certKey) };
    const { default: mqtt } = await import('mqtt');
    const client = mqtt.connect(url, {
      protocolVersion: 5,
      clientId: session?.name ?? `athanor-${randomBytes(12).toString('hex')}`,
      clean: session?.fresh ?? true,
      reconnectPeriod: 0,
      connectTimeout: timeoutMs,
      resubscribe: false,
      queueQoSZero: false,
      ...(user !== undefined && { username: user }),
      ...(password !== undefined && { password }),
      ...Object.fromEntries(Object.entries(pem).filter(([, text]) => text !== undefined)),
      properties: {
        sessionExpiryInterval: session === null ? 0 : Math.min(0xffff_fffe, seconds(settings.session)),
        maximumPacketSize: replyLimit + packetHead,
      },
    });
    let connection: Connection | null = null;
    const before: (readonly [Message, (error?: Error) => void])[] = [];
    const take = (message: Message, done: (error?: Error) => void) => {
      if (connection === null) before.push([message, done]);
      else connection.take(message, session, done);
    };
    client.handleMessage = (packet, done) => take(messageOf(packet), (error) => done(error));
    try {
      const resumed = await new Promise<boolean>((resolve, reject) => {
        client.once('connect', ({ sessionPresent }) => resolve(sessionPresent));
        client.on('error', reject);
        client.once('close', () =>
          reject(new Error(`no connection within ${settings.timeout}, or it was closed at once`)),
        );
      });
      connection = new Connection(client, timeoutMs, resumed, session !== null);
      for (const [message, done] of before) connection.take(message, session, done);
      return connection;
    } catch (cause) {
      client.on('error', () => {});
      client.end(true);
      throw new AdapterError(`${url}: ${wordsOf(cause)}`, { cause });
    }
  }

  private take(message: Message, session: Session | null, done: (error?: Error) => void): void {
    (session?.keep(message) ?? Promise.resolve()).then(
      () => {
        this.arrived.push(message);
        this.wakeAll();
        done();
      },
      (error: Error) => {
        this.breaks(error.message, error);
        // Not acknowledged: the broker sends it again to the next connection.
        this.client.end(true);
      },
    );
  }

  /** Waits for a message, also among those that came before; null where none comes in time. @throws {AdapterError} if the line breaks */
  async message(fits: (message: Message) => boolean, withinMs = this.timeoutMs, from = 0): Promise<Message | null> {
    return this.until(() => this.arrived.slice(from).find(fits) ?? null, withinMs);
  }

  private until<T>(look: () => T | null, withinMs: number): Promise<T | null> {
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        act();
      };
      const wake = () => {
        const found = look();
        if (found !== null) end(() => resolve(found));
        else if (this.trouble !== null) end(() => reject(this.trouble!));
      };
      const timer = setTimeout(() => end(() => resolve(null)), withinMs);
      this.waiting.add(wake);
      wake();
    });
  }

  /** All messages that have come so far, in their order. */
  get all(): readonly Message[] {
    return this.arrived;
  }

  /** @param retained - whether what is retained there is wanted @throws {AdapterError} if the broker does not let us */
  async subscribe(topic: string, retained = true): Promise<void> {
    const asked = this.client.subscribeAsync(topic, { qos: 1, rh: retained ? 0 : 2 });
    const granted = await this.bounded(asked, `subscribing to ${topic}`);
    const code = granted[0]?.qos ?? 128;
    if (code >= 128) throw new AdapterError(`the broker refuses a subscription to ${topic} (reason ${code})`);
  }

  /** What the broker retains on a topic; null where nothing. */
  async retained(topic: string, settleMs: number): Promise<Uint8Array | null> {
    // It comes anew with each subscription.
    const from = this.arrived.length;
    await this.subscribe(topic);
    const fits = (message: Message) => message.topic === topic;
    let found = await this.message(fits, 0, from);
    if (found === null) {
      // What the broker sends in order has come once it answers again, however slow the line is; others get more time.
      await this.subscribe(topic, false);
      found = await this.message(fits, settleMs, from);
    }
    return found === null || found.bytes.length === 0 ? null : found.bytes;
  }

  /**
   * Sends a message with QoS 1, and waits until the broker has it.
   * @throws {NotBegunError} if it says that nobody will get it; any other error leaves that open
   */
  async publish({ topic, payload, expiryS, properties, answer }: Outgoing): Promise<void> {
    this.acknowledged = null;
    const sending = this.client.publishAsync(topic, payload, {
      qos: 1,
      properties: {
        messageExpiryInterval: expiryS,
        contentType: 'application/json',
        payloadFormatIndicator: true,
        ...(properties !== undefined && { userProperties: { ...properties } }),
        ...(answer !== undefined && {
          responseTopic: answer.topic,
          correlationData: Buffer.from(answer.correlation),
        }),
      },
    });
    await this.bounded(sending, `publishing to ${topic}`).catch((error: Error) => {
      if ((this.acknowledged ?? 0) < 128) throw error;
      throw new NotBegunError(`the broker refuses a message to ${topic}: ${error.message} (${this.acknowledged})`);
    });
    if (this.acknowledged === 16) throw new NotBegunError(`nobody has subscribed to ${topic}: the device is not there`);
  }

  /** @throws {AdapterError} if the broker does not answer in time, or the line breaks */
  private async bounded<T>(work: Promise<T>, what: string): Promise<T> {
    const acted = work.then(
      (value) => ({ value }),
      (error: Error) => ({ error }),
    );
    let ended: Awaited<typeof acted> | null = null;
    void acted.then((outcome) => {
      ended = outcome;
      this.wakeAll();
    });
    const outcome = await this.until(() => ended, this.timeoutMs);
    if (outcome === null) throw new AdapterError(`no acknowledgement of ${what} within ${this.timeoutMs / 1000} s`);
    if ('error' in outcome) throw new AdapterError(`${what}: ${outcome.error.message}`, { cause: outcome.error });
    return outcome.value;
  }

  private wakeAll(): void {
    for (const wake of [...this.waiting]) wake();
  }

  private breaks(message: string, cause?: Error): void {
    this.trouble ??= new AdapterError(message, { cause });
    this.wakeAll();
  }

  /** Ends the connection. @param forget - whether the broker forgets our session too */
  async close(forget = false): Promise<void> {
    const properties = this.keeps && !forget ? {} : { properties: { sessionExpiryInterval: 0 } };
    if (this.trouble !== null) this.client.end(true);
    else await this.client.endAsync(false, { reasonCode: 0, ...properties }).catch(() => this.client.end(true));
  }
}

/** Seconds of a duration, one at least. */
export function seconds(text: string): number {
  return Math.max(1, Math.round(durationMs(text) / 1000));
}

function messageOf({ topic, payload, properties }: IPublishPacket): Message {
  return {
    topic,
    bytes: typeof payload === 'string' ? Buffer.from(payload) : payload,
    correlation: properties?.correlationData?.toString('utf8') ?? null,
  };
}

function wordsOf(cause: unknown): string {
  const { message, code } = cause as { message: string; code?: unknown };
  return message !== '' ? message : `no connection (${String(code)})`;
}
