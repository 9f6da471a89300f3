import type { Peer } from './peer.js';

/** What a benchmark found: figures for machines, lines for people. */
export interface BenchResult {
  readonly figures: unknown;
  readonly lines: readonly string[];
  /** Limits that it states and that were missed, in words; the command then ends with 1. */
  readonly missed?: readonly string[];
}

/** What to compare with, and how much of it. */
export interface BenchOptions {
  /** File of other engines' regret curves from stated starting designs. */
  readonly curves?: string;
  /** File of other engines' draws from pools, from stated first rows. */
  readonly draws?: string;
  /** File of another engine's runs with several trials in flight, from the same starts. */
  readonly batches?: string;
  /** File of another engine's hypervolumes from stated starts. */
  readonly goals?: string;
  /** File of another engine's curves after a gross error, from stated starts. */
  readonly outliers?: string;
  /** Folder of measured data sets. */
  readonly pools?: string;
  /** Folders of stored networks of molecules. */
  readonly models?: readonly string[];
  /** Folder of a stored transformer of molecules. */
  readonly transformer?: string;
  /** Campaign file of the quinones. */
  readonly quinones?: string;
  /** Folder in which what is simulated of pools is kept. */
  readonly tables?: string;
  /** Runs of each problem and pool. */
  readonly seeds: number;
  /** Problems and pools to run; all where absent. */
  readonly only?: readonly string[];
  /** Acquisition and surrogate of the campaigns; the default ones where absent. */
  readonly acquisition?: string;
  readonly surrogate?: string;
  /** Proposals a round on the test problems, measured together. */
  readonly batch: number;
  /** Numbers of trials and of parameters at which a proposal is timed. */
  readonly sizes: readonly number[];
  readonly dimensions: readonly number[];
  /** Sizes of the pools that are scored. */
  readonly candidates: readonly number[];
  /** Decisions on other data before a proposal is timed, of ours and of the peer's. */
  readonly warmUp: number;
  /** Another engine that is timed beside ours. */
  readonly peer?: Peer;
  /** Whether to wait for the peer's pool, which takes minutes. */
  readonly peerPool?: boolean;
}
