import { median } from 'simple-statistics';
import { rawPoints, starts } from '../../models/search/maximise-acquisition.js';
import type { BenchOptions, BenchResult } from './contract.js';
import { type LatencyData, latencyData } from './latency-data.js';
import { poolLatencies } from './latency-pool.js';
import { type LatencyRow, latencyRow, runsPerRow, warmUp } from './latency-rows.js';
import { checkPeer, type PeerFigures, type PeerTasks, runPeer } from './peer.js';

/**
 * What is compared with the peer: `cold` with its fit and `acquire`, `usual` with its fit and as many restarts as it has by
 * default, `noisy` with its fit and acquisition for noisy trials.
 */
const parts = ['fit', 'likelihoodAndGradient', 'acquire', 'cold', 'usual', 'noisy'] as const;
type Parts = Readonly<Record<(typeof parts)[number], number>>;

/** A row with what the peer takes for the same, and ours as a share of it. */
export interface ComparedRow extends LatencyRow {
  readonly peer: Parts | null;
  readonly ratio: Parts | null;
}

/** Trials of the decisions on other data that go before each dimension, of ours and of the peer's. */
const warmUpTrials = 100;

/** Restarts that BoTorch's own campaigns have, and the pool that it is timed on. */
const [peerRestarts, peerPool] = [10, { candidates: 1_000_000, n: 200, d: 20 }] as const;

/**
 * CPU seconds of a proposal at n trials in d dimensions: the fit, its likelihood with gradient, what comes beyond the
 * surrogate, the first proposal and the next one; and of scoring a pool. With a peer, the same from its own program
 * right after, on the same data after as many decisions to warm up, and ours as a share of it.
 */
export async function benchLatency(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { sizes, dimensions, candidates, peer } = options;
  if (peer !== undefined) await checkPeer(peer);
  const warmUps = (d: number) => dataSets(options.warmUp, warmUpTrials, d, 1000);
  const rows: LatencyRow[] = [];
  for (const d of dimensions) {
    await warmUp(warmUps(d));
    for (const n of sizes) {
      rows.push(await latencyRow(dataSets(runsPerRow, n, d)));
      log(ownLine(rows.at(-1)!));
    }
  }
  log(`latency: pools of ${candidates.join(', ')}`);
  const pools = await poolLatencies(candidates);
  const tasks: PeerTasks = {
    restarts: starts,
    defaultRestarts: peerRestarts,
    rawPoints,
    tasks: dimensions.flatMap((d) => [
      ...warmUps(d).map((set) => peerTask(set, false)),
      ...sizes.flatMap((n) => dataSets(runsPerRow, n, d).map((set) => peerTask(set, true))),
    ]),
    pool: options.peerPool === true ? peerPool : null,
  };
  const peers = peer === undefined ? null : await runPeer(peer, tasks, log);
  const compared = compare(rows, peers);
  return {
    figures: { unit: 'CPU seconds', rows: compared, pools, peer: peers },
    lines: [
      `medians of ${runsPerRow} data sets; each dimension after ${options.warmUp} decisions on other data`,
      line(['n', 'd', 'fit', 'likelihood', 'acquire', 'cold', 'warm']),
      ...compared.map(ownLine),
      ...(peers === null ? [] : peerLines(compared)),
      ...[...pools, ...(peers?.pool ? [{ ...peers.pool, path: 'peer' }] : [])].map(
        ({ candidates: size, n, d, path, seconds }) =>
          `pool of ${size} × ${d} against n = ${n}, ${path}: ${seconds.toPrecision(3)} s`,
      ),
    ],
  };
}

function dataSets(count: number, n: number, d: number, firstSeed = 0): LatencyData[] {
  return Array.from({ length: count }, (_, i) => latencyData(n, d, firstSeed + i));
}

function peerTask({ n, d, x, y }: LatencyData, timed: boolean): PeerTasks['tasks'][number] {
  return { n, d, x: [...x], y: [...y], timed };
}

/** Each row with the medians of the peer's rows of that size; null where there are none. */
export function compare(rows: readonly LatencyRow[], peers: PeerFigures | null): ComparedRow[] {
  return rows.map((row) => {
    const same = peers?.rows.filter(({ n, d }) => n === row.n && d === row.d) ?? [];
    if (same.length === 0) return { ...row, peer: null, ratio: null };
    const each = same.map(
      ({ fit, likelihoodAndGradient, acquire }): Parts => ({
        fit,
        likelihoodAndGradient,
        acquire: acquire.logEI,
        cold: fit + acquire.logEI,
        usual: fit + acquire.logEIDefault,
        noisy: fit + acquire.qLogNEI,
      }),
    );
    const peer = byPart((part) => median(each.map((one) => one[part])));
    const own = { ...row, usual: row.cold, noisy: row.cold };
    return { ...row, peer, ratio: byPart((part) => own[part] / peer[part]) };
  });
}

function byPart(of: (part: keyof Parts) => number): Parts {
  return Object.fromEntries(parts.map((part) => [part, of(part)])) as Parts;
}

function ownLine({ n, d, fit, likelihoodAndGradient, acquire, cold, warm }: LatencyRow): string {
  return line([n, d, fit, likelihoodAndGradient, acquire, cold, warm]);
}

function peerLines(rows: readonly ComparedRow[]): string[] {
  return [
    `the peer with ${starts} restarts (usual: ${peerRestarts}), and ours as a share of it:`,
    line(['n', 'd', ...['fit', 'likelihood', 'acquire', 'cold', 'usual', 'noisy'].flatMap((part) => [part, 'share'])]),
    ...rows.flatMap(({ n, d, peer, ratio }) =>
      peer === null ? [] : [line([n, d, ...parts.flatMap((part) => [peer[part], ratio![part]])])],
    ),
  ];
}

/** Sizes as they are, other numbers to three digits. */
function line(cells: readonly (string | number)[]): string {
  const text = (cell: string | number, i: number) =>
    typeof cell === 'string' || i < 2 ? `${cell}` : cell.toPrecision(3);
  return cells.map((cell, i) => text(cell, i).padStart(i < 2 ? 5 : 12)).join(' ');
}
