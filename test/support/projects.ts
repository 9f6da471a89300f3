import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The test files of each project, from the root. */
export interface Projects {
  readonly unit: string[];
  readonly host: string[];
  readonly watched: string[];
  readonly install: string[];
  readonly counterparts: string[];
}

/** What a test names in an import if it starts threads, programs or servers, or needs what was built. */
const starts =
  /(?:from|import\() ?'(?:node:child_process|playwright-core|.*\/(?:support\/(?:cli|home|services|tls-front)|decide-pool|run-seeds|fidelity-contest|durable-host|histories)\.js)'|\bdist\//;

/** What a test imports that counts the time of its own thread: what other files left in a shared process would be counted with it. */
const counts = /from '.*\/support\/busy-watch\.js'/;

/**
 * Sorts the tests: `install` are those of that folder, which make copies of the project; `counterparts` those of that one, for which
 * much is installed; `host` those that start something,
 * by what they import, and all of `lab-adapters`, `faults`, `fuzz`, `examples` and `clients`, whose code does; `watched` those of them that count
 * the time of their thread; `unit` all others.
 */
export function projects(root: string): Projects {
  const names = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => name.endsWith('.test.ts')).map((name) => path.posix.join('test', name));
  const sorted: Projects = { unit: [], host: [], watched: [], install: [], counterparts: [] };
  for (const file of files.sort()) {
    const text = readFileSync(path.join(root, file), 'utf8');
    const starting = /^test\/(?:lab-adapters|faults|fuzz|examples|clients)\//.test(file) || starts.test(text);
    const [, folder] = /^test\/(install|counterparts)\//.exec(file) ?? [];
    const kind = counts.test(text) ? 'watched' : starting ? 'host' : 'unit';
    sorted[(folder as 'install' | 'counterparts' | undefined) ?? kind].push(file);
  }
  return sorted;
}
