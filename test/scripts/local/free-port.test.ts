import net from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../../scripts/local/process.js';

function listening(port: number): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
const closed = (server: net.Server) => new Promise((resolve) => server.close(resolve));

it('a port is none of those that connections are given, which might take it while its server is down', async () => {
  const ports = await Promise.all(Array.from({ length: 20 }, () => freePort(null)));
  expect(ports.filter((port) => port < 12_000 || port >= 30_000)).toEqual([]);
});

it('a server that was ended comes back at its port, though that is held a moment longer', async () => {
  const port = await freePort(null);
  const server = await listening(port);
  const found = freePort(port);
  // The port was looked at, and found held, before it is let go.
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  await closed(server);
  expect(await found).toBe(port);
});

it('one whose port another keeps is given another', async () => {
  const server = await listening(await freePort(null));
  const { port } = server.address() as net.AddressInfo;
  const other = await freePort(port);
  await closed(server);
  expect(other).not.toBe(port);
});
