import type { AcquisitionSituation } from '../../acquisition/contract.js';
import type { CampaignSpec } from '../../domain/campaign.js';
import type { Gain, ReasonStep } from '../../domain/proposal.js';
import type { CostsAt } from '../../search/acquisition-surface.js';
import type { SurrogateType } from '../../surrogate/contract.js';
import type { Ensemble } from '../../surrogate/ensemble.js';
import type { Feasibility } from '../../surrogate/feasibility.js';
import type { Place, PreparedSpace } from '../candidates.js';
import type { Visit } from '../history.js';
import type { Open } from '../open.js';

/** The situation as one member of an ensemble sees it. */
export interface MemberSituation extends AcquisitionSituation {
  /** Weight of the member; those of all add up to 1. */
  readonly weight: number;
  readonly sees: SurrogateType['sees'];
  /** Whether it takes earlier campaigns into account. */
  readonly joins: boolean;
}

/** What a rule knows when it chooses the next trial. */
export interface Situation {
  readonly spec: CampaignSpec;
  readonly prepared: PreparedSpace;
  /** Everything run, running or just proposed. */
  readonly visits: readonly Visit[];
  /** What ran or is running, without the values that are taken for gross errors. */
  readonly believed: readonly Visit[];
  /** Cost by level; the target is the last. */
  readonly costs: readonly number[];
  /** Trials that the round still wants, this one among them. */
  readonly wanted: number;
  /**
   * Costs of designs at a level, where they are found to differ. Of a list, each candidate is valued by its own; in a
   * space without one the search climbs by the cost of the level, and only what is found is paid for by its own.
   */
  readonly costsAt?: CostsAt;
  /** How likely it is that a design gives a value; null where nothing has failed by its design. */
  readonly feasibility: Feasibility | null;
  readonly members: readonly MemberSituation[];
  /** Ensembles of the modelled outcomes beside that of the first objective, by name. */
  readonly further: ReadonlyMap<string, Ensemble>;
}

/** A design and level, with the acquisition there and the step of the rule that found it. */
export interface Choice extends Place {
  readonly level: number;
  /** Acquisition value; null where none was computed. */
  readonly value: number | null;
  /** Absent by rules of one step. */
  readonly step?: ReasonStep;
  /** Of several goals; absent by rules that know of one. */
  readonly gain?: Gain;
}

/** How the next trial is chosen; made for a round, and asked for one trial after the other. */
export interface Rule {
  /**
   * @param open - where trials may be proposed
   * @returns null if nothing is open
   */
  next(situation: Situation, open: Open): Promise<Choice | null>;
}
