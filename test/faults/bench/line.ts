import net, { type AddressInfo } from 'node:net';

/** A line to a server, which can be cut: connections end and nobody listens, or all that is sent arrives nowhere. */
export class Line {
  private mode: 'pass' | 'hole' = 'pass';
  private server: net.Server | null = null;
  private readonly ends = new Set<net.Socket>();
  /** Where it begins, on this machine. */
  port = 0;

  constructor(private readonly to: number) {}

  /** Connects, at the same port as before. */
  async open(): Promise<void> {
    this.mode = 'pass';
    if (this.server !== null) return;
    const server = net.createServer((here) => this.join(here));
    await listenAgain(server, this.port);
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Ends all connections, and takes no more. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (server === null) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const end of this.ends) end.destroy();
    await closed;
  }

  /** Lets nothing through any more, on connections that are there and on those to come. */
  swallow(): void {
    this.mode = 'hole';
    for (const end of this.ends) end.pause();
  }

  /** After a hole: what was in it is gone, and connections begin anew. */
  async mend(): Promise<void> {
    for (const end of this.ends) end.destroy();
    await this.open();
  }

  private join(here: net.Socket): void {
    const there = this.mode === 'pass' ? net.connect(this.to, '127.0.0.1') : null;
    for (const [end, other] of [
      [here, there],
      [there, here],
    ] as const) {
      if (end === null) continue;
      this.ends.add(end);
      end.setNoDelay(true);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.ends.delete(end);
        other?.destroy();
      });
      if (other === null) end.pause();
      else end.pipe(other);
    }
  }
}

/** Listens on 127.0.0.1 at the port that it had, which may be free a moment later only; 0 for any. */
function listenAgain(server: net.Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let tries = 50;
    server.on('error', (error) => {
      if (--tries <= 0) reject(error);
      else setTimeout(() => server.listen(port, '127.0.0.1'), 100);
    });
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
