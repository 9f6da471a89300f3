import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** An answer, to so many of the characters that came. */
export interface Said {
  readonly to: number;
  readonly bytes: Uint8Array;
  /** Whether the line is cut after it. */
  readonly ends: boolean;
}

/**
 * A server that answers with bytes, whatever they are.
 * @param answer - to what has come and was not answered yet; null where that is not all
 * @returns its port on 127.0.0.1
 */
export async function rawServer(answer: (asked: string) => Said | null): Promise<number> {
  const server = net.createServer((socket) => {
    let asked = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      asked += bytes.toString('latin1');
      for (let said = answer(asked); said !== null; said = answer(asked)) {
        asked = asked.slice(said.to);
        if (said.ends) socket.end(said.bytes);
        else socket.write(said.bytes);
      }
    });
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
