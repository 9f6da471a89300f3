import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const built = (file: string) => pathToFileURL(path.resolve('dist', file)).href;

test('a connection that is closed while a call is tried again does not end the process', async () => {
  // Nothing answers there: each try ends at once, and the next one waits for a timer.
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await new Promise((resolve) => taken.close(resolve));
  const program = `
    import { Connection } from '@temporalio/client';
    const { retriesUntilClosed } = await import(process.argv[1]);
    const connection = Connection.lazy({ address: '127.0.0.1:${port}', interceptors: retriesUntilClosed });
    const tries = [];
    for (let i = 0; i < 20; i++) tries.push(connection.workflowService.getClusterInfo({}).catch(() => undefined));
    await new Promise((resolve) => setTimeout(resolve, 300));
    await connection.close();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    process.stdout.write('there still');
  `;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', program, built('scripts/durable/retries-until-closed.js')],
    { cwd: path.resolve('.') },
  );
  expect(stdout).toBe('there still');
});
