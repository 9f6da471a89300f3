import { setTimeout as delay } from 'node:timers/promises';
import { AthanorError } from '../../models/domain/errors.js';
import type { CampaignReport, Course } from './course.js';
import { serviceError } from './service-failure.js';

/** How to wait for the end of a campaign. */
export interface WaitOptions {
  readonly signal?: AbortSignal;
  readonly pollMs?: number;
  readonly onTrouble?: (error: Error | null) => void;
}

/** Figures and course of a campaign; the course as given, if it is. */
export type Report = (id: string, course?: Course) => Promise<CampaignReport>;

const courseEveryMs = 4_000;

/** Waits for the end of a campaign; see `waitUntilStopped` of the control. */
export async function waitFor(
  report: Report,
  id: string,
  onChange: (report: CampaignReport) => void = () => undefined,
  options: WaitOptions = {},
): Promise<CampaignReport> {
  const pollMs = options.pollMs ?? 500;
  const pause = () => delay(pollMs, undefined, options.signal === undefined ? {} : { signal: options.signal });
  let last = '';
  let trouble: AthanorError | null = null;
  let course: Course | undefined;
  for (let closedSeen = 0, polls = 0; ; polls++) {
    options.signal?.throwIfAborted();
    if (polls % Math.ceil(courseEveryMs / pollMs) === 0 || course?.workflow === 'closed') course = undefined;
    let now: CampaignReport;
    try {
      now = await report(id, course);
      if (trouble !== null) options.onTrouble?.(null);
      trouble = null;
    } catch (error) {
      const away = serviceError(error, 'Temporal');
      if (!(away instanceof AthanorError) || away.code !== 'SERVICE_UNAVAILABLE') throw error;
      if (trouble === null) options.onTrouble?.(away);
      trouble = away;
      await pause();
      continue;
    }
    course = now.course;
    const text = JSON.stringify(now);
    if (text !== last) onChange(now);
    last = text;
    if (now.phase === 'stopped') return now;
    // The end is written to the store before the workflow closes, so once more tells them apart.
    closedSeen = now.course.workflow === 'closed' ? closedSeen + 1 : 0;
    if (closedSeen > 1)
      throw new AthanorError(
        'WRONG_STATE',
        `the workflow of campaign '${id}' was ended by force; run the campaign again to go on where it was`,
      );
    await pause();
  }
}
