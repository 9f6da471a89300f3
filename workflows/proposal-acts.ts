import { condition } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { PlaceInput } from '../activities/place-trial.js';
import type { Say } from '../activities/say-of.js';
import { committedCost, type LoopEvent, type LoopState } from './loop.js';

/** What a person says of a proposal. */
export type Said = Pick<Say, 'action' | 'trialId' | 'who' | 'why' | 'requestId'>;

/** A person's own design, as its campaign is told of it. */
export type Own = Pick<PlaceInput, 'who' | 'why' | 'requestId' | 'design' | 'rowId' | 'fidelity' | 'insteadOf'>;

/** What a campaign does for what people decide on its proposals. */
interface Means {
  campaignId(): string;
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Tries until it succeeds. */
  insist<T>(work: () => Promise<T>): Promise<T>;
  readonly call: Pick<Activities, 'sayOf' | 'place'>;
}

/**
 * Has what people decide on proposals that have not begun written down, and then done. The store is asked first, as another may have
 * been there before; until it has answered the proposal does not begin. One of which the campaign has not heard is waited for.
 */
export class ProposalActs {
  /** The design of a person that is being stored beside all others: each makes a round of its own. */
  private placing: string | null = null;

  constructor(private readonly means: Means) {}

  /** @throws {ActivityFailure} if it waits no more */
  async sayOf(said: Said): Promise<void> {
    const { means } = this;
    const { action, trialId: id } = said;
    await this.heardOf(id);
    const held = this.hold(id);
    try {
      await means.call.sayOf({ ...said, ...held, campaignId: means.campaignId(), at: Date.now() });
    } catch (error) {
      if (held.held) means.dispatch({ type: 'approve', id });
      throw error;
    }
    means.dispatch({ type: action, id });
  }

  /** Nobody said in time whether a proposal is wanted. */
  async overdue(trialId: string, action: 'approve' | 'reject'): Promise<void> {
    const { means } = this;
    const told = { action, trialId, who: null, why: null, requestId: `${trialId} overdue` };
    const write = () => means.call.sayOf({ ...told, campaignId: means.campaignId(), at: Date.now() });
    if (await means.insist(write)) means.dispatch({ type: action, id: trialId });
  }

  /**
   * Has a person's own design stored, with what is expected of it, in the place of a proposal or beside all others; no round begins
   * meanwhile, so that the next knows of it.
   *
   * @throws {ActivityFailure} if the other waits no more
   */
  async place(own: Own): Promise<void> {
    const { means } = this;
    const { insteadOf: id, requestId } = own;
    await (id === undefined ? condition(() => !means.state().proposing && this.placing === null) : this.heardOf(id));
    if (id === undefined) this.placing = requestId;
    const held = id === undefined ? {} : this.hold(id);
    means.dispatch({ type: 'ruling', id: requestId });
    try {
      const slot = await means.call.place({ ...own, ...this.around(id), ...held });
      // One that was stored for an order that came before is of an earlier round, and changes nothing.
      if (id === undefined) means.dispatch({ type: 'injected', round: roundOf(slot.id), slot });
      else means.dispatch({ type: 'edit', id, slot });
    } catch (error) {
      if (held.held) means.dispatch({ type: 'approve', id: id! });
      throw error;
    } finally {
      if (id === undefined) this.placing = null;
      means.dispatch({ type: 'ruled', id: requestId, effect: null });
    }
  }

  private async heardOf(id: string): Promise<void> {
    const { means } = this;
    await condition(() => means.state().waiting.some((slot) => slot.id === id) || !means.state().proposing);
  }

  /** Keeps a proposal from beginning that needs no approval. */
  private hold(id: string): { readonly held?: true } {
    const isFree = this.means.state().waiting.some((slot) => slot.id === id && slot.needs === undefined);
    if (!isFree) return {};
    this.means.dispatch({ type: 'held', id });
    return { held: true };
  }

  /** What a design that is placed now is to know of the campaign. */
  private around(insteadOf: string | undefined) {
    const state = this.means.state();
    const { round, inFlight, waiting, budget, spent } = state;
    const pending = [...inFlight, ...waiting].map(({ id }) => id);
    const remainingCost = budget.cost === null ? null : Math.max(0, budget.cost - spent - committedCost(state));
    const sinceRound = round + (insteadOf === undefined ? 2 : 1);
    const { codes, contexts } = state;
    return {
      ...{ campaignId: this.means.campaignId(), at: Date.now(), pending, remainingCost, sinceRound },
      ...(codes === undefined ? {} : { codes }),
      ...(contexts === undefined ? {} : { contexts }),
    };
  }
}

function roundOf(trialId: string): number {
  return Number(/\/r(\d+)\/p\d+$/.exec(trialId)?.[1] ?? 0);
}
