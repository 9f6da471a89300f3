import type { LabReport, ResourceReport, StockReport } from './durable/lab-report.js';
import { cleanLine } from './failure-line.js';
import { formatNumber } from './wording.js';

/** A lab as it is now, for people: a line for each instrument and position, and below it what there is to say. */
export function labLines({ name, who, at, resources, stock }: LabReport, now: number): readonly string[] {
  return [
    `${name}: as registered by ${cleanLine(who)}, ${moment(at)}`,
    ...resources.flatMap((resource) => resourceLines(resource, now)),
    ...stock.map(stockLine),
  ];
}

function resourceLines(resource: ResourceReport, now: number): string[] {
  const { name, kind, slots, leases, waiting, standstills, maintenance, worker } = resource;
  const taken = leases.filter(({ place }) => place <= slots).length;
  const free = slots === 1 ? (taken === 0 ? 'free' : 'in use') : `${slots - taken} of ${slots} free`;
  const closed = maintenance !== null && maintenance.from <= now;
  const state = standstills.length > 0 ? 'stands still' : closed ? 'in maintenance' : free;
  return [
    `  ${kind.padEnd(10)} ${name}: ${state}`,
    ...standstills.map(
      ({ kind: what, why, who, at }) =>
        `    ${(what === 'latched' ? 'stopped' : what).padEnd(8)} ${cleanLine(why)} (${cleanLine(who)}, ${moment(at)})`,
    ),
    ...(maintenance === null
      ? []
      : [`    closed   ${cleanLine(maintenance.why)}, ${moment(maintenance.from)} to ${moment(maintenance.until)}`]),
    ...leases.map(({ place, key, since, held }) => {
      const what = held ? 'held, as nobody knows what it does: athanor lab clear' : 'has it';
      return `    ${slots === 1 ? '' : `slot ${place}, `}${key} ${what} since ${moment(since)}`;
    }),
    ...(waiting ?? []).map(({ key, short, paused }) => {
      const why = paused === true ? ': its campaign is paused' : short === null ? '' : `: too little ${short}`;
      return `    waits    ${key}${why}`;
    }),
    ...(waiting === null ? ['    waits    nobody can tell now: no worker, or no Temporal server'] : []),
    ...workerLines(name, worker),
  ];
}

function workerLines(name: string, worker: ResourceReport['worker']): string[] {
  if (worker === undefined || worker.here === true) return [];
  if (worker.here === null) return [`    worker   on ${worker.on}; whether it is there nobody can tell now`];
  return [`    worker   none: start 'athanor worker --instrument ${name}' on ${worker.on}`];
}

function stockLine({ name, unit, left, reserved, low }: StockReport): string {
  const kept = reserved > 0 ? `, ${formatNumber(reserved)} kept for trials that have begun` : '';
  return `  stock      ${name}: ${formatNumber(left)} ${unit} left${kept}${low ? ', low: athanor lab refill' : ''}`;
}

function moment(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').slice(0, 16);
}
