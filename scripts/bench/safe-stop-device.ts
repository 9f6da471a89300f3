import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** A simulated device of this process whose jobs run until they are cancelled. */
export interface StoppableDevice {
  /** Settings of the adapter `http` for it. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** When the last job was cancelled, milliseconds of `performance.now`; null where one runs. */
  stoppedAt(): number | null;
  close(): void;
}

/** Starts one on a port of the loopback address. */
export async function stoppableDevice(): Promise<StoppableDevice> {
  const cancelled = new Map<string, number | null>();
  const server = http.createServer(async (request, response) => {
    let _text = '';
    for await (const part of request) _text += String(part);
    const [, , id = ''] = new URL(request.url!, 'http://device').pathname.split('/');
    const reply = (document: unknown) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(document));
    };
    if (request.method === 'POST') {
      const made = `j${cancelled.size + 1}`;
      cancelled.set(made, null);
      return reply({ id: made });
    }
    if (request.method === 'DELETE' && cancelled.get(id) === null) cancelled.set(id, performance.now());
    return reply({ status: cancelled.get(id) === null ? 'busy' : 'aborted' });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const settings = {
    url: `http://127.0.0.1:${port}`,
    submit: { path: '/jobs', body: { key: '{key}' }, job: 'id' },
    status: { path: '/jobs/{job}', state: 'status', states: { running: ['busy'], cancelled: ['aborted'] } },
    result: { path: '/jobs/{job}' },
    values: { y: { path: 'y' } },
    cancel: { path: '/jobs/{job}' },
  };
  return {
    settings,
    stoppedAt: () => {
      const ends = [...cancelled.values()];
      return ends.length === 0 || ends.includes(null) ? null : (ends.at(-1) as number);
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
