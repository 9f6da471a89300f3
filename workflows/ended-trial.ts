import type { Judged } from '../models/domain/standing.js';
import type { Outcome } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';

/** How a trial ended. */
export interface EndedTrial {
  readonly id: string;
  readonly outcome: Outcome;
  readonly cost: number;
  /** What a measured trial at the target fidelity is worth, else null. */
  readonly judged: Judged | null;
  /** Present where something was measured at whatever fidelity, but not what decides. */
  readonly lacking?: true;
  /** Whether the value lay in its 90 % interval; absent where none was foretold, or nobody asks. */
  readonly inside?: boolean;
  /** Who is to blame where nothing was measured; absent in histories from before it was told. */
  readonly cause?: CauseClass | null;
  /** 1 where absent. */
  readonly generation?: number;
}
