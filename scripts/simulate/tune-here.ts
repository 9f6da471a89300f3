import { tuneInThread } from '../../activities/tune-in-thread.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { AthanorError } from '../../models/domain/errors.js';
import type { AuditEntry, TrialRecord } from '../../models/domain/record.js';
import {
  nothingMade,
  type TuneOrder,
  tuningDetails,
  versionActions,
  versionEntries,
  wouldComeAgain,
} from '../../models/domain/tuning.js';
import { type ModelBundle, modelIdentity } from '../../models/pretrained/bundle.js';
import { heldBytes, namedArtefacts } from '../../models/strategy/artefacts.js';
import { campaignJob, campaignVersion, type Tunable } from '../../models/strategy/tuning/campaign-tuning.js';
import type { LoopEvent } from '../../workflows/loop.js';
import { version } from '../version.js';

/** What a campaign in this process fine-tunes its encoders with. */
interface Means {
  readonly campaign: Campaign;
  /** Finds models by identity; where absent none is found. */
  readonly find: Tunable['model'] | undefined;
  /** What decisions made, by sha256; codes of new versions are put beside it. */
  readonly artefacts: Map<string, Uint8Array>;
  /** Milliseconds since 1970, or of virtual time. */
  readonly now: () => number;
}

/** Fine-tunes encoders of a campaign by the same functions as workers do; models that are made are held in memory alone. */
export class Tuner {
  /** What became of orders, as the record tells it. */
  readonly audit: AuditEntry[] = [];
  private readonly made = new Map<string, ModelBundle>();
  private under = new AbortController();

  constructor(private readonly means: Means) {}

  /** Does what is ordered, and says what follows from it for the loop, which begins no round meanwhile; nothing where it was cancelled. */
  async run(order: TuneOrder, trials: readonly TrialRecord[]): Promise<readonly LoopEvent[]> {
    this.under = new AbortController();
    const { signal } = this.under;
    const { end, codes } = await this.tuned(order, trials, signal).catch((error: unknown) => {
      if (signal.aborted) return { end: null, codes: null };
      if (!wouldComeAgain(error)) throw error;
      return { end: nothingMade((error as Error).message), codes: null };
    });
    if (end === null) return [];
    const { n, at } = order;
    if (codes !== null) this.means.artefacts.set(end.version!.artefact, codes);
    const details = tuningDetails(order, end, { sinceRound: order.round + 1, meanwhile: null });
    this.audit.push({ at: this.means.now(), who: order.who, action: versionActions[0], details });
    const used: readonly LoopEvent[] = end.version === null ? [] : [{ type: 'version', at, version: end.version }];
    return [...used, { type: 'tuned', n }];
  }

  /** Ends what is under way; nothing comes of it. */
  cancel(): void {
    this.under.abort();
  }

  /** What a record of these trials is to hold: codes that no round came to be decided with are none of it. */
  named(trials: readonly TrialRecord[]): ReadonlyMap<string, Uint8Array> {
    const named = namedArtefacts(trials);
    const codes = new Set(versionEntries(this.audit).map(({ told }) => told.version?.artefact));
    return new Map([...this.means.artefacts].filter(([sha256]) => named.has(sha256) || !codes.has(sha256)));
  }

  private async tuned(order: TuneOrder, trials: readonly TrialRecord[], signal: AbortSignal) {
    const { campaign, find, artefacts } = this.means;
    const model: Tunable['model'] = async (identity, name) => {
      const found = this.made.get(identity) ?? (await find?.(identity, name));
      if (found === undefined) throw new AthanorError('NOT_FOUND', `nobody said where the model ${name} is`);
      return found;
    };
    const source = async (sha256: string) => heldBytes(artefacts, sha256);
    const job = await campaignJob({ campaign, trials, artefacts: source, model }, order);
    const tuned = await tuneInThread(job, { kept: new Map(), keep: async () => {}, signal });
    const told = { program: version(), at: new Date(this.means.now()).toISOString() };
    const { end, bundle, codes } = campaignVersion(campaign, order, { job, tuned }, told);
    this.made.set(modelIdentity(bundle.manifest), bundle);
    return { end, codes };
  }
}
