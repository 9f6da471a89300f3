import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fetchArchiveProgram } from '../../../scripts/local/temporal-program.js';

const run = promisify(execFile);
let root: string;
let server: Server;
let address: string;
/** What the server says of archives, and was asked. */
let said: (address: string) => unknown;
let asked: string | undefined;

beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'athanor-archive-'));
  await writeFile(path.join(root, 'temporal'), '#!/bin/sh\necho temporal version 1.9.1\n');
  await chmod(path.join(root, 'temporal'), 0o644);
  await run('tar', ['-czf', path.join(root, 'a.tar.gz'), '-C', root, 'temporal']);
  server = createServer(async ({ url }, response) => {
    if (url === '/a.tar.gz') return response.end(await readFile(path.join(root, 'a.tar.gz')));
    if (!url?.startsWith('/cli?')) return response.writeHead(404).end();
    asked = url;
    return response.end(JSON.stringify(said(address)));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.close();
  await rm(root, { recursive: true, force: true });
});

async function work(): Promise<string> {
  const folder = path.join(root, `work-${Math.random()}`);
  await mkdir(folder);
  return folder;
}

describe('the download of the temporal program', () => {
  it('asks for the archive of this machine, and unpacks the program so that it runs', async () => {
    said = (at) => ({ archiveUrl: `${at}/a.tar.gz`, fileToExtract: 'temporal' });
    const file = await fetchArchiveProgram(await work(), `${address}/cli`);
    expect((await run(file, ['--version'])).stdout).toBe('temporal version 1.9.1\n');
    const arch = process.arch === 'x64' ? 'amd64' : process.arch;
    expect(asked).toBe(`/cli?arch=${arch}&platform=${process.platform}&format=tar.gz`);
  });

  it('goes by the proxy of the environment, but to those that NO_PROXY names', async () => {
    said = () => ({ archiveUrl: 'http://archives.example/a.tar.gz', fileToExtract: 'temporal' });
    const through: string[] = [];
    const { hostname, port } = new URL(address);
    // Knows no name, and leads wherever it is asked to go to the server of this test.
    const proxy = createServer().on('connect', ({ url }, client, head) => {
      through.push(url ?? '');
      const to = connect(Number(port), hostname, () => {
        client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
        to.write(head);
        to.pipe(client).pipe(to);
      });
      to.on('error', () => client.destroy());
      client.on('error', () => to.destroy());
    });
    await new Promise<void>((listening) => proxy.listen(0, '127.0.0.1', listening));
    const place = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'NO_PROXY', 'all_proxy', 'ALL_PROXY'])
      vi.stubEnv(name, '');
    for (const name of ['HTTP_PROXY', 'HTTPS_PROXY']) vi.stubEnv(name, `http://${place}`);
    try {
      const file = await fetchArchiveProgram(await work(), 'http://temporal.example/cli');
      expect((await run(file, ['--version'])).stdout).toBe('temporal version 1.9.1\n');
      expect(through).toEqual(['temporal.example:80', 'archives.example:80']);
      // What is encrypted goes the same way; this server has no certificate.
      await expect(fetchArchiveProgram(await work(), 'https://temporal.example/cli')).rejects.toThrow(
        `temporal.example cannot be reached by the proxy ${place} (`,
      );
      expect(through).toContain('temporal.example:443');
      vi.stubEnv('NO_PROXY', 'temporal.example,127.0.0.1');
      said = (at) => ({ archiveUrl: `${at}/a.tar.gz`, fileToExtract: 'temporal' });
      await fetchArchiveProgram(await work(), `${address}/cli`);
      expect(through).toHaveLength(3);
    } finally {
      vi.unstubAllEnvs();
      proxy.close();
      proxy.closeAllConnections();
    }
  });

  it('takes no answer that leads out of the folder or is another', async () => {
    for (const answer of [
      { archiveUrl: `${address}/a.tar.gz`, fileToExtract: '../temporal' },
      { archiveUrl: `${address}/a.tar.gz`, fileToExtract: '--to-command=sh' },
      { archiveUrl: 'file:///etc/passwd', fileToExtract: 'temporal' },
      {},
    ]) {
      said = () => answer;
      await expect(fetchArchiveProgram(await work(), `${address}/cli`)).rejects.toThrow();
    }
  });

  it('says what the server answered, or that it cannot be reached', async () => {
    await expect(fetchArchiveProgram(await work(), `${address}/none`)).rejects.toThrow(/^127\.0\.0\.1:\d+ answers 404/);
    await expect(fetchArchiveProgram(await work(), 'http://127.0.0.1:1/cli')).rejects.toThrow(
      /^127\.0\.0\.1:1 cannot be reached \(.+\)$/,
    );
  });
});
