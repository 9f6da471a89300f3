import type { Judged } from '../models/domain/standing.js';
import type { Outcome } from '../models/domain/trial.js';
import type { CauseClass } from '../models/domain/verdicts.js';

/** A design of the front. */
export interface Standing extends Judged {
  /** The first trial that measured it. */
  readonly trialId: string;
  /** The last round that had been asked for when that was known of it. */
  readonly round: number;
  /** Of how many measurements it is the mean; absent where it is a single one. */
  readonly measurements?: number;
}

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
  /** Present where its design has other trials at its fidelity: what it comes to together is to be found out. */
  readonly repeated?: true;
  /** 1 where absent. */
  readonly generation?: number;
}
