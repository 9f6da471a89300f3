import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Campaign } from '../../../models/domain/campaign.js';
import type { CampaignRecord } from '../../../models/domain/record.js';
import { verifyRecord } from '../../../scripts/record/verify.js';
import { instruments, simulatedLab, stepsOf, type Variant } from './lab.js';
import type { Lane } from './lane.js';

/** What came of a run. */
export interface Finding {
  /** The most starts that one key has at the devices. */
  readonly starts: number;
  readonly unknown: number;
  /** Jobs that a device has ended and whose answer is not in the store. */
  readonly lost: number;
  /** Answers or trials that are there twice. */
  readonly doubled: number;
  /** Designs, in their order, with all that the record says of them, but the campaign's id. */
  readonly proposals: string;
  /** All else that is not as it should be. */
  readonly faults: readonly string[];
}

/** Looks at what the store, the record and the devices' own ledgers have of a campaign that has ended. */
export async function findingOf(lane: Lane, campaign: Campaign, variant: Variant): Promise<Finding> {
  const record = await lane.control.record(campaign.id);
  const { trials } = record;
  const starts = await startsOf(lane, campaign.id);
  const perKey = new Map<string, number>();
  for (const { key } of starts) perKey.set(key, (perKey.get(key) ?? 0) + 1);
  const isUnknown = (trial: (typeof trials)[number]) => trial.observation?.outcome === 'quarantined';
  const faults: string[] = [];
  const expect = (holds: boolean, what: string) => {
    if (!holds) faults.push(what);
  };

  const wanted = trials
    .filter((trial) => !isUnknown(trial))
    .flatMap(({ proposal }) => stepsOf[variant].map((step) => `${proposal.id}/g1/${step.split(' ')[0]}`));
  const begun = [...perKey.keys()];
  expect(
    wanted.every((key) => perKey.has(key)),
    `not begun: ${wanted.filter((key) => !perKey.has(key)).join(' ')}`,
  );
  const held = trials.filter(isUnknown).map(({ proposal }) => `${proposal.id}/`);
  const odd = begun.filter((key) => !wanted.includes(key) && !held.some((trial) => key.startsWith(trial)));
  expect(odd.length === 0, `begun, and nobody wanted it: ${odd.join(' ')}`);

  const answers = await rows(lane, 'SELECT key FROM step_answer WHERE starts_with(trial_id, $1)', campaign);
  const attempts = await rows(lane, 'SELECT trial_id AS key FROM attempt WHERE starts_with(trial_id, $1)', campaign);
  const answered = new Set(answers);
  const lost = begun.filter((key) => !answered.has(key)).length;
  const doubled = answers.length - answered.size + attempts.length - new Set(attempts).size;
  const late = await lane.store.query("SELECT 1 FROM audit WHERE campaign_id = $1 AND action = 'late'", [campaign.id]);
  expect(late.length === 0, `${late.length} values came late`);

  for (const { proposal, observation, steps: ran } of trials) {
    const { outcome = 'none', values = {}, cause } = observation ?? {};
    if (outcome === 'quarantined') continue;
    expect(
      outcome === (variant === 'plain' ? 'measured' : 'failed'),
      `${proposal.id}: ${outcome} ${cause?.message ?? ''}`,
    );
    const right = variant === 'plain' ? await valuesOf(proposal.design) : {};
    for (const [name, value] of Object.entries(right))
      expect(
        Math.abs(values[name]! - value) <= 1e-9 * Math.abs(value),
        `${proposal.id}: ${name} = ${values[name]}, not ${value}`,
      );
    const hows = ran?.map(({ step, how }) => `${step} ${how}`).join(', ');
    expect(hows === stepsOf[variant].join(', '), `${proposal.id}: ${hows}`);
  }
  const { mismatches } = await verifyRecord(record);
  expect(mismatches.length === 0, `the record does not verify: ${JSON.stringify(mismatches[0])}`);
  expect(record.stop?.reason === 'budgetTrials', `stopped for ${record.stop?.reason}`);
  const open = await lane.store.query('SELECT key FROM lease WHERE released_at IS NULL AND campaign_id = $1', [
    campaign.id,
  ]);
  expect(open.length === 0, `slots not given back: ${open.map(({ key }) => key).join(' ')}`);
  const lines = await rows(
    lane,
    "SELECT key FROM submission WHERE state <> 'ended' AND starts_with(trial_id, $1)",
    campaign,
  );
  expect(lines.length === held.length, `jobs that are not over in the ledger: ${lines.join(' ')}`);
  return {
    starts: Math.max(0, ...perKey.values()),
    unknown: held.length,
    lost,
    doubled,
    proposals: proposalsOf(record),
    faults,
  };
}

/** All starts of a campaign at the devices, in order of time. */
export async function startsOf(lane: Lane, id: string) {
  const all = await Promise.all(instruments.map((name) => lane.devices[name].starts(id)));
  return all.flat().sort((one, other) => one.at - other.at);
}

/** What the simulated instruments measure of a design. */
async function valuesOf(design: unknown): Promise<Readonly<Record<string, number>>> {
  const { temperature, annealed, minutes } = design as Record<string, number>;
  const physics = await import(pathToFileURL(join(simulatedLab, 'physics.mjs')).href);
  return {
    yield: physics.yieldAt(temperature),
    shrinkage: physics.shrinkageAt(annealed, minutes),
    brightness: physics.brightnessOf(temperature, annealed, minutes),
  };
}

async function rows({ store }: Lane, sql: string, { id }: Campaign): Promise<string[]> {
  return (await store.query(sql, [`${id}/`])).map(({ key }) => key as string);
}

/** The ids differ by the campaign's, and with them the hash over the observations. */
function proposalsOf({ campaign, trials }: CampaignRecord): string {
  return JSON.stringify(trials.map(({ proposal }) => proposal))
    .replaceAll(campaign.id, 'c')
    .replaceAll(/"dataHash":"\w*"/g, '"dataHash":""');
}
