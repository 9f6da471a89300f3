import { readFile } from 'node:fs/promises';
import type { ClientSession, DataValue, OPCUAClient, UserIdentityInfo } from 'node-opcua-client';
import { durationMs } from '../../models/domain/duration.js';
import { AdapterError, ContractError } from '../../models/domain/errors.js';
import { type Given, type Surroundings, secretValues } from '../internal/secrets.js';
import { plainValue, sentAs } from './plain.js';
import type { Call, OpcuaSettings } from './settings.js';

type Library = typeof import('node-opcua-client');
type Certificates = typeof import('node-opcua-certificate-manager');

/** What sessions need; takes about a second the first time. @throws {AdapterError} if it is not installed */
export function loadLibrary(): Promise<readonly [Library, Certificates]> {
  return Promise.all([import('node-opcua-client'), import('node-opcua-certificate-manager')]).catch((cause: Error) => {
    throw new AdapterError(`OPC UA needs the package node-opcua-client, which is not installed: ${cause.message}`, {
      cause,
    });
  });
}

/** What the settings take from variables of the worker, by path. */
export function secretsOf({ password }: OpcuaSettings): Record<string, Given> {
  return password === undefined ? {} : { password };
}

/** A value that was read. */
export interface Reading {
  readonly value: unknown;
  /** What is not good about it, in words; null where it is good. */
  readonly trouble: string | null;
  /** Changes whenever the server writes it anew, also with the same value. */
  readonly stamp: string;
}

/** How a server answered a call or a write: a status code by its name. */
export class BadStatus extends AdapterError {
  constructor(
    readonly status: string,
    message: string,
  ) {
    super(message);
  }
}

/** An answer beyond the setting `replyLimit`: it will not get less. */
export class TooLong extends AdapterError {}

/** A session with an OPC UA server. It is never made again by itself, and what could not be sent is not sent later. */
export class Session {
  private broken: Error | null = null;

  private constructor(
    private readonly library: Library,
    private readonly client: OPCUAClient,
    private readonly session: ClientSession,
    private readonly settings: OpcuaSettings,
    private readonly namespaces: readonly string[],
    /** When the server was started, as it says. */
    readonly started: string,
  ) {}

  /** @param folder - of our certificate and key @throws {AdapterError} if none can be made; nothing was asked for then */
  static async open(settings: OpcuaSettings, environment: Surroundings, folder: string): Promise<Session> {
    const { url, security, trust } = settings;
    const { password } = secretValues(secretsOf(settings), environment);
    const timeoutMs = durationMs(settings.timeout);
    const [library, { OPCUACertificateManager }] = await loadLibrary();
    const manager = new OPCUACertificateManager({
      rootFolder: folder,
      automaticallyAcceptUnknownCertificate: trust === undefined,
    });
    clearEnvironment();
    const trusted = trust === undefined ? null : await certificateIn(trust);
    const identity = await identityOf(library, settings, password);
    const client = library.OPCUAClient.create({
      applicationName: 'athanor',
      clientName: 'athanor',
      endpointMustExist: false,
      securityMode: library.MessageSecurityMode[security.mode],
      securityPolicy: library.SecurityPolicy[security.policy],
      connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 200 },
      keepSessionAlive: false,
      requestedSessionTimeout: Math.max(30_000, 4 * timeoutMs),
      transportTimeout: timeoutMs,
      // The server is told; what comes nevertheless ends the connection.
      transportSettings: { maxMessageSize: settings.replyLimit },
      clientCertificateManager: manager,
      ...(trusted !== null && { serverCertificate: trusted }),
    });
    let session: Session | null = null;
    for (const event of ['connection_lost', 'close', 'abort'] as const)
      client.on(event as 'close', () => session?.breaks(new AdapterError(`the connection to ${url} was lost`)));
    try {
      const made = await limited(
        (async () => {
          await client.connect(url);
          const open = await client.createSession(identity);
          const namespaces = await open.readNamespaceArray();
          const { value } = await open.read({ nodeId: 'i=2257', attributeId: library.AttributeIds.Value });
          return { open, namespaces, started: value?.value instanceof Date ? value.value.toISOString() : '' };
        })(),
        2 * timeoutMs,
        `no session with ${url}`,
      );
      clearEnvironment();
      session = new Session(library, client, made.open, settings, made.namespaces, made.started);
      return session;
    } catch (cause) {
      clearEnvironment();
      await limited(client.disconnect(), 2_000, '').catch(() => {});
      throw new AdapterError(`${url}: ${(cause as Error).message}`, { cause });
    }
  }

  private breaks(error: Error): void {
    this.broken ??= error;
  }

  get isBroken(): boolean {
    return this.broken !== null;
  }

  async close(): Promise<void> {
    await limited(this.session.close(), 2_000, '').catch(() => {});
    await limited(this.client.disconnect(), 2_000, '').catch(() => {});
  }

  /** A node of the settings as the server numbers it now. @throws {AdapterError} if it has no such namespace */
  node(name: string): string {
    const [, alias, rest] = /^([A-Za-z]\w*);(.*)$/.exec(name) ?? [];
    if (alias === undefined) return name;
    const uri = this.settings.namespaces[alias];
    const at = uri === undefined ? -1 : this.namespaces.indexOf(uri);
    if (at < 0)
      throw new AdapterError(`the server has no namespace '${uri ?? alias}'; it has ${this.namespaces.join(', ')}`);
    return `ns=${at};${rest}`;
  }

  private async asked<T>(work: Promise<T>, what: string, withinMs = durationMs(this.settings.timeout)): Promise<T> {
    try {
      return await limited(work, withinMs, `no answer to ${what}`);
    } catch (error) {
      // Whatever it was, the next act has a session of its own.
      this.breaks(error as Error);
      if (error instanceof AdapterError) throw error;
      const { message } = error as Error;
      if (/max (?:message size|chunk count) exceeded|TooLarge|BadEncodingLimitsExceeded/.test(message))
        throw new TooLong(`${what}: an answer of more than ${this.settings.replyLimit} bytes, which are not read`, {
          cause: error,
        });
      throw new AdapterError(`${what}: ${message}`, { cause: error });
    }
  }

  /** @throws {AdapterError} if the server does not answer */
  async read(name: string): Promise<Reading> {
    const nodeId = this.node(name);
    const read = this.session.read({ nodeId, attributeId: this.library.AttributeIds.Value });
    return this.readingOf(await this.asked(read, `reading ${name}`), name);
  }

  private readingOf(
    { statusCode, value, sourceTimestamp, sourcePicoseconds, serverTimestamp }: DataValue,
    name: string,
  ): Reading {
    const stamp = `${sourceTimestamp?.getTime()}.${sourcePicoseconds}.${sourceTimestamp ? '' : serverTimestamp?.getTime()}`;
    if (statusCode.name !== 'Good') return { value: null, trouble: `${name}: ${statusCode.name}`, stamp };
    return { value: plainValue(this.library.DataType[value.dataType], value.value), trouble: null, stamp };
  }

  /** Types in which variables are sent, by node. */
  private readonly types = new Map<string, string>();

  /** @throws {ContractError} if the value is none for the variable; {BadStatus} if the server refuses */
  async write(name: string, given: unknown): Promise<void> {
    const value = await this.prepared(name, given);
    const nodeId = this.node(name);
    const write = this.session.write({ nodeId, attributeId: this.library.AttributeIds.Value, value: { value } });
    const { name: status } = await this.asked(write, `writing ${name}`);
    if (status !== 'Good') throw new BadStatus(status, `writing ${name}: ${status}`);
  }

  /** A value in the type of a variable, before it is sent. @throws {ContractError} if it is none */
  async prepared(name: string, given: unknown) {
    const nodeId = this.node(name);
    const known = this.types.get(nodeId);
    const type =
      known ??
      this.library.DataType[
        await this.asked(this.session.getBuiltInDataType(this.library.resolveNodeId(nodeId)), `the type of ${name}`)
      ];
    this.types.set(nodeId, type);
    return this.variant(type, given, name);
  }

  private variant(type: string, given: unknown, what: string) {
    const made = sentAs(type, given);
    if ('refusal' in made) throw new ContractError(`${what}: ${made.refusal}`);
    return { dataType: this.library.DataType[type as 'Double'], value: made.value };
  }

  /** A method with its arguments as the server declares them. @throws {ContractError} if they do not fit */
  async method({
    object,
    method,
    arguments: given,
  }: Omit<Call, 'arguments'> & { readonly arguments: Readonly<Record<string, unknown>> }): Promise<{
    call: (withinMs: number) => Promise<Record<string, unknown>>;
  }> {
    const [objectId, methodId] = [this.node(object), this.node(method)];
    const { inputArguments = [], outputArguments = [] } = await this.asked(
      this.session.getArgumentDefinition(methodId),
      `the arguments of ${method}`,
    );
    const names = (inputArguments ?? []).map(({ name }) => name ?? '');
    const wrong = [
      ...names.filter((name) => !Object.hasOwn(given, name)).map((name) => `'${name}' is missing`),
      ...Object.keys(given)
        .filter((name) => !names.includes(name))
        .map((name) => `there is no '${name}'; there are ${names.join(', ')}`),
    ];
    if (wrong.length > 0) throw new ContractError(`${method}: ${wrong.join('; ')}`);
    // Not every server holds arguments to its own declaration.
    const values = (inputArguments ?? []).map(({ name, dataType }) =>
      this.variant(
        this.library.DataType[Number(dataType.value)] ?? String(dataType),
        given[name ?? ''],
        `${method}: ${name}`,
      ),
    );
    const call = async (withinMs: number) => {
      const calling = this.session.call({ objectId, methodId, inputArguments: values });
      const { statusCode, outputArguments: told } = await this.asked(calling, `calling ${method}`, withinMs);
      if (statusCode.name !== 'Good') throw new BadStatus(statusCode.name, `calling ${method}: ${statusCode.name}`);
      return Object.fromEntries(
        (told ?? []).map(({ dataType, value }, i) => [
          outputArguments?.[i]?.name ?? String(i),
          plainValue(this.library.DataType[dataType], value),
        ]),
      );
    };
    return { call };
  }
}

/** The library leaves the text 'undefined' where programs look for OpenSSL's settings, and none of ours that uses it would run. */
function clearEnvironment(): void {
  for (const name of ['OPENSSL_CONF', 'RANDFILE']) if (process.env[name] === 'undefined') delete process.env[name];
}

/** As whom a session is opened; undefined for nobody in particular. */
async function identityOf(
  library: Library,
  { user, userCertificate, userKey }: OpcuaSettings,
  password: string | undefined,
): Promise<UserIdentityInfo | undefined> {
  if (userCertificate !== undefined) {
    const certificateData = await certificateIn(userCertificate);
    return { type: library.UserTokenType.Certificate, certificateData, privateKey: await textIn(userKey!) };
  }
  if (user === undefined) return undefined;
  return { type: library.UserTokenType.UserName, userName: user, password: password ?? '' };
}

async function textIn(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: Error) => {
    throw new AdapterError(`${file} cannot be read: ${cause.message}`, { cause });
  });
}

async function certificateIn(file: string): Promise<Buffer> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new AdapterError(`${file} cannot be read: ${cause.message}`, { cause });
  });
  const [, base64] = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(bytes.toString('latin1')) ?? [];
  return base64 === undefined ? bytes : Buffer.from(base64, 'base64');
}

/** @throws {AdapterError} if it takes longer */
async function limited<T>(work: Promise<T>, withinMs: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AdapterError(`${what} within ${withinMs / 1000} s`)), withinMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}
