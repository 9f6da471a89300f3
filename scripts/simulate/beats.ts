import type { CampaignRecord } from '../../models/domain/record.js';
import type { LoopState } from '../../workflows/loop.js';
import { bestOf, totalCost } from '../outcome.js';
import { formatNumber, wordingOf } from '../wording.js';

/** Silence after which a line tells where a seed stands. */
const quietMs = 10_000;

/** The lines that tell how a simulation goes on: one for each seed that is done, and signs of life in between. */
export class Beats {
  private last: number | null = null;
  private seedsDone = 0;

  constructor(
    private readonly seeds: number,
    private readonly note: (line: string) => void,
  ) {}

  /** Something happened in the campaign of a seed. @param now - milliseconds since 1970 */
  tell(seed: number, { ended, spent, round }: LoopState, now: number): void {
    this.last ??= now;
    if (now - this.last < quietMs) return;
    this.last = now;
    const trials = Object.values(ended).reduce((sum, count) => sum + count, 0);
    this.note(`[${this.seedsDone}/${this.seeds}] seed ${seed}: round ${round}, ${trialsText(trials, spent)} so far`);
  }

  /** A seed is done, the `done`th of all. @param now - milliseconds since 1970 */
  done(record: CampaignRecord, done: number, now: number): void {
    const { spec } = record.campaign;
    const best = bestOf(spec, record.trials);
    const trials = record.trials.filter((trial) => trial.observation !== null).length;
    const wording = wordingOf(record.campaign, record.trials);
    const result = best === null ? 'nothing measured at the target fidelity' : `best ${wording.value(best.value)}`;
    const stop = record.stop?.text ?? 'not stopped';
    this.last = now;
    this.seedsDone = done;
    this.note(
      `[${done}/${this.seeds}] seed ${spec.seed}: ${result}, ${trialsText(trials, totalCost(record))}, ${stop}`,
    );
  }
}

function trialsText(trials: number, cost: number): string {
  return `${trials} trials, cost ${formatNumber(cost)}`;
}
