import { getExternalWorkflowHandle, ParentClosePolicy, startChild, WorkflowIdReusePolicy } from '@temporalio/workflow';
import type { Activities } from '../activities/index.js';
import type { CodesVersion } from '../models/domain/codes-version.js';
import type { TuneOrder } from '../models/domain/tuning.js';
import { isAlreadyStarted, rootMessage } from './failures.js';
import type { fineTuneWorkflow } from './fine-tune.js';
import type { LoopEvent, LoopState } from './loop.js';
import { tuningWorkflowId } from './queues.js';

/** What a campaign does for the fine-tuning of its encoders. */
interface Means {
  campaignId(): string;
  state(): LoopState;
  dispatch(event: LoopEvent): void;
  /** Runs what a continued run waits for. */
  operate(work: () => Promise<unknown>): Promise<void>;
  /** Tries until it succeeds. */
  insist<T>(work: () => Promise<T>): Promise<T>;
  readonly call: Pick<Activities, 'recallTuning' | 'failTuning' | 'writeTuning' | 'audit'>;
}

/** A version that a person wants used; null for the one that the campaign began with. */
interface Wanted {
  readonly at: number;
  readonly version: CodesVersion | null;
  readonly who: string;
  readonly why: string;
  readonly requestId: string;
}

/**
 * The workflows that fine-tune a campaign's encoders: starts and cancels them, and takes what came of them into use from the next
 * round on, written down first. Rounds go on meanwhile.
 */
export class Tunings {
  private settling = false;

  constructor(private readonly means: Means) {}

  /** Has it begun, or gone on with; one that runs already is left alone. */
  async start(order: TuneOrder): Promise<void> {
    const { means } = this;
    const campaignId = means.campaignId();
    try {
      const child = await startChild<typeof fineTuneWorkflow>('fineTuneWorkflow', {
        workflowId: tuningWorkflowId(campaignId, order.n),
        args: [{ campaignId, ...order }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        // Of one that has ended the store knows, and it ends at once.
        workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      });
      void child.result().then(
        () => this.hear(order.n),
        (error) =>
          means.operate(async () => {
            const reason = `it was ended: ${rootMessage(error)}`;
            await means.insist(() => means.call.failTuning({ campaignId, ...order, reason }));
            this.hear(order.n);
          }),
      );
    } catch (error) {
      if (!isAlreadyStarted(error)) throw error;
      // It runs, and will signal; or has just ended.
      this.hear(order.n);
    }
  }

  /** It is said to have ended; the store knows whether it has, and how. */
  hear(n: number): void {
    const { means } = this;
    if (means.state().tunings?.current?.n !== n || this.settling) return;
    this.settling = true;
    void means.operate(async () => {
      try {
        await this.settle(n);
      } finally {
        this.settling = false;
      }
    });
  }

  private async settle(n: number): Promise<void> {
    const { means } = this;
    const campaignId = means.campaignId();
    const end = await means.insist(() => means.call.recallTuning({ campaignId, n }));
    const order = means.state().tunings?.current;
    if (end === null || order?.n !== n) return;
    const id = `tuning ${n}`;
    means.dispatch({ type: 'ruling', id });
    try {
      const { round, codes } = means.state();
      const { at } = order;
      const now = codes?.find((one) => one.at === at);
      const isOther = now?.artefact !== order.codes?.find((one) => one.at === at)?.artefact;
      const meanwhile = isOther ? (now?.encoder ?? 'the version that the campaign began with') : null;
      const written = { campaignId, n, at: Date.now(), sinceRound: round + 1, meanwhile };
      await means.insist(() => means.call.writeTuning(written));
      if (end.version !== null && meanwhile === null) means.dispatch({ type: 'version', at, version: end.version });
      means.dispatch({ type: 'tuned', n });
    } finally {
      means.dispatch({ type: 'ruled', id, effect: null });
    }
  }

  /** Writes down that another version is to be used, and uses it from the next round on. */
  use(wanted: Wanted): Promise<void> {
    return this.means.operate(() => this.write(wanted));
  }

  private async write({ at, version, who, why, requestId }: Wanted): Promise<void> {
    const { means } = this;
    means.dispatch({ type: 'ruling', id: requestId });
    try {
      const sinceRound = means.state().round + 1;
      const before = means.state().codes?.find((one) => one.at === at)?.encoder ?? null;
      const details = { at, version, before, sinceRound, note: why };
      const act = { campaignId: means.campaignId(), requestId, who, action: 'rollback', details, at: Date.now() };
      await means.insist(() => means.call.audit(act));
      means.dispatch({ type: 'version', at, version });
    } finally {
      means.dispatch({ type: 'ruled', id: requestId, effect: null });
    }
  }

  async cancel(n: number): Promise<void> {
    try {
      await getExternalWorkflowHandle(tuningWorkflowId(this.means.campaignId(), n)).cancel();
    } catch {
      // It has ended.
    }
  }
}
