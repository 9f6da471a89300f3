import { readFile } from 'node:fs/promises';
import type { CallOptions, Client, ClientReadableStream, Metadata, ServiceError } from '@grpc/grpc-js';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError } from '../../models/domain/errors.js';
import { type Given, type Surroundings, secretValues } from '../internal/secrets.js';
import { failureOf, SilaFailure } from './errors.js';
import { type Command, type Feature, type Property, readFeature } from './feature.js';
import { Messages } from './messages.js';
import type { SilaSettings } from './settings.js';
import { written } from './values.js';

/** Every SiLA 2 server has this feature; what is used of it. */
const text = { kind: 'basic', basic: 'String' } as const;
const service: Feature = {
  id: 'org.silastandard/core/SiLAService/v1',
  package: 'sila2.org.silastandard.core.silaservice.v1',
  name: 'SiLAService',
  commands: [
    {
      id: 'GetFeatureDefinition',
      observable: false,
      parameters: [{ id: 'FeatureIdentifier', type: text }],
      responses: [{ id: 'FeatureDefinition', type: text }],
    },
  ],
  properties: [{ id: 'ServerUUID', observable: false, type: text }],
  types: [],
  metadata: [],
};

/** What the settings take from variables of the worker, by path. */
export function secretsOf({ metadata }: SilaSettings): Record<string, Given> {
  return Object.fromEntries(Object.entries(metadata).map(([id, given]) => [`metadata[${JSON.stringify(id)}]`, given]));
}

/** A connection to a SiLA 2 server, for one act. */
export class SilaClient {
  private constructor(
    private readonly grpc: typeof import('@grpc/grpc-js'),
    private readonly client: Client,
    private readonly settings: SilaSettings,
    /** Messages of the feature that every server has. */
    readonly service: Messages,
  ) {}

  /** @throws {AdapterError} if none can be made; nothing was called then */
  static async open(settings: SilaSettings): Promise<SilaClient> {
    const { server, insecure, ca, certificateName, timeout, replyLimit } = settings;
    const { default: grpc } = await import('@grpc/grpc-js');
    const trusted =
      ca === undefined
        ? null
        : await readFile(ca).catch((cause: Error) => {
            throw new AdapterError(`${ca} cannot be read: ${cause.message}`, { cause });
          });
    const credentials = insecure ? grpc.credentials.createInsecure() : grpc.credentials.createSsl(trusted);
    const client = new grpc.Client(server, credentials, {
      // A call that was lost is not made again by itself.
      'grpc.enable_retries': 0,
      'grpc.max_receive_message_length': replyLimit,
      'grpc.use_local_subchannel_pool': 1,
      'grpc.enable_http_proxy': 0,
      ...(certificateName !== undefined && { 'grpc.ssl_target_name_override': certificateName }),
    });
    const made = new SilaClient(grpc, client, settings, await Messages.of(service));
    const deadline = Date.now() + durationMs(timeout);
    await new Promise<void>((resolve, reject) => {
      client.waitForReady(deadline, (error) => (error ? reject(error) : resolve()));
    }).catch((cause: Error) => {
      made.close();
      throw new AdapterError(
        `${server}: no connection within ${timeout}${insecure ? '' : ' by TLS'}: ${cause.message}`,
        { cause },
      );
    });
    return made;
  }

  close(): void {
    this.client.close();
  }

  /** @throws {SilaFailure} if there is no answer */
  async call(messages: Messages, rpc: string, bytes: Uint8Array, withinMs?: number): Promise<Uint8Array> {
    const [path, metadata, options] = this.parts(messages, rpc, withinMs);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(path, toBuffer, asIs, bytes, metadata, options, (error, answer) => {
        if (error !== null) reject(failureOf(error, messages, rpc));
        else resolve(answer ?? new Uint8Array());
      });
    });
  }

  /** The first message of a stream, which is ended then: each open one keeps a thread of the server. @throws {SilaFailure} if none comes */
  async first(messages: Messages, rpc: string, bytes: Uint8Array): Promise<Uint8Array> {
    const [path, metadata, options] = this.parts(messages, rpc);
    const stream: ClientReadableStream<Uint8Array> = this.client.makeServerStreamRequest(
      path,
      toBuffer,
      asIs,
      bytes,
      metadata,
      options,
    );
    try {
      return await new Promise((resolve, reject) => {
        stream.once('data', resolve);
        stream.on('error', (error: ServiceError) => reject(failureOf(error, messages, rpc)));
        stream.once('end', () => reject(new SilaFailure(`${rpc}: ended without a word`, 'transport', 'end')));
      });
    } finally {
      stream.cancel();
    }
  }

  private parts(messages: Messages, rpc: string, withinMs?: number): [string, Metadata, CallOptions] {
    const metadata = new this.grpc.Metadata();
    // Of the server itself everybody may ask.
    if (messages !== this.service) for (const [name, value] of this.metadata) metadata.add(name, value);
    const { package: name, name: feature } = messages.feature;
    const deadline = Date.now() + (withinMs ?? durationMs(this.settings.timeout));
    return [`/${name}.${feature}/${rpc}`, metadata, { deadline }];
  }

  private metadata: readonly (readonly [string, Buffer])[] = [];

  /** Sends texts of the settings with every call to a device. @throws {AdapterError} while the worker lacks a variable */
  async useMetadata(environment: Surroundings): Promise<void> {
    const values = secretValues(secretsOf(this.settings), environment);
    const pairs = Object.keys(this.settings.metadata).map(async (id) => {
      const [feature = '', name = ''] = id.split('/Metadata/');
      const messages = await this.messages(feature);
      const of = messages.feature.metadata.filter((each) => each.id === name);
      const made = written(messages, `Metadata_${name}`, of, { [name]: values[`metadata[${JSON.stringify(id)}]`] });
      if ('faults' in made)
        throw new AdapterError(`metadata ${id}: ${made.faults.map(({ message }) => message).join('; ')}`);
      return [`sila-${id.replaceAll('/', '-').toLowerCase()}-bin`, Buffer.from(made.bytes)] as const;
    });
    this.metadata = await Promise.all(pairs);
  }

  /** Messages of a feature by the server's own definition, or that of the settings. @throws {AdapterError} if there is none */
  async messages(feature: string): Promise<Messages> {
    if (feature === this.settings.feature && this.settings.definition !== undefined)
      return definitionIn(this.settings.definition, feature);
    const asked = written(this.service, 'GetFeatureDefinition_Parameters', service.commands[0]!.parameters, {
      FeatureIdentifier: feature,
    }) as { bytes: Uint8Array };
    const answer = await this.call(this.service, 'GetFeatureDefinition', asked.bytes).catch((cause: Error) => {
      // No answer of a device to a command.
      throw new AdapterError(`the server's definition of ${feature} cannot be had: ${cause.message}`, { cause });
    });
    const { FeatureDefinition: xml } = this.service.of('GetFeatureDefinition_Responses').decode(answer) as unknown as {
      FeatureDefinition: { value: string } | null;
    };
    return messagesIn(xml?.value ?? '', feature, `the server's definition of ${feature}`);
  }
}

/** Messages of a definition in a file. @throws {AdapterError} if it is none of that feature */
export async function definitionIn(file: string, feature: string): Promise<Messages> {
  const xml = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new AdapterError(`${file} cannot be read: ${cause.message}`, { cause });
  });
  return messagesIn(xml, feature, file);
}

async function messagesIn(xml: string, feature: string, what: string): Promise<Messages> {
  let messages: Messages;
  try {
    messages = await Messages.of(readFeature(xml));
  } catch (cause) {
    throw new AdapterError(`${what} cannot be understood: ${(cause as Error).message}`, { cause });
  }
  if (messages.feature.id === feature) return messages;
  throw new AdapterError(`${what} is that of ${messages.feature.id}`);
}

/** A command of a feature. @throws {AdapterError} if it has none of that name */
export function commandOf({ feature }: Messages, name: string): Command {
  return found(feature.commands, name, `${feature.id} has no command`);
}

/** A property of a feature. @throws {AdapterError} if it has none of that name */
export function propertyOf({ feature }: Messages, name: string): Property {
  return found(feature.properties, name, `${feature.id} has no property`);
}

function found<T extends { readonly id: string }>(all: readonly T[], name: string, what: string): T {
  const one = all.find(({ id }) => id === name);
  if (one !== undefined) return one;
  throw new AdapterError(`${what} '${name}'; there are ${all.map(({ id }) => id).join(', ')}`);
}

const toBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
const asIs = (bytes: Buffer): Uint8Array => bytes;
