import type { CampaignSource } from '../../activities/campaign-source.js';
import { parseJobKey } from '../../activities/job-request.js';
import { type Obstacle, obstaclesIn, obstaclesOf } from '../../activities/obstacles.js';
import { type SlotWait, slotWaits } from '../../activities/slot-waits.js';
import type { CampaignHead } from '../../activities/store/campaign.js';
import { findLab, listLabs, type StoredLab } from '../../activities/store/lab.js';
import { type LeaseEntry, openLeases } from '../../activities/store/lease.js';
import { latches } from '../safe-stop/latch.js';
import { isDriven, type LabServers } from './lab-report.js';

/** A trial that waits for a slot, and who has what it waits for; times in milliseconds since 1970. */
export interface WaitingTrialOf extends SlotWait {
  readonly has: readonly {
    readonly name: string;
    readonly key: string;
    readonly since: number;
    readonly held: boolean;
  }[];
}

/** Why trials in labs do not go on. */
export interface Stillness {
  readonly waits: readonly WaitingTrialOf[];
  readonly obstacles: readonly Obstacle[];
  /** Instruments, as LAB/NAME, of whose workers nobody can tell now whether they are there. */
  readonly untold: readonly string[];
}

/** Nothing of a lab waits or stands still. */
export const noStillness: Stillness = { waits: [], obstacles: [], untold: [] };

interface Deps extends LabServers {
  readonly source: CampaignSource;
  /** The home, or the folder that homes share; how a safe stop is cleared there is not known where absent. */
  readonly jobs?: string | undefined;
}

/** Of all labs. Whether workers are there the Temporal server tells; all else the store. */
export async function stillnessOfAll(deps: Deps): Promise<Stillness> {
  const labs = await listLabs(deps.store.query);
  return labs.length === 0 ? noStillness : stillnessIn(deps, labs);
}

/** Of one campaign: its trials, and what of its lab they need; of one that has stopped, slots that its jobs hold alone. */
export async function stillnessOf(deps: Deps, { id, phase }: Pick<CampaignHead, 'id' | 'phase'>): Promise<Stillness> {
  const { spec } = await deps.source.campaign(id);
  if (typeof spec.lab !== 'object') return noStillness;
  const known = await findLab(deps.store.query, spec.lab.name);
  const { obstacles, ...rest } = await stillnessIn(deps, known === null ? [] : [known], id);
  const of = { id, spec, stopped: phase === 'stopped' };
  return { ...rest, obstacles: obstaclesOf(obstacles, of, known?.definition ?? null) };
}

/** @param id - of the campaign whose waits count; those of all where absent */
async function stillnessIn(deps: Deps, labs: readonly StoredLab[], id: string | null = null): Promise<Stillness> {
  const { query } = deps.store;
  const now = Date.now();
  const waits = await slotWaits(deps, id);
  const leases = (await Promise.all(labs.map(({ name }) => openLeases(query, name)))).flat();
  const stops = deps.jobs === undefined ? [] : latches(deps.jobs).map(({ lab }) => lab);
  const parts = await Promise.all(labs.map(({ definition }) => obstaclesIn(query, definition, { waits, now, stops })));
  const workers = await Promise.all(labs.map((lab) => missingWorkers(deps, lab, { waits, leases })));
  return {
    waits: waits.map((wait) => ({
      ...wait,
      has: leases
        .filter(({ lab, resource }) => lab === wait.lab && wait.on.includes(resource))
        .map(({ resource: name, key, grantedAt, heldAt }) => ({ name, key, since: grantedAt, held: heldAt !== null })),
    })),
    obstacles: [...parts.flat(), ...workers.flatMap(({ missing }) => missing)],
    untold: workers.flatMap(({ untold }) => untold),
  };
}

/** Instruments that only workers which were told to drive, and that none does. */
async function missingWorkers(
  deps: Deps,
  { name: lab, definition }: StoredLab,
  { waits, leases }: { readonly waits: readonly SlotWait[]; readonly leases: readonly LeaseEntry[] },
) {
  // Those that have a slot are called by nobody.
  const waitingFor = (name: string) => [
    ...leases.flatMap((one) => (one.lab === lab && one.resource === name ? parseJobKey(one.key).trialId : [])),
    ...waits.flatMap((wait) => (wait.lab === lab && wait.on.includes(name) ? wait.trialId : [])),
  ];
  const apart = Object.entries(definition.instruments).flatMap(([name, { worker }]) =>
    worker === undefined ? [] : [{ name, on: worker }],
  );
  const here = await Promise.all(apart.map(({ name }) => isDriven(deps, lab, name)));
  const missing = apart.flatMap(({ name, on }, i): readonly Obstacle[] =>
    here[i] === false
      ? [
          {
            kind: 'worker',
            lab,
            name,
            since: null,
            until: null,
            text: `no worker drives it; one has to run on ${on}`,
            held: null,
            empty: false,
            remedies: [`athanor worker --instrument ${lab}/${name}`],
            waiting: waitingFor(name),
          },
        ]
      : [],
  );
  return { missing, untold: apart.flatMap(({ name }, i) => (here[i] === null ? [`${lab}/${name}`] : [])) };
}
