import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  /** As in its first line: `sh`, `yaml`; empty where nothing is said. */
  readonly language: string;
  /** What its first line says after the language, such as the name of a file; may be empty. */
  readonly info: string;
  readonly text: string;
}

/** Every page of documentation, from the root. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['.github', 'docs', 'workflows', 'activities', 'models', 'lab-adapters', 'scripts', 'test', 'examples'].flatMap(
    (folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
        .map((name) => path.join(folder, name)),
  ),
];

/** The text of a page, by its path from the root. */
export function pageText(page: string): string {
  return readFileSync(path.join(root, page), 'utf8');
}

/** The fenced blocks of a page, in order. */
export function blocksOf(text: string): Block[] {
  return [...text.matchAll(/^```(\w*) ?([^\n]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', info = '', body = '']) => ({
      language,
      info: info.trim(),
      text: body,
    }),
  );
}

/** A page without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(/^```[\s\S]*?^```$/gm, '');
}

/** Names by which a heading of a page can be linked to, as on GitHub. */
export function anchorsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Cells of the rows of the table of a page whose heading begins with a text. */
export function tableOf(text: string, heading: string): string[][] {
  const [, rows = ''] = new RegExp(`^\\| *${heading}[^\\n]*\\n\\|[-| ]+\\n((?:\\|.*\\n)+)`, 'm').exec(text) ?? [];
  return rows
    .trim()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
