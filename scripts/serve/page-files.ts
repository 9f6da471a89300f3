import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same, compressed. */
  readonly packed: Uint8Array<ArrayBuffer>;
}

/** The page as it was built: what a browser loads first, and all files by their names below `/assets/`. */
export interface PageFiles {
  readonly script: string;
  readonly styles: readonly string[];
  readonly files: ReadonlyMap<string, PageFile>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
const manifestSchema = z.record(
  z.string(),
  z.object({ file: z.string(), isEntry: z.boolean().optional(), css: z.array(z.string()).optional() }),
);

/** Where the build has put the page: beside the compiled scripts. */
export function pageFolder(): string {
  const dist = import.meta.url.endsWith('.ts') ? '../../dist/dashboard/' : '../../dashboard/';
  return fileURLToPath(new URL(dist, import.meta.url));
}

/** Reads the page from the folder in which it was built; null where it was not. Its files are few and small, and kept in memory. */
export async function readPage(folder: string): Promise<PageFiles | null> {
  const text = await readFile(path.join(folder, '.vite', 'manifest.json'), 'utf8').catch(() => null);
  if (text === null) return null;
  const manifest = Object.values(manifestSchema.parse(JSON.parse(text)));
  const entry = manifest.find(({ isEntry }) => isEntry === true);
  if (entry === undefined) return null;
  const files = new Map<string, PageFile>();
  for (const name of await readdir(path.join(folder, 'assets'))) {
    const bytes = new Uint8Array(await readFile(path.join(folder, 'assets', name)));
    const type = types[path.extname(name)] ?? 'application/octet-stream';
    files.set(name, { type, bytes, packed: new Uint8Array(gzipSync(bytes)) });
  }
  return { script: entry.file, styles: entry.css ?? [], files };
}
