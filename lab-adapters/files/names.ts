import { readdir } from 'node:fs/promises';
import { partsOf } from '../internal/template.js';

/** The job that a file is of. */
export interface Of {
  readonly key: string;
  readonly name: string;
}

/** Name of a job's file. In a key signs that some file system takes for others become % and their code. */
export function fileName(pattern: string, { key, name }: Of): string {
  const parts = partsOf(pattern);
  if (typeof parts === 'string') return pattern;
  const plain = encodeURIComponent(key).replace(
    /[!'()*~]|^\./g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return parts.map((part) => (typeof part === 'string' ? part : part.name === 'key' ? plain : name)).join('');
}

/** What is wrong with a pattern of names, or null. */
export function patternFault(pattern: string): string | null {
  const parts = partsOf(pattern);
  if (typeof parts === 'string') return parts;
  const wrong = parts.find((part) => typeof part === 'object' && !['name', 'key'].includes(part.name));
  return wrong === undefined ? null : `{${(wrong as { name: string }).name}} cannot stand in the name of a file`;
}

/** Names of the files in a folder that fit a job's pattern, in alphabetical order; none where there is no such folder. */
export async function fitting(folder: string, pattern: string, of: Of): Promise<string[]> {
  const wanted = fileName(pattern, of);
  const literal = wanted.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literal.join('.*')}$`, 's');
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => expression.test(name)).sort();
}
