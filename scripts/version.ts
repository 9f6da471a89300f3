import { readFileSync } from 'node:fs';

/** Version of the package: that of the package.json above this file, from source as from the built tree. */
export function version(): string {
  for (const up of ['../package.json', '../../package.json']) {
    const found = packageAt(new URL(up, import.meta.url));
    if (found?.name === 'athanor') return found.version;
  }
  return 'unknown';
}

function packageAt(file: URL): { name: string; version: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
