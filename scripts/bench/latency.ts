import { median } from 'simple-statistics';
import type { BenchOptions, BenchResult } from './index.js';
import { poolLatencies } from './latency-pool.js';
import { type LatencyRow, latencyRow, runsAt, warmUp } from './latency-rows.js';
import { checkPeer, type PeerFigures, runPeer } from './peer.js';

/** What is compared with the peer: `cold` with its fit and `acquire`, `noisy` with its fit and acquisition for noisy trials. */
const parts = ['fit', 'likelihoodAndGradient', 'acquire', 'cold', 'noisy'] as const;
type Parts = Readonly<Record<(typeof parts)[number], number>>;

/** A row with what the peer takes for the same, and ours as a share of it. */
export interface ComparedRow extends LatencyRow {
  readonly peer: Parts | null;
  readonly ratio: Parts | null;
}

/** The peer's acquisition that is ours too, and the one that it chooses itself. */
const comparedAcquisitions = { same: 'logEI', noisy: 'qLogNEI' } as const;

/** Decisions made on other data before a dimension is timed, and on how many trials: a worker has made some, too. */
const warmUps = { decisions: 40, trials: 100 } as const;

/**
 * CPU seconds of a proposal at n trials in d dimensions: the fit, its likelihood with gradient, what comes beyond the
 * surrogate, the first proposal and the next one; and of scoring a pool. With a peer, the same from its own program
 * right after, and ours as a share of it.
 */
export async function benchLatency(log: (line: string) => void, options: BenchOptions): Promise<BenchResult> {
  const { sizes, dimensions, candidates, peer } = options;
  if (peer !== undefined) await checkPeer(peer);
  const rows: LatencyRow[] = [];
  for (const d of dimensions) {
    await warmUp(warmUps.decisions, warmUps.trials, d);
    for (const n of sizes) {
      rows.push(await latencyRow(n, d));
      log(ownLine(rows.at(-1)!));
    }
  }
  log(`latency: pools of ${candidates.join(', ')}`);
  const pools = await poolLatencies(candidates);
  const peers =
    peer === undefined
      ? null
      : await runPeer(peer, sizes, dimensions, { pool: options.peerPool === true, runs: runsAt, log });
  const compared = compare(rows, peers);
  return {
    figures: { unit: 'CPU seconds', rows: compared, pools, peer: peers },
    lines: [
      `each dimension after ${warmUps.decisions} decisions on other data, as code is compiled while it first runs`,
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

/** Each row with the medians of the peer's rows of that size; null where there are none. */
export function compare(rows: readonly LatencyRow[], peers: PeerFigures | null): ComparedRow[] {
  return rows.map((row) => {
    const same = peers?.rows.filter(({ n, d }) => n === row.n && d === row.d) ?? [];
    if (same.length === 0) return { ...row, peer: null, ratio: null };
    const each = same.map(({ fit, likelihoodAndGradient, acquire }): Parts => {
      const [same, noisy] = [acquire[comparedAcquisitions.same], acquire[comparedAcquisitions.noisy]];
      const acquired = same ?? Number.NaN;
      return {
        fit,
        likelihoodAndGradient,
        acquire: acquired,
        cold: fit + acquired,
        noisy: fit + (noisy ?? Number.NaN),
      };
    });
    const peer = byPart((part) => median(each.map((one) => one[part])));
    const own = { ...row, noisy: row.cold };
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
    'the peer, and ours as a share of it:',
    line(['n', 'd', ...['fit', 'likelihood', 'acquire', 'cold', 'cold (noisy)'].flatMap((part) => [part, 'share'])]),
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
