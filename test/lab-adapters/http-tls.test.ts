import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createRegistry } from '../../lab-adapters/registry.js';
import { systemClock } from '../../scripts/simulate/clock.js';
import { hasOpenssl, makeCertificates } from '../support/tls-front.js';

const base = await mkdtemp(join(tmpdir(), 'athanor-http-tls-'));
afterAll(() => rm(base, { recursive: true }));

test.skipIf(!(await hasOpenssl()))(
  'a device with a certificate of the laboratory is trusted by that alone',
  async () => {
    await makeCertificates(base);
    const read = (name: string) => readFile(join(base, name));
    let calls = 0;
    const server = createServer({ cert: await read('server.pem'), key: await read('server.key') }, (_, response) => {
      calls++;
      response.end('{"id": 7}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `https://localhost:${(server.address() as AddressInfo).port}`;
    const adapter = (ca: string | undefined) =>
      createRegistry().create(
        'http',
        {
          url,
          ...(ca !== undefined && { ca: join(base, ca) }),
          submit: { path: '/', job: 'id' },
          status: { path: '/{job}', state: 's', states: { succeeded: ['x'] } },
          values: { y: 'y' },
        },
        { clock: systemClock, folder: '', log: () => {} },
      );
    const request = { design: {}, rowId: null, substances: {}, fidelity: 'f', objectives: ['y'] };
    for (const wrong of [undefined, 'stranger.pem']) {
      const untrusting = adapter(wrong);
      await expect(untrusting.submit('k', request, { fence: 1 })).rejects.toMatchObject({ code: 'ADAPTER' });
      // No connection, no start: it is tried again, though the device cannot be asked.
      expect(await untrusting.find!('k', { fence: 1 })).toBeNull();
    }
    expect(calls).toBe(0);
    expect(await adapter('ca.pem').submit('k', request, { fence: 1 })).toMatch(/^[0-9a-f]{32}$/);
    expect(calls).toBe(1);
    server.close();
  },
);
