import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { AdapterError } from '../../models/domain/errors.js';
import { readBounded } from './reply.js';

/** A call to be made. */
export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly limit: number;
  /** Certificates that are trusted instead of the public ones, PEM. */
  readonly ca?: string | undefined;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly bytes: Uint8Array;
}

/** A call without a whole reply. `sent` is false where for certain nothing of it reached the other end. */
export class CallError extends AdapterError {
  constructor(
    message: string,
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A call that is answered: its reply as it comes. */
interface Exchange {
  readonly message: IncomingMessage;
  /** For words: `GET http://here/there`. */
  readonly what: string;
  /** Gives the time anew; null stops it while nothing is waited for. */
  time(ms: number | null): void;
  failed(cause: unknown): CallError;
  close(): void;
}

/**
 * Makes one call on a connection of its own, so that one that cannot be made is known to have sent nothing. Redirects are not
 * followed, replies not unpacked; time and size of the reply are bounded.
 *
 * @throws {CallError} if there is no whole reply
 */
export async function call(outgoing: Outgoing): Promise<Reply> {
  const open = await exchange(outgoing);
  try {
    const { message, what } = open;
    const bytes = await readBounded(message, outgoing.limit, `the reply to ${what}`);
    return { status: message.statusCode ?? 0, bytes };
  } catch (cause) {
    throw open.failed(cause);
  } finally {
    open.close();
  }
}

/**
 * The body of a reply, piece by piece and of any size; `timeoutMs` is the longest silence.
 *
 * @param mustBeGood - throws where a status is not that of what is wanted
 * @throws {CallError} if there is no whole reply
 */
export async function* streamed(outgoing: Outgoing, mustBeGood: (status: number) => void): AsyncGenerator<Uint8Array> {
  const open = await exchange(outgoing);
  const { message, time } = open;
  try {
    mustBeGood(message.statusCode ?? 0);
    const pieces = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    for (;;) {
      time(outgoing.timeoutMs);
      const { done, value } = await pieces.next().catch((cause: unknown) => {
        throw open.failed(cause);
      });
      if (done === true) return;
      time(null);
      yield value;
    }
  } finally {
    open.close();
  }
}

async function exchange({ method, url, headers, body, timeoutMs, ca }: Outgoing): Promise<Exchange> {
  const what = `${method} ${url.origin}${url.pathname}`;
  const isTls = url.protocol === 'https:';
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), timeoutMs);
  let sent = false;
  const close = () => {
    clearTimeout(timer);
    abort.abort();
  };
  const failed = (cause: unknown) => {
    const why = abort.signal.aborted ? `no whole reply within ${timeoutMs / 1000} s` : (cause as Error).message;
    return new CallError(`${what}: ${why}`, sent, { cause });
  };
  try {
    const message = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (isTls ? tlsRequest : plainRequest)(url, {
        method,
        agent: false,
        signal: abort.signal,
        headers: {
          'accept-encoding': 'identity',
          ...headers,
          ...(body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        },
        ...(ca !== undefined && { ca }),
      });
      request.once('socket', (socket) => socket.once(isTls ? 'secureConnect' : 'connect', () => (sent = true)));
      request.once('response', resolve);
      request.on('error', reject);
      request.end(body ?? undefined);
    });
    const time = (ms: number | null) => {
      clearTimeout(timer);
      if (ms !== null) timer = setTimeout(() => abort.abort(), ms);
    };
    return { message, what, time, failed, close };
  } catch (cause) {
    const error = failed(cause);
    close();
    throw error;
  }
}
