import { connect, createServer, type Socket } from 'node:net';

/** A line in front of a server that can be cut: what comes back is swallowed from a moment on. */
export interface CutLine {
  readonly port: number;
  /** From the next bytes to the server on that hold this text nothing comes back on that connection, which breaks soon after. */
  cutAfter(text: string): void;
  close(): Promise<void>;
}

/** Opens a line to a port of this machine. */
export async function cutLine(to: number): Promise<CutLine> {
  const open = new Set<Socket>();
  let marker: string | null = null;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    let isCut = false;
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.on('data', (bytes) => {
      if (marker !== null && bytes.includes(marker)) {
        marker = null;
        isCut = true;
        far.once('data', () => setTimeout(() => near.destroy(), 50));
      }
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!isCut) near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    cutAfter: (text) => {
      marker = text;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
