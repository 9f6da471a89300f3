import type { Client } from '@temporalio/client';
import { closedTimes } from '../../activities/maintenance.js';
import type { Store } from '../../activities/store/client.js';
import type { StoredLab } from '../../activities/store/lab.js';
import { type LabActEntry, listLabActs } from '../../activities/store/lab-act.js';
import { openLeases } from '../../activities/store/lease.js';
import { listStandstills } from '../../activities/store/standstill.js';
import { reservedOf, stockOf } from '../../activities/store/stock.js';
import type { LeaseState, Waiting } from '../../workflows/lease-life.js';
import { instrumentQueue, instrumentWorkflowId } from '../../workflows/queues.js';
import { isPolled } from './polled.js';

/** An instrument or position as people see it; times in milliseconds since 1970. */
export interface ResourceReport {
  readonly name: string;
  readonly kind: 'instrument' | 'position';
  readonly slots: number;
  readonly leases: readonly {
    readonly place: number;
    readonly key: string;
    readonly since: number;
    readonly held: boolean;
  }[];
  /** Who waits, in the order of asking; null where its workflow cannot be asked now. */
  readonly waiting: readonly Pick<Waiting, 'key' | 'short' | 'paused'>[] | null;
  readonly standstills: readonly {
    readonly kind: string;
    readonly why: string;
    readonly who: string;
    readonly at: number;
  }[];
  /** Maintenance now, or the next within a week. */
  readonly maintenance: { readonly from: number; readonly until: number; readonly why: string } | null;
  /** Present for an instrument that only workers which were told to drive. */
  readonly worker?: {
    /** As the lab file says. */
    readonly on: string;
    /** Whether one is there; null where the server cannot tell now. */
    readonly here: boolean | null;
  };
}

/** A stock as it is now. */
export interface StockReport {
  readonly name: string;
  readonly unit: string;
  readonly left: number;
  /** What is kept for steps to come of trials that have begun; not among what is left. */
  readonly reserved: number;
  readonly low: boolean;
}

/** A lab as it is now. */
export interface LabReport {
  readonly name: string;
  readonly version: number;
  readonly who: string;
  readonly at: number;
  readonly resources: readonly ResourceReport[];
  readonly stock: readonly StockReport[];
  /** What people did to it, oldest first; of each thing the number of the last is its mark (`--seen`). */
  readonly acts: readonly LabActEntry[];
}

/** Where what is known of labs is read. */
export interface LabServers {
  readonly store: Store;
  readonly client: Client;
  readonly taskQueue: string;
}

const weekMs = 7 * 86_400_000;
/** For a workflow that no worker may answer for. */
const queryMs = 3_000;

/** What is known of a lab; what only the Temporal server knows is null where that does not answer. */
export async function labReport(servers: LabServers, { definition, version, who, at }: StoredLab): Promise<LabReport> {
  const { query } = servers.store;
  const { name: lab, instruments, positions } = definition;
  const [leases, standstills, left, reserved] = await Promise.all([
    openLeases(query, lab),
    listStandstills(query, lab),
    stockOf(query, lab),
    reservedOf(query, lab),
  ]);
  const now = Date.now();
  const all = [
    ...Object.entries(instruments).map(([name, one]) => ({
      name,
      kind: 'instrument' as const,
      worker: undefined,
      ...one,
    })),
    ...Object.entries(positions).map(([name, one]) => ({
      name,
      kind: 'position' as const,
      maintenance: [],
      worker: undefined,
      ...one,
    })),
  ];
  const resources = all.map(async ({ name, kind, slots, maintenance, worker }): Promise<ResourceReport> => {
    const [next] = closedTimes(maintenance, { from: now, until: now + weekMs });
    return {
      name,
      kind,
      slots,
      leases: leases
        .filter(({ resource }) => resource === name)
        .map(({ place, key, grantedAt, heldAt }) => ({ place, key, since: grantedAt, held: heldAt !== null })),
      waiting: await waitingFor(servers.client, lab, name),
      standstills: standstills.filter(({ resource }) => resource === name).map(({ resource: _, ...one }) => one),
      maintenance: next ?? null,
      ...(worker === undefined ? {} : { worker: { on: worker, here: await isDriven(servers, lab, name) } }),
    };
  });
  return {
    name: lab,
    version,
    who,
    at,
    resources: await Promise.all(resources),
    acts: await listLabActs(servers.store.query, lab),
    stock: Object.entries(definition.stock).map(([name, { unit, warnBelow = 0 }]) => {
      const amount = left.get(name) ?? 0;
      return { name, unit, left: amount, reserved: reserved.get(name) ?? 0, low: amount < warnBelow || amount <= 0 };
    }),
  };
}

async function waitingFor(client: Client, lab: string, name: string): Promise<ResourceReport['waiting']> {
  try {
    const handle = client.workflow.getHandle(instrumentWorkflowId(lab, name));
    const { waiting } = await client.withDeadline(Date.now() + queryMs, () => handle.query<LeaseState>('leases'));
    return waiting.map(({ key, short, paused }) => ({ key, short, ...(paused === undefined ? {} : { paused }) }));
  } catch {
    return null;
  }
}

/** Whether a worker asks for the calls of an instrument. */
export function isDriven(
  { client, taskQueue }: Omit<LabServers, 'store'>,
  lab: string,
  name: string,
): Promise<boolean | null> {
  return isPolled(client, instrumentQueue(taskQueue, lab, name), 'activities');
}
