import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { getProxyForUrl } from 'proxy-from-env';
import { AthanorError } from '../../models/domain/errors.js';
import { fileSha256 } from './file-hash.js';
import { modelLimits } from './limits.js';

/** What is known of a file before it is fetched, and who is told. */
export interface DownloadOptions {
  readonly sha256?: string;
  readonly mostBytes?: number;
  /** Told bytes so far and, where known, of all; often. */
  readonly onBytes?: (done: number, total: number | null) => void;
}

/** Times in a row that a transfer breaks before anything came, after which it is given up. */
const tries = 3;

/**
 * Fetches a file. What came before it broke is kept beside it (`.part`) and gone on with, now or by a later call, if the server
 * says that it is still the same file.
 *
 * @throws {AthanorError} SERVICE_UNAVAILABLE if the address cannot be reached; INVALID_INPUT if there is no such file, or it is larger
 *   than is taken; DAMAGED if it has another sha256, and then nothing of it is kept
 */
export async function download(url: string, file: string, options: DownloadOptions = {}): Promise<void> {
  const part = `${file}.part`;
  for (let fruitless = 0; ; ) {
    const before = await sizeOf(part);
    try {
      await transfer(url, part, options);
      break;
    } catch (error) {
      if (!(error instanceof BrokenTransfer)) throw error;
      fruitless = (await sizeOf(part)) > before ? 0 : fruitless + 1;
      if (fruitless === tries) throw unreachable(url, error);
    }
  }
  const { sha256 } = options;
  const found = sha256 === undefined ? undefined : await fileSha256(part);
  if (found !== sha256) {
    await forget(part);
    throw new AthanorError('DAMAGED', `${shown(url)} has sha256 ${found}, where ${sha256} is wanted; it was not kept`);
  }
  await rename(part, file);
  await forget(part);
}

/** Fetches a small document. @throws as `download` */
export async function fetchJson(url: string): Promise<unknown> {
  const response = await request(url, {});
  try {
    return await response.json();
  } catch (cause) {
    throw new AthanorError('INVALID_INPUT', `${shown(url)} answers with no JSON`, { cause });
  }
}

/** A transfer that ended early, of which more may come. */
class BrokenTransfer extends Error {}

async function transfer(url: string, part: string, { mostBytes = modelLimits.fileBytes, onBytes }: DownloadOptions) {
  const mark = await readFile(markOf(part), 'utf8').catch(() => null);
  const there = mark === null ? 0 : await sizeOf(part);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (there > 0) Object.assign(headers, { range: `bytes=${there}-`, 'if-range': mark! });
  const response = await request(url, headers);
  const goesOn = response.status === 206 && there > 0;
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const from = goesOn ? there : 0;
  const total = Number.isFinite(length) ? from + length : null;
  const refuse = () => {
    throw new AthanorError('INVALID_INPUT', `${shown(url)} has more than ${mostBytes} bytes, which are not taken`);
  };
  if (total !== null && total > mostBytes) refuse();
  const etag = response.headers.get('etag');
  // A weak one says nothing of the bytes.
  if (etag === null || etag.startsWith('W/')) await rm(markOf(part), { force: true });
  else await writeFile(markOf(part), etag, { mode: 0o600 });
  let done = from;
  const file = await open(part, goesOn ? 'a' : 'w', 0o600);
  try {
    for await (const piece of piecesOf(response.body)) {
      done += piece.length;
      if (done > mostBytes) refuse();
      await file.writeFile(piece);
      onBytes?.(done, total);
    }
  } finally {
    await file.close();
  }
  if (total !== null && done !== total) throw new BrokenTransfer(`ended after ${done} of ${total} bytes`);
}

/** The pieces of an answer; what ends them early says that more may come. */
async function* piecesOf(body: AsyncIterable<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const pieces = body[Symbol.asyncIterator]();
  const next = () =>
    pieces.next().catch((cause: Error) => {
      throw new BrokenTransfer(cause.message, { cause });
    });
  try {
    for (let piece = await next(); piece.done !== true; piece = await next()) yield piece.value;
  } finally {
    await pieces.return?.().catch(() => undefined);
  }
}

async function request(url: string, headers: Record<string, string>) {
  const { fetch, Agent, ProxyAgent } = await import('undici');
  const proxy = getProxyForUrl(url);
  const patience = { headersTimeout: 60_000, bodyTimeout: 60_000 };
  const dispatcher = proxy === '' ? new Agent(patience) : new ProxyAgent({ uri: proxy, ...patience });
  const response = await fetch(url, { headers, dispatcher }).catch((cause: Error) => {
    throw unreachable(url, cause, proxy);
  });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status >= 500 || response.status === 429)
    throw new AthanorError('SERVICE_UNAVAILABLE', `${shown(url)} answers ${response.status}; try again later`);
  throw new AthanorError('INVALID_INPUT', `${shown(url)} answers ${response.status} ${response.statusText}`);
}

function unreachable(url: string, error: Error, proxy = ''): AthanorError {
  const way = proxy === '' ? '' : ` by the proxy ${new URL(proxy).host}`;
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new AthanorError(
    'SERVICE_UNAVAILABLE',
    `${new URL(url).host} cannot be reached${way} (${cause}); without a network, fetch it elsewhere and give the file or folder: athanor models add PATH`,
  );
}

/** An address without what may be secret. */
function shown(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}

function markOf(part: string): string {
  return `${part}.etag`;
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => null))?.size ?? 0;
}

async function forget(part: string): Promise<void> {
  for (const file of [part, markOf(part)]) await rm(file, { force: true });
}
