import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one call. */
export type Fault = 'loseCall' | 'loseReply' | 'html' | 'truncate' | 'nan' | 'huge';

/** Stands before a server of HTTP, and does with the next call that fits what it is told, once. */
export interface FaultyFront {
  readonly url: string;
  /** @param on - method and path of the call, such as `POST /runs` */
  order(on: RegExp, fault: Fault): void;
  close(): void;
}

/** A front on a port of its own. */
export async function faultyFront(url: string): Promise<FaultyFront> {
  let next: { readonly on: RegExp; readonly fault: Fault } | null = null;
  const front = createServer((incoming, outgoing) => {
    const pieces: Buffer[] = [];
    incoming.on('data', (piece: Buffer) => pieces.push(piece));
    incoming.on('end', async () => {
      const fault = next?.on.test(`${incoming.method} ${incoming.url}`) ? next.fault : null;
      if (fault !== null) next = null;
      if (fault === 'loseCall') return void incoming.socket.destroy();
      try {
        const [status, text] = await answered(new URL(incoming.url!, url), incoming, Buffer.concat(pieces));
        if (fault === 'loseReply') return void incoming.socket.destroy();
        outgoing.writeHead(fault === 'html' ? 200 : status, { 'content-type': 'application/json' });
        if (fault === 'html') return void outgoing.end('<!doctype html><title>Login</title>');
        if (fault === 'nan') return void outgoing.end(text.replace(/"yield": ?[\d.]+/, '"yield": NaN'));
        if (fault === 'huge') return void outgoing.end(`[${'1,'.repeat(3_000_000)}1]`);
        outgoing.end(fault === 'truncate' ? text.slice(0, text.length / 2) : text);
      } catch {
        // The server is down, or went while it answered.
        incoming.socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    order: (on, fault) => {
      next = { on, fault };
    },
    close: () => {
      front.closeAllConnections();
      front.close();
    },
  };
}

/** Status and text of the server's answer; a GET may have a body, which fetch would not send. */
function answered(url: URL, { method, headers }: IncomingMessage, body: Buffer): Promise<readonly [number, string]> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: { ...headers, host: url.host, connection: 'close' }, agent: false });
    call.once('error', reject);
    call.once('response', (reply) => {
      const pieces: Buffer[] = [];
      reply.on('data', (piece: Buffer) => pieces.push(piece));
      reply.once('error', reject);
      reply.once('end', () => resolve([reply.statusCode!, Buffer.concat(pieces).toString('utf8')]));
    });
    call.end(body);
  });
}
