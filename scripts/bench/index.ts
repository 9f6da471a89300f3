import { realpathSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { benchLinalg } from './linalg.js';
import { benchOrchestrator } from './orchestrator.js';
import { benchPools } from './pools.js';
import { benchRegret } from './regret.js';

/** What a benchmark found: figures for machines, lines for people. */
export interface BenchResult {
  readonly figures: unknown;
  readonly lines: readonly string[];
}

/** The benchmarks by name; a new one is one line here. */
export const benches: Readonly<Record<string, (log: (line: string) => void) => Promise<BenchResult>>> = {
  linalg: benchLinalg,
  orchestrator: benchOrchestrator,
  pools: benchPools,
  regret: benchRegret,
};

/** Runs `npm run bench -- NAME [--json]`; with --json nothing but the figures goes to standard output. */
async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => arg !== '--json');
  const unknown = names.filter((name) => benches[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`no benchmark ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}\n`);
    return 2;
  }
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  const figures: Record<string, unknown> = {};
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const result = await benches[name]!(log);
    figures[name] = result.figures;
    if (!args.includes('--json'))
      process.stdout.write(`${name}\n${result.lines.map((line) => `  ${line}\n`).join('')}`);
  }
  if (args.includes('--json')) process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
  return 0;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href)
  process.exitCode = await main(process.argv.slice(2));
