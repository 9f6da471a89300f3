import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
