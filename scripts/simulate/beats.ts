import type { CampaignRecord } from '../../models/domain/record.js';
import type { LoopState } from '../../workflows/loop.js';
import { bestOf, totalCost, withoutBest } from '../outcome.js';
import { passedOver } from '../passed-over.js';
import { formatNumber, meanWords, wordingOf } from '../wording.js';

/** Silence after which a line tells where a seed stands. */
const quietMs = 10_000;

/** The lines that tell how a simulation goes on: one for each seed that is done, and signs of life in between. */
export class Beats {
  private last: number | null = null;

  /** @param runsDone - how many of all runs are done to begin with */
  constructor(
    private readonly runs: number,
    private readonly note: (line: string) => void,
    private runsDone = 0,
  ) {}

  /**
   * Something happened in the campaign of a seed.
   * @param now - milliseconds since 1970
   * @param strategy - null where there is only one
   */
  tell(seed: number, { ended, spent, round }: LoopState, now: number, strategy: string | null = null): void {
    this.last ??= now;
    if (now - this.last < quietMs) return;
    this.last = now;
    const trials = Object.values(ended).reduce((sum, count) => sum + count, 0);
    this.note(`${this.place(seed, strategy)}: round ${round}, ${trialsText(trials, spent)} so far`);
  }

  /** The run of a seed is done. @param now - milliseconds since 1970 */
  done(record: CampaignRecord, now: number, strategy: string | null = null): void {
    const { spec } = record.campaign;
    const best = bestOf(spec, record.trials);
    const trials = record.trials.filter((trial) => trial.observation !== null).length;
    const wording = wordingOf(record.campaign, record.trials);
    const passed = passedOver(spec, record.trials).length;
    const beside = passed === 0 ? '' : ` (${passed} passed over)`;
    const result =
      best === null
        ? withoutBest(spec, record.trials)
        : `best ${wording.value(best.value)}${meanWords(best.measuredIn?.length)}${beside}`;
    const stop = record.stop?.text ?? 'not stopped';
    this.last = now;
    this.runsDone += 1;
    this.note(`${this.place(spec.seed, strategy)}: ${result}, ${trialsText(trials, totalCost(record))}, ${stop}`);
  }

  private place(seed: number, strategy: string | null): string {
    return `[${this.runsDone}/${this.runs}] ${strategy === null ? '' : `${strategy}, `}seed ${seed}`;
  }
}

function trialsText(trials: number, cost: number): string {
  return `${trials} trials, cost ${formatNumber(cost)}`;
}
