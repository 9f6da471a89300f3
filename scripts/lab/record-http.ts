import http from 'node:http';
import { Agent, fetch } from 'undici';
import type { Redact } from '../../models/domain/redaction.js';
import { type Body, bodyOf, bytesOf, type HttpTurn } from './exchange-file.js';
import { type Listening, listening } from './listening.js';

/** A device with an HTTP interface. */
export interface HttpPlace {
  /** As the adapter's settings have it; here its paths begin at the root. */
  readonly url: string;
  /** Certificates (PEM) that are trusted instead of the public ones; null for these. */
  readonly ca: string | null;
}

/** Longer bodies are not passed on, bytes. */
const longestBody = 64 * 2 ** 20;
/** Headers that belong to one connection, or that the next hop makes itself. */
const ofConnection =
  /^(?:host|connection|keep-alive|transfer-encoding|content-length|accept-encoding|upgrade|te|trailer|proxy-.*|expect)$/i;

/**
 * Stands between an adapter and a device with an HTTP interface, and tells every request with its reply. Headers are passed on and
 * not told, as keys stand there.
 */
export async function recordHttp(
  { url, ca }: HttpPlace,
  port: number,
  onTurn: (turn: HttpTurn) => void,
): Promise<Listening> {
  const dispatcher = new Agent(ca === null ? {} : { connect: { ca } });
  const begun = performance.now();
  const base = url.replace(/\/+$/, '');
  const server = http.createServer(async (request, response) => {
    const at = performance.now() - begun;
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const asked = { at, method: request.method!, path: request.url!, body: bodyOf(body) };
    const told = (reply: HttpTurn['reply']) => onTurn({ ...asked, ms: performance.now() - begun - at, reply });
    try {
      const headers = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        ofConnection.test(name) || value === undefined ? [] : [[name, String(value)]],
      );
      const answer = await fetch(`${base}${request.url}`, {
        method: request.method!,
        headers: [...headers, ['accept-encoding', 'identity']],
        redirect: 'manual',
        dispatcher,
        ...(body.length > 0 && { body }),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      if (bytes.length > longestBody) throw new Error(`a reply of ${bytes.length} bytes`);
      told({ status: answer.status, type: answer.headers.get('content-type'), body: bodyOf(bytes) });
      response.writeHead(
        answer.status,
        Object.fromEntries(
          [...answer.headers].filter(([name]) => !ofConnection.test(name) && name !== 'content-encoding'),
        ),
      );
      response.end(bytes);
    } catch {
      // As the adapter would have seen it: a connection that ends without a reply.
      told(null);
      request.socket.destroy();
    }
  });
  const heard = await listening(server, port);
  return {
    port: heard.port,
    close: async () => {
      await heard.close();
      await dispatcher.close();
    },
  };
}

/** A turn whose bodies that are no text are without secrets, too: a form that carries files is one. */
export function withoutBytes(turn: HttpTurn, redact: Redact): HttpTurn {
  const clean = (body: Body): Body =>
    body === null || 'text' in body
      ? body
      : { base64: Buffer.from(redact(bytesOf(body).toString('latin1')), 'latin1').toString('base64') };
  const { reply } = turn;
  return { ...turn, body: clean(turn.body), reply: reply === null ? null : { ...reply, body: clean(reply.body) } };
}
