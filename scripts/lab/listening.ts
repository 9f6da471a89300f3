import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A counterpart that listens on the loopback address. */
export interface Listening {
  readonly port: number;
  /** Ends it, with all connections. */
  close(): Promise<void>;
}

/** @param port - 0 for any that is free; @throws {Error} of the system if it is taken */
export async function listening(server: Server, port: number): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
