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

/**
 * Makes one call on a connection of its own, so that one that cannot be made is known to have sent nothing. Redirects are not
 * followed, replies not unpacked; time and size of the reply are bounded.
 *
 * @throws {CallError} if there is no whole reply
 */
export async function call({ method, url, headers, body, timeoutMs, limit, ca }: Outgoing): Promise<Reply> {
  const what = `${method} ${url.origin}${url.pathname}`;
  const isTls = url.protocol === 'https:';
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  let sent = false;
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
    return { status: message.statusCode ?? 0, bytes: await readBounded(message, limit, `the reply to ${what}`) };
  } catch (cause) {
    const why = abort.signal.aborted ? `no whole reply within ${timeoutMs / 1000} s` : (cause as Error).message;
    throw new CallError(`${what}: ${why}`, sent, { cause });
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
