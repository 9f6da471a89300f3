import { Worker } from 'node:worker_threads';
import type { Design } from '../../models/domain/design.js';
import type { CampaignRecord } from '../../models/domain/record.js';

/** What a thread is to explain: a proposal, or what the models learned. */
export interface ExplainJob {
  readonly record: CampaignRecord;
  /** Id of a trial; null for the models. */
  readonly trial: string | null;
}

/** Why a trial was proposed, with what it was preferred to. */
export interface WhyTold {
  readonly purpose: string;
  readonly alternatives: readonly {
    readonly design: Design;
    readonly rowId: string | null;
    readonly fidelity: string;
    readonly text: string;
    readonly mean: number | null;
    readonly sd: number | null;
    readonly promise: number | null;
  }[];
  /** Why there are no alternatives; null where there are. */
  readonly none: string | null;
}

/** Explains campaigns in threads, one after the other, so that the server goes on answering. */
export class Explainer {
  private last: Promise<unknown> = Promise.resolve();

  /** What the models of a campaign learned: HTML. */
  async model(record: CampaignRecord): Promise<string> {
    return (await this.run({ record, trial: null })) as string;
  }

  /** Why a trial was proposed: its round is decided again from its record. */
  async why(record: CampaignRecord, trial: string): Promise<WhyTold> {
    return (await this.run({ record, trial })) as WhyTold;
  }

  private run(job: ExplainJob): Promise<unknown> {
    const mine = this.last.catch(() => undefined).then(() => this.inThread(job));
    this.last = mine;
    return mine;
  }

  private inThread(workerData: ExplainJob): Promise<unknown> {
    const worker = new Worker(threadFile(), { workerData, execArgv: [] });
    // It holds up nobody's end.
    worker.unref();
    return new Promise<unknown>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread that explains ended without an answer')));
    });
  }
}

/** A thread must be JavaScript: from the sources its compiled twin is taken. */
function threadFile(): URL {
  const compiled = import.meta.url.endsWith('.ts')
    ? '../../dist/scripts/serve/explain-thread.js'
    : './explain-thread.js';
  return new URL(compiled, import.meta.url);
}
