import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of one call. */
export type Fault = 'loseCall' | 'loseReply' | 'html' | 'truncate';

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
      const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers;
      try {
        const reply = await fetch(`${url}${incoming.url}`, {
          method: incoming.method!,
          headers: headers as Record<string, string>,
          ...(pieces.length === 0 ? {} : { body: Buffer.concat(pieces) }),
        });
        const text = await reply.text();
        if (fault === 'loseReply') return void incoming.socket.destroy();
        outgoing.writeHead(fault === 'html' ? 200 : reply.status, { 'content-type': 'application/json' });
        if (fault === 'html') return void outgoing.end('<!doctype html><title>Login</title>');
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
