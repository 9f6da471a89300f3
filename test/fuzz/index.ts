import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanText } from '../../models/domain/clean-text.js';
import type { Input } from './kind.js';
import { kinds } from './kinds.js';
import { Runner } from './runner.js';
import { smaller } from './smaller.js';
import type { Outcome } from './thread.js';

const help = `npm run fuzz -- [--seconds N | --inputs N] [--seed S] [--only KIND[,KIND]] [--from I]

Changes valid inputs at random and feeds them to the product. Ends with 1 if anything came of it that must not be:
an error without words, more than a second of CPU time, something accepted that differs from what stands there.

  --seconds N   how long, in all (60)
  --inputs N    so many of each kind instead, whatever that takes
  --seed S      same seed, same inputs (1)
  --only KINDS  of ${Object.keys(kinds).join(', ')}
  --from I      number of the first input, to try one again: --only table --from 17 --inputs 1`;

/** CPU time that an input may take, milliseconds. */
const slowMs = 1_000;
/** Inputs of one kind before the next has its turn. */
const atOnce = 25;
/** Tries to make a find smaller. */
const tries = 400;
const findsFolder = '.fuzz/finds';

interface Tally {
  inputs: number;
  taken: number;
  finds: number;
  cpuMs: number;
  /** CPU time and number of the slowest input. */
  slowest: readonly [cpuMs: number, number: number];
}

/** Fuzzes, and gives the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const { values: options } = parseArgs({
    args: [...argv],
    options: {
      seconds: { type: 'string', default: '60' },
      inputs: { type: 'string' },
      seed: { type: 'string', default: '1' },
      only: { type: 'string' },
      from: { type: 'string', default: '0' },
      help: { type: 'boolean' },
    },
  });
  if (options.help === true) {
    console.log(help);
    return 0;
  }
  const names = options.only?.split(',') ?? Object.keys(kinds);
  const [seed, from] = [Number(options.seed), Number(options.from)];
  const most = options.inputs === undefined ? Number.POSITIVE_INFINITY : Number(options.inputs);
  const end = options.inputs === undefined ? Date.now() + 1000 * Number(options.seconds) : Number.POSITIVE_INFINITY;
  if (!names.every((name) => name in kinds) || ![seed, from].every(Number.isInteger) || Number.isNaN(most + end)) {
    console.error(help);
    return 2;
  }
  const fuzz = new Fuzz(seed);
  for (let next = from; next < from + most && Date.now() < end; next += atOnce) {
    for (const name of names) {
      if (Date.now() >= end) break;
      await fuzz.turn(name, next, Math.min(atOnce, from + most - next));
    }
    console.error(fuzz.progress());
  }
  await fuzz.close();
  console.log(fuzz.summary());
  return fuzz.found > 0 ? 1 : 0;
}

class Fuzz {
  private readonly runner = new Runner();
  private readonly tallies = new Map<string, Tally>();
  /** Finds by what they are: how often each was met. */
  private readonly finds = new Map<string, number>();

  constructor(private readonly seed: number) {}

  get found(): number {
    return this.finds.size;
  }

  /** Some inputs of a kind. */
  async turn(kind: string, from: number, count: number): Promise<void> {
    const tally = this.tallies.get(kind) ?? { inputs: 0, taken: 0, finds: 0, cpuMs: 0, slowest: [0, 0] as const };
    this.tallies.set(kind, tally);
    const told: [number, Outcome][] = [];
    for await (const [number, first] of this.runner.inputs(kind, this.seed, from, count)) {
      tally.inputs += 1;
      tally.cpuMs += first.cpuMs;
      if (first.verdict === 'taken') tally.taken += 1;
      if (first.verdict === 'find' || first.cpuMs > slowMs) told.push([number, first]);
      else if (first.cpuMs > tally.slowest[0]) tally.slowest = [first.cpuMs, number];
    }
    for (const [number, first] of told) {
      const outcome = first.verdict === 'find' ? first : await this.slow(kind, number, first);
      if (outcome === null) continue;
      tally.finds += 1;
      await this.tell(kind, number, outcome);
    }
  }

  /** Whether an input is slow by itself, and not for what happened to run at that time: the quickest of three counts. */
  private async slow(kind: string, number: number, first: Outcome): Promise<Outcome | null> {
    const input = await this.runner.make(kind, this.seed, number);
    let cpuMs = first.cpuMs;
    for (let again = 0; again < 3 && cpuMs > slowMs; again++)
      cpuMs = Math.min(cpuMs, (await this.runner.run(kind, input)).cpuMs);
    if (cpuMs <= slowMs) return null;
    return { ...first, cpuMs, what: 'slow', detail: `${Math.round(cpuMs)} ms of CPU time for ${first.bytes} bytes` };
  }

  private async tell(kind: string, number: number, outcome: Outcome): Promise<void> {
    const what = `${kind}: ${outcome.what}`;
    const before = this.finds.get(what) ?? 0;
    this.finds.set(what, before + 1);
    if (before > 0) return;
    const input = await this.runner.make(kind, this.seed, number);
    const small = await this.minimised(kind, input, outcome);
    const file = join(findsFolder, `${kind}-${this.seed}-${number}`);
    await mkdir(findsFolder, { recursive: true });
    await writeFile(file, small);
    const text = new TextDecoder().decode(small);
    console.log(
      [
        `FIND ${what}`,
        `  again:  npm run fuzz -- --seed ${this.seed} --only ${kind} --from ${number} --inputs 1`,
        `  of:     ${input.of}; ${input.bytes.length} bytes, made smaller to ${small.length}, in ${file}`,
        `  input:  ${JSON.stringify(text.length > 600 ? `${text.slice(0, 600)}…` : text)}`,
        `  ${cleanText(outcome.detail, 2_000).split('\n').slice(0, 12).join('\n  ')}`,
      ].join('\n'),
    );
  }

  /** Inputs that hang are not made smaller: each try would take as long. */
  private async minimised(kind: string, { bytes, of }: Input, { what }: Outcome): Promise<Uint8Array> {
    if (/hangs|still|thread|slow/.test(what)) return bytes;
    return smaller(
      bytes,
      async (candidate) => (await this.runner.run(kind, { bytes: candidate, of })).what === what,
      tries,
    );
  }

  /** Where it stands, in a line. */
  progress(): string {
    const all = [...this.tallies.values()];
    const sum = (of: (tally: Tally) => number) => all.reduce((total, tally) => total + of(tally), 0);
    return `fuzz: ${sum(({ inputs }) => inputs)} inputs, ${Math.round(sum(({ cpuMs }) => cpuMs) / 1000)} s of CPU time, ${this.found} finds`;
  }

  /** What was tried and found, by kind. */
  summary(): string {
    const rows = [...this.tallies].map(([kind, { inputs, taken, finds, cpuMs, slowest }]) =>
      [
        kind.padEnd(12),
        `${String(inputs).padStart(7)} inputs`,
        `${String(taken).padStart(6)} taken`,
        `${String(finds).padStart(5)} finds`,
        `${(cpuMs / 1000).toFixed(1).padStart(7)} s CPU`,
        `slowest ${Math.round(slowest[0])} ms (input ${slowest[1]})`,
      ].join('  '),
    );
    const finds = [...this.finds].map(([what, times]) => `  ${what} (${times} times)`);
    return [...rows, `${this.progress()}, seed ${this.seed}`, ...finds].join('\n');
  }

  close(): Promise<void> {
    return this.runner.close();
  }
}

process.exit(await main(process.argv.slice(2)));
