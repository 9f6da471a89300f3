import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Of } from '../../../models/domain/sha256.js';
import { download } from '../../../scripts/models/download.js';

const content = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) & 255));
const sha256 = sha256Of(content);
let folder: string;
let file: string;
let server: Server;
let url: string;
/** What the server was asked, and how it behaves. */
let asked: { readonly range: string | undefined; readonly ifRange: string | undefined }[];
let etag: string | null;
/** Bytes after which an answer stands still; null for a whole one. */
let breakAfter: readonly (number | null)[];
/** Ends the answer that stands still, which the client does once it has some of it. */
let cut: () => void;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'athanor-download-'));
  file = path.join(folder, 'file');
  [asked, etag, breakAfter, cut] = [[], '"one"', [], () => undefined];
  server = createServer((request, response) => {
    const range = request.headers.range;
    const ifRange = request.headers['if-range'] as string | undefined;
    const stop = breakAfter[asked.length] ?? null;
    asked.push({ range, ifRange });
    if (request.url !== '/file') return response.writeHead(404).end();
    const from = range !== undefined && ifRange === etag ? Number(/bytes=(\d+)-/.exec(range)![1]) : 0;
    const part = content.subarray(from);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': part.length,
      ...(etag === null ? {} : { etag }),
      ...(from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {}),
    });
    if (stop === null) return response.end(part);
    cut = () => response.destroy();
    if (stop === 0) cut();
    else response.write(part.subarray(0, stop));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/file`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true });
});

const isWhole = async () => content.equals(await readFile(file));

describe('download', () => {
  it('goes on where a transfer broke, and tells how far it is', async () => {
    breakAfter = [90_000, 50_000];
    const told: (number | null)[][] = [];
    const onBytes = (done: number, total: number | null) => {
      told.push([done, total]);
      cut();
    };
    await download(url, file, { sha256, onBytes });
    expect(await isWhole()).toBe(true);
    expect(asked[0]).toEqual({ range: undefined, ifRange: undefined });
    expect(asked.length).toBe(3);
    expect(asked.slice(1).every(({ range, ifRange }) => /^bytes=[1-9]\d*-$/.test(range!) && ifRange === '"one"')).toBe(
      true,
    );
    expect(told.at(-1)).toEqual([content.length, content.length]);
    expect(await stat(`${file}.part`).catch(() => null)).toBeNull();
  });

  it('goes on in a later call, and begins anew where the file is another by then', async () => {
    breakAfter = [70_000, 0];
    await expect(download(url, file, { sha256, onBytes: () => cut() })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    expect((await stat(`${file}.part`)).size).toBeGreaterThan(0);
    etag = '"two"';
    await download(url, file, { sha256 });
    expect(asked.at(-1)).toMatchObject({ ifRange: '"one"' });
    expect(await isWhole()).toBe(true);
  });

  it('begins anew where nothing tells whether it is the same file', async () => {
    etag = null;
    await writeFile(`${file}.part`, 'rest of another');
    await download(url, file, { sha256 });
    expect(asked).toEqual([{ range: undefined, ifRange: undefined }]);
    expect(await isWhole()).toBe(true);
  });

  it('keeps nothing of a file with another hash', async () => {
    await expect(download(url, file, { sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'DAMAGED',
      message: expect.stringContaining(sha256),
    });
    for (const left of [file, `${file}.part`]) expect(await stat(left).catch(() => null)).toBeNull();
  });

  it('refuses what is larger than is taken, and says what is not there or cannot be reached', async () => {
    await expect(download(url, file, { mostBytes: 199_999 })).rejects.toThrow(/more than 199999 bytes/);
    await expect(download(`${url}s`, file)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('answers 404'),
    });
    await new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await expect(download(url, file)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringMatching(/cannot be reached.*without a network.*athanor models add PATH/),
    });
  });
});
