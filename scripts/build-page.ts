import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * Builds the page from `dashboard/` into `dist/dashboard/`, with a manifest that says what a browser loads first; only if its sources
 * changed. A project without them, as an installed one, is left alone.
 *
 * @param root - folder of package.json
 * @param log - told how large it became
 */
export async function buildPage(root: string, log: (line: string) => void): Promise<void> {
  const source = path.join(root, 'dashboard');
  const target = path.join(root, 'dist', 'dashboard');
  if ((await stat(path.join(source, 'main.tsx')).catch(() => null)) === null) return;
  const hash = createHash('sha256').update(await readFile(path.join(root, 'package-lock.json')).catch(() => ''));
  for (const entry of (await readdir(source, { recursive: true })).sort())
    if (/\.(tsx?|css|json)$/.test(entry)) hash.update(`${entry}\0`).update(await readFile(path.join(source, entry)));
  const inputs = hash.digest('hex');
  const stamp = path.join(target, '.inputs');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === inputs) return;

  const { build } = await import('vite');
  await build({
    configFile: false,
    root: source,
    logLevel: 'warn',
    mode: 'production',
    // The same files whatever the environment says of what they are built for.
    define: { 'process.env.NODE_ENV': '"production"' },
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      outDir: target,
      emptyOutDir: true,
      manifest: true,
      target: 'es2022',
      modulePreload: { polyfill: false },
      rolldownOptions: { input: path.join(source, 'main.tsx') },
    },
  });
  await writeFile(stamp, inputs);
  const assets = path.join(target, 'assets');
  const scripts = (await readdir(assets)).filter((name) => name.endsWith('.js'));
  const sizes = await Promise.all(scripts.map((name) => stat(path.join(assets, name))));
  log(`page: ${Math.round(sizes.reduce((sum, { size }) => sum + size, 0) / 1024)} KB of scripts`);
}
