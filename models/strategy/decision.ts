import type { AskedApproval } from '../domain/approval.js';
import type { ArtefactSource } from '../domain/artefact.js';
import type { Campaign } from '../domain/campaign.js';
import type { CodesVersion } from '../domain/codes-version.js';
import type { SaidContexts } from '../domain/contexts.js';
import type { Design } from '../domain/design.js';
import type { Assurance, Basis, Proposal } from '../domain/proposal.js';
import type { TrialRecord } from '../domain/record.js';

/** A design of a person's own, which is in the space. */
export interface Wish {
  readonly design: Design;
  /** Null outside pools. */
  readonly rowId: string | null;
  /** Name of the fidelity. */
  readonly fidelity: string;
  /** Whose it is and why, in words. */
  readonly words: string;
}

/** What a round of proposals is made from. */
export interface DecideRequest {
  readonly campaign: Campaign;
  readonly round: number;
  /** Proposals wanted. */
  readonly count: number;
  /** Ids of trials in flight; all other trials of earlier rounds have ended or were withdrawn. */
  readonly pending: readonly string[];
  readonly remainingCost: number | null;
  /** The budget in force, where a person changed that of the campaign file; absent where it is that. */
  readonly budget?: Basis['budget'];
  /** The stop rules in force, where a person changed those of the campaign file; absent where it is those. */
  readonly stop?: Basis['stop'];
  /** Parameters that keep to a value, as a person wants for this round; absent where none does. */
  readonly fixed?: Basis['fixed'];
  /** What a person said of the contexts; absent where nobody did. */
  readonly contexts?: SaidContexts | undefined;
  /** False where trials that taught nothing, or were rejected, are passed over, as versions did that did not keep away from them. */
  readonly untaught?: boolean | undefined;
  /** False where no value is taken for a gross error, as versions did that took none; true where absent. */
  readonly suspects?: boolean | undefined;
  /** A person's own design: it alone is proposed, with what the surrogates expect of it; absent where designs are chosen. */
  readonly wish?: Wish | undefined;
  /** All trials of earlier rounds, in the order of their ids. */
  readonly trials: readonly TrialRecord[];
  /**
   * The sha256 of extensions that this round appends to the pool, after those of earlier rounds (see `extensionsOf`); absent
   * where there is none. A round that comes to no proposal appends nothing, as nothing names it then.
   */
  readonly extend?: readonly string[] | undefined;
  /** Versions of encoders in use in the place of those whose codes the space holds; absent where there is none. */
  readonly codes?: readonly CodesVersion[] | undefined;
  /**
   * Finds what decisions of earlier rounds made, as their proposals name it, the extensions of `extend` and what `codes` names; absent where
   * there is nothing of the kind.
   */
  readonly artefacts?: ArtefactSource | undefined;
}

/** What to try next. */
export interface Decision {
  /** At most `count`. */
  readonly proposals: readonly Proposal[];
  /** Why there are fewer than wanted: no design left, or none that the remaining budget pays. */
  readonly shortfall: 'space' | 'budget' | null;
  /** What a person is to approve before it begins, in the order of the proposals, null where nothing; absent where all are free. */
  readonly approvals?: readonly (AskedApproval | null)[];
  /**
   * What was made with the proposals or first appended by them, by sha256, and not kept anywhere yet: whoever keeps the proposals keeps it before them,
   * as they name it, and has it at hand for later rounds. Absent where nothing was.
   */
  readonly artefacts?: ReadonlyMap<string, Uint8Array>;
}

/** What the decision says of the stop rules `regretBound`; it is stored with each of its proposals. */
export function assurancesOf({ proposals }: Pick<Decision, 'proposals'>): readonly Assurance[] {
  return proposals[0]?.basis.assurances ?? [];
}
