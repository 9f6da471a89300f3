import type { z } from '@hono/zod-openapi';
import { parseJobKey } from '../../activities/job-request.js';
import type { StoredLab } from '../../activities/store/lab.js';
import type { LabActEntry } from '../../activities/store/lab-act.js';
import type { LeaseEntry } from '../../activities/store/lease.js';
import { isSimulated } from '../../models/domain/lab.js';
import { onlyStep } from '../../models/domain/step-name.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type { LabReport, ResourceReport } from '../durable/lab-report.js';
import type { Stillness } from '../durable/stillness.js';
import type { Latch } from '../safe-stop/latch.js';
import type { labActEntry, labHead, labShape, leaseShape, resourceShape, stopShape } from './lab-shapes.js';

/** A lab in a list. @param stops - all that nobody has released */
export function labHeadView(lab: StoredLab, stops: readonly Latch[]): z.infer<typeof labHead> {
  const { name, version, definition, who, at } = lab;
  const { instruments, positions, description = null } = definition;
  return {
    ...{ name, description, version, registeredBy: who, registeredAt: at },
    simulated: Object.values(instruments).every(({ adapter }) => isSimulated(definition, adapter)),
    instruments: Object.keys(instruments),
    positions: Object.keys(positions),
    stops: stops.filter((stop) => stop.lab === null || stop.lab === name).map(stopView),
  };
}

/** A safe stop. */
export function stopView({ lab, who, why, at }: Latch): z.infer<typeof stopShape> {
  return { lab, who, why, at };
}

/** A lab as it is now. */
export function labView(
  lab: StoredLab,
  report: LabReport,
  { stillness, stops }: { readonly stillness: Stillness; readonly stops: readonly Latch[] },
): z.infer<typeof labShape> {
  const seen = (name: string) => report.acts.findLast((act) => act.name === name)?.id ?? 0;
  return {
    ...labHeadView(lab, stops),
    resources: report.resources.map((resource) => resourceView(lab, resource, seen(resource.name))),
    stock: report.stock.map((stock) => ({
      ...stock,
      warnBelow: lab.definition.stock[stock.name]?.warnBelow ?? null,
      seen: seen(stock.name),
    })),
    obstacles: stillness.obstacles
      .filter((obstacle) => obstacle.lab === lab.name)
      .map(({ kind, name, since, until, text, remedies, waiting }) => ({
        ...{ kind: kind === 'latched' ? 'stopped' : kind, name, since, until, text },
        remedies: [...remedies],
        waiting: [...waiting],
      })),
    waits: stillness.waits
      .filter((wait) => wait.lab === lab.name)
      .map(({ trialId, campaignId, step, on, since, unable }) => ({
        ...{ trial: trialId, campaign: campaignId, step, on: [...on], since, unable },
      })),
  };
}

function resourceView(
  { definition }: StoredLab,
  resource: ResourceReport,
  seen: number,
): z.infer<typeof resourceShape> {
  const { name, kind, slots, leases, waiting, standstills, maintenance, worker = null } = resource;
  const instrument = definition.instruments[name];
  return {
    ...{ name, kind, slots, seen, worker },
    adapter: instrument?.adapter ?? null,
    simulated: instrument === undefined ? definition.simulated === true : isSimulated(definition, instrument.adapter),
    can: [...(instrument?.can ?? [])],
    state: stateOf(resource, Date.now()),
    inFlight: leases.map(({ place, key, since, held }) => ({ ...jobView(key), slot: place, since, held })),
    queue: waiting?.map(({ key, short, paused }) => ({ ...jobView(key), short, paused: paused === true })) ?? null,
    standstills: standstills.map(({ kind: what, ...rest }) => ({ kind: standstillOf(what), ...rest })),
    maintenance: maintenance === null ? null : { ...maintenance, now: maintenance.from <= Date.now() },
  };
}

function standstillOf(kind: string): 'fault' | 'stopped' | 'paused' {
  return kind === 'latched' ? 'stopped' : (kind as 'fault' | 'paused');
}

function stateOf(
  { slots, leases, standstills, maintenance, worker }: ResourceReport,
  now: number,
): z.infer<typeof resourceShape>['state'] {
  const kinds = standstills.map(({ kind }) => standstillOf(kind));
  const worst = (['stopped', 'fault', 'paused'] as const).find((kind) => kinds.includes(kind));
  if (worst !== undefined) return worst;
  if (leases.some(({ held }) => held)) return 'held';
  if (worker?.here === false) return 'away';
  if (maintenance !== null && maintenance.from <= now) return 'maintenance';
  return leases.filter(({ place }) => place <= slots).length >= slots ? 'busy' : 'free';
}

/** Who had a slot. */
export function leaseView(lease: LeaseEntry): z.infer<typeof leaseShape> {
  const { resource, place, key, askedAt, grantedAt, releasedAt, heldAt } = lease;
  return {
    ...jobView(key),
    ...{ resource, slot: place, askedAt, from: grantedAt, until: releasedAt, held: heldAt !== null },
  };
}

/** What somebody did. */
export function labActView({ id, at, who, action, name, why, known, done }: LabActEntry): z.infer<typeof labActEntry> {
  return { id, at, who, act: action, name, why, known: known ?? null, done: done ?? null };
}

function jobView(key: string) {
  const { trialId, step } = parseJobKey(key);
  const isNone = step === onlyStep || step.startsWith('@');
  return { key, trial: trialId, campaign: parseTrialId(trialId).campaignId, step: isNone ? null : step };
}
