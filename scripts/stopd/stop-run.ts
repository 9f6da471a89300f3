import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import { keptInstruments, stopsByHand } from '../safe-stop/kept-instruments.js';
import { latches } from '../safe-stop/latch.js';
import { clearStop, safeStop } from '../safe-stop/safe-stop.js';
import { type StopRow, stopDeadlineMs } from '../safe-stop/stop-instruments.js';
import { keepReport, lastReport, type ReportRow, type StopReport } from './stop-report.js';

/** What has to be so before anything begins again, said by whoever releases a stop. */
export const checklist = [
  'nobody is in reach of what may move',
  'every instrument that was not confirmed was looked at',
  'what it was stopped for is over',
] as const;

/** What a person does where no lab file tells. */
const usualAction = 'Go to it and switch it off at the device. Nothing new begins on it.';

/** Told of each instrument as soon as something is known of it; of one that answers late, again. */
export type HearRow = (row: ReportRow) => void;

/** A stop that a person asks for. */
export interface AskedStop {
  readonly lab: string | null;
  readonly who: string;
  readonly why: string;
}

/** Stops of one home, asked for by a page or a program. */
export class StopRuns {
  private readonly running = new Map<
    string | null,
    { readonly rows: ReportRow[]; readonly hearers: Set<HearRow>; readonly done: Promise<StopReport> }
  >();

  /** @param jobs - the home, or the folder that homes share */
  constructor(
    private readonly jobs: string,
    private readonly log: (line: string) => void,
  ) {}

  /**
   * Stops, or joins a stop of the same that is under way. It goes on whoever stops listening.
   * @throws {Error} of the file system if the latch cannot be written; the instruments are stopped all the same before
   */
  stop(asked: AskedStop, hear: HearRow = () => undefined): Promise<StopReport> {
    const there = this.running.get(asked.lab);
    if (there !== undefined) {
      for (const row of there.rows) hear(row);
      there.hearers.add(hear);
      return there.done;
    }
    const rows: ReportRow[] = [];
    const hearers = new Set([hear]);
    const done = this.run(asked, rows, (row) => {
      const at = rows.findIndex(({ instrument }) => instrument === row.instrument);
      if (at < 0) rows.push(row);
      else rows[at] = row;
      for (const each of hearers) each(row);
    }).finally(() => this.running.delete(asked.lab));
    this.running.set(asked.lab, { rows, hearers, done });
    return done;
  }

  private async run({ lab, who, why }: AskedStop, rows: readonly ReportRow[], tell: HearRow): Promise<StopReport> {
    const { jobs, log } = this;
    const deadlineMs = stopDeadlineMs;
    const actions = stopsByHand(jobs);
    const begun = performance.now();
    const at = Date.now();
    const report = (endedAt: number | null): StopReport => ({
      lab,
      who,
      why,
      at,
      endedAt,
      rows: [...rows],
      released: null,
    });
    const told = (row: StopRow) => {
      const known = rows.find(({ instrument }) => instrument === row.instrument);
      if (known?.outcome === 'silent' && row.outcome === 'silent') return;
      tell(rowOf(row, actions));
      this.keep(report(null));
    };
    // Whatever becomes of the guard, or of an adapter that takes its time to be made: nobody waits longer to be told.
    const late = setTimeout(() => {
      for (const { id, adapter } of keptInstruments(jobs, lab))
        if (!rows.some(({ instrument }) => instrument === id))
          told({
            instrument: id,
            adapter,
            outcome: 'silent',
            ms: performance.now() - begun,
            message: `no answer within ${deadlineMs / 1_000} s`,
          });
    }, deadlineMs);
    try {
      await safeStop(jobs, { lab, who, why, deadlineMs }, { log, onRow: told, everywhere: true });
      return report(Date.now());
    } finally {
      clearTimeout(late);
      this.keep(report(Date.now()));
    }
  }

  /** Notes that a person has stopped an instrument by hand. @throws {AthanorError} NOT_FOUND; WRONG_STATE where it is confirmed */
  mark(instrument: string, who: string): StopReport {
    const report = lastReport(this.jobs);
    const row = report?.rows.find((each) => each.instrument === instrument);
    if (report === null || row === undefined)
      throw new AthanorError('NOT_FOUND', `no '${instrument}' in the last stop`);
    if (report.endedAt === null) throw new AthanorError('WRONG_STATE', 'instruments are still waited for');
    if (row.confirmed) throw new AthanorError('WRONG_STATE', `${instrument} is confirmed already`);
    const marked = { ...row, confirmed: true, byHand: { who, at: Date.now() } };
    const rows = report.rows.map((each) => (each === row ? marked : each));
    keepReport(this.jobs, { ...report, rows });
    return { ...report, rows };
  }

  /**
   * Lets work begin again.
   *
   * @param asked.lab - whose stop; null for all stops there are
   * @throws {InvalidInputError} where the reason, or a point of the checklist, is missing
   * @throws {AthanorError} WRONG_STATE where nothing is stopped
   */
  release({ lab, who, why, checks }: AskedStop & { readonly checks: readonly string[] }): void {
    const faults = [
      ...(why.trim() === '' ? [{ path: 'reason', message: 'empty', remedy: 'say why work may begin again' }] : []),
      ...checklist
        .filter((point) => !checks.includes(point))
        .map((point) => ({
          path: 'checks',
          message: `'${point}' is not said`,
          remedy: 'look, then say that it is so',
        })),
    ];
    if (faults.length > 0) throw new InvalidInputError('release', faults);
    const there = latches(this.jobs).filter((latch) => lab === null || latch.lab === lab);
    if (there.length === 0) throw new AthanorError('WRONG_STATE', `${lab ?? 'nothing'}: no safe stop to release`);
    const said = `${why} (checked: ${checklist.join('; ')})`;
    for (const latch of there) clearStop(this.jobs, { lab: latch.lab, who, why: said });
    const report = lastReport(this.jobs);
    if (report !== null && (lab === null || report.lab === lab))
      keepReport(this.jobs, { ...report, released: { who, why, checks: [...checklist], at: Date.now() } });
  }

  private keep(report: StopReport): void {
    try {
      keepReport(this.jobs, report);
    } catch (error) {
      this.log(`the report of the stop cannot be kept: ${(error as Error).message}`);
    }
  }
}

function rowOf(row: StopRow, actions: Readonly<Record<string, string>>): ReportRow {
  const { instrument, outcome, ms, message } = row;
  const confirmed = outcome === 'stopped';
  return {
    ...{ instrument, confirmed, outcome, ms: Math.round(ms), why: message, byHand: null },
    action: confirmed ? null : (actions[instrument] ?? usualAction),
  };
}
