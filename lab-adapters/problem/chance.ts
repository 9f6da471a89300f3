import { designKey } from '../../models/domain/design.js';
import { Generator } from '../../models/random/generator.js';
import type { JobRequest } from '../contract.js';
import type { ProblemSettings } from './settings.js';

/** What chance has in store for one job. */
export interface Fate {
  readonly durationMs: number;
  /** Standard normal number. */
  readonly noise: number;
  readonly fate: 'measured' | 'nan' | 'failed' | 'unknown';
  readonly replyLost: boolean;
}

/**
 * What chance has in store for a job: a pure function of the settings' seed, the design, the fidelity's name and, with
 * `vary: trial`, the end of the key, so that both hosts of the loop and every restart see the same.
 *
 * The end of the key is round, place and generation (`r3/p1/g1`): the campaign's id, which differs between a simulated
 * and a real run of the same file, does not count.
 */
export function fateOf(settings: ProblemSettings, key: string, request: JobRequest): Fate {
  const names = [request.fidelity, designKey(request.design)];
  if (settings.vary === 'trial') names.push(keyEnd(key));
  const random = new Generator(settings.seed, 'problem', ...names);
  const noise = random.normal();
  const { delayMs, faults } = settings;
  const u = random.uniform();
  const durationMs = typeof delayMs === 'number' ? delayMs : delayMs.min + u * (delayMs.max - delayMs.min);
  const replyLost = random.uniform() < faults.lostReplyRate;
  const drawn = random.uniform();
  const untilUnknown = faults.failRate + faults.unknownRate;
  let fate: Fate['fate'] = 'measured';
  if (drawn < faults.failRate) fate = 'failed';
  else if (drawn < untilUnknown) fate = 'unknown';
  else if (drawn < untilUnknown + faults.nanRate) fate = 'nan';
  return { durationMs: Math.round(durationMs), noise, fate, replyLost };
}

function keyEnd(key: string): string {
  const match = /(?:^|\/)(r\d+\/p\d+)(?:\/g(\d+))?(?:\/|$)/.exec(key);
  return match === null ? key : `${match[1]}/g${match[2] ?? '1'}`;
}
