import type { AdapterType, CheckScope } from '../../lab-adapters/contract.js';
import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import { AthanorError } from '../../models/domain/errors.js';
import { byPerson, mostFidelities } from '../../models/domain/fidelity.js';
import type { Space } from '../../models/domain/space.js';
import type { LoadedLab } from '../lab-file.js';
import { absoluteSettings, settingsFaults, withCost } from './adapter-settings.js';
import { instrumentFaults } from './lab-instruments.js';
import { madeAdapter } from './made-adapter.js';
import { oneOf } from './nearest.js';
import type { CampaignParts, FidelityParts } from './parts.js';
import { personFaults } from './people.js';
import { recipeFaults } from './recipes.js';
import type { PlacedFault } from './schema-faults.js';
import { placed, show } from './schema-faults.js';
import { repeatedNames } from './space.js';

/** The fidelities with their adapters' settings checked. */
export interface ResolvedFidelities {
  /** Settings by fidelity: paths made absolute, cost filled in; as given where they are wrong. */
  readonly settings: readonly Readonly<Record<string, unknown>>[];
  readonly faults: readonly PlacedFault[];
  /** Instruments by fidelity that take one trial at a time by their adapter's word; null for the others. */
  readonly exclusive: readonly (string | null)[];
  /** What people should know, a line each. */
  readonly notes: readonly string[];
}

/**
 * Checks names, order of costs, adapters and their settings.
 *
 * @param context - `registry` is null where adapters are not to be checked; `whole` tells that every module of the file
 *   was loaded; else unknown adapters are not complained about; `mayRun` tells whether adapters may be made, and start programs to look at them
 */
export async function resolveFidelities(
  parts: CampaignParts,
  space: Space | null,
  context: {
    readonly registry: AdapterRegistry | null;
    readonly whole: boolean;
    readonly baseDir: string;
    readonly mayRun: boolean;
    /** The lab that the file names; null where it names none, or one that cannot be read. */
    readonly lab: LoadedLab | null;
  },
): Promise<ResolvedFidelities> {
  const { fidelities } = parts;
  const { registry } = context;
  const faults = repeatedNames(fidelities, (i) => ['fidelities', i, 'name']);
  faults.push(...costOrder(fidelities), ...numberOrder(fidelities), ...trustOfTarget(fidelities));
  const measured = [...parts.objectives.filter((one) => one?.expression === undefined), ...parts.outcomes];
  const scope: CheckScope | undefined =
    space === null
      ? undefined
      : {
          parameters: space.parameters,
          pool: space.pool,
          objectives: measured.flatMap((outcome) => outcome?.name ?? []),
          outcomeUnits: Object.fromEntries(
            measured.flatMap((one) => (one?.unit === undefined ? [] : [[one.name, one.unit] as const])),
          ),
        };
  const unitOf = (outcome: string) =>
    [...parts.objectives, ...parts.outcomes].find((one) => one?.name === outcome)?.unit;
  const settings: Readonly<Record<string, unknown>>[] = [];
  const exclusive: (string | null)[] = [];
  const notes: string[] = [];
  // More are refused by the schema, and looking at each of thousands would take its time.
  for (const [i, fidelity] of fidelities.slice(0, mostFidelities).entries()) {
    const { adapter } = fidelity;
    settings.push(fidelity.settings ?? {});
    exclusive.push(null);
    if (fidelity.instrument !== undefined) {
      faults.push(...(await instrumentFaults(fidelity, i, parts, { ...context, scope })));
      continue;
    }
    if (fidelity.recipe !== undefined) {
      faults.push(...(await recipeFaults(fidelity, i, parts, { ...context, scope })));
      continue;
    }
    if (registry === null) continue;
    if ((adapter ?? byPerson) === byPerson && !registry.has(byPerson)) {
      if (adapter === byPerson) faults.push(...(await personFaults(fidelity.settings, i, scope, unitOf)));
      else if (Object.keys(fidelity.settings ?? {}).length > 0)
        faults.push(
          placed(
            ['fidelities', i, 'settings'],
            'settings, but no adapter that they are for',
            'name the adapter, or leave them out',
          ),
        );
      continue;
    }
    if (adapter === undefined) {
      const message = `no adapter is named, which is the word for what people measure, as is the name '${byPerson}' of an adapter of a module`;
      faults.push(placed(['fidelities', i], message, 'give the adapter of the module another name'));
      continue;
    }
    if (adapter === byPerson)
      notes.push(
        `'${fidelity.name ?? i}': '${byPerson}' is an adapter of a module here, and nobody is asked; 'athanor run' refuses that name`,
      );
    if (!registry.has(adapter)) {
      if (context.whole)
        faults.push(placed(['fidelities', i, 'adapter'], `no adapter '${adapter}'`, oneOf(adapter, registry.names)));
      continue;
    }
    if (fidelity.settings === undefined) continue;
    const type = registry.get(adapter);
    settings[i] = withCost(type, absoluteSettings(type, fidelity.settings, context.baseDir), fidelity.cost);
    try {
      const wrong = await settingsFaults(type, settings[i]!, ['fidelities', i, 'settings'], {
        scope,
        mayRun: context.mayRun,
      });
      faults.push(...wrong);
      if (wrong.length === 0 && context.mayRun) {
        const made = await madeAdapter(registry, adapter, settings[i]!);
        if (made.fault !== null)
          faults.push(placed(['fidelities', i, 'adapter'], made.fault, 'mend the module, or ask who wrote it'));
        if (made.trouble !== null)
          notes.push(
            `'${fidelity.name ?? i}': ${made.trouble}; its trials wait for a worker that can make the adapter`,
          );
        exclusive[i] = made.exclusive;
      }
      if (i === fidelities.length - 1) faults.push(...unreachable(type, settings[i]!, parts));
    } catch (error) {
      // An adapter of somebody else's that breaks down while it is asked.
      if (!(error instanceof AthanorError)) throw error;
      const remedy = 'mend the module, or ask who wrote it';
      faults.push(placed(['fidelities', i, 'settings'], error.message, remedy));
    }
  }
  return { settings, faults, exclusive, notes };
}

function trustOfTarget(fidelities: readonly FidelityParts[]): PlacedFault[] {
  const last = fidelities.length - 1;
  if (fidelities[last]?.trust === undefined) return [];
  const message = `'${fidelities[last].name ?? last}' is the target, which every other fidelity is trusted or not to follow`;
  return [placed(['fidelities', last, 'trust'], message, 'leave it out; it is for lower fidelities')];
}

function costOrder(fidelities: readonly FidelityParts[]): PlacedFault[] {
  return fidelities.flatMap(({ cost, name }, i) => {
    const before = fidelities[i - 1];
    if (cost === undefined || before?.cost === undefined || cost >= before.cost) return [];
    const message = `'${name ?? i}' costs ${cost}, less than '${before.name ?? i - 1}' before it (${before.cost})`;
    return [
      placed(['fidelities', i, 'cost'], message, 'list the fidelities cheapest first; the last one is the target'),
    ];
  });
}

function numberOrder(fidelities: readonly FidelityParts[]): PlacedFault[] {
  if (fidelities.every(({ fidelity }) => fidelity === undefined)) return [];
  return fidelities.flatMap(({ fidelity, name }, i) => {
    const at = ['fidelities', i, 'fidelity'];
    if (fidelity === undefined)
      return [placed(at, `'${name ?? i}' has none, others have`, 'give one to every fidelity, or to none')];
    const before = fidelities[i - 1]?.fidelity;
    if (before === undefined || fidelity > before) return [];
    return [placed(at, `${fidelity} after ${before}`, 'numbers that rise from one fidelity to the next')];
  });
}

/** Stop values at the target fidelity that its adapter can never give. */
function unreachable(
  type: AdapterType,
  settings: Readonly<Record<string, unknown>>,
  parts: CampaignParts,
): PlacedFault[] {
  const parsed = type.settings.safeParse(settings);
  const objective = parts.objectives[0];
  if (type.range === undefined || !parsed.success || objective === undefined) return [];
  const { low, high } = type.range(parsed.data);
  return parts.stop.flatMap((rule, i) => {
    if (rule?.type !== 'targetReached') return [];
    const { value } = rule;
    const at = ['stop', i, 'value'];
    const what = `${show(value)} can never be reached: '${objective.name}' at the target fidelity`;
    if (objective.direction === 'minimise' && low !== null && value < low)
      return [placed(at, `${what} is never below ${rounded(low)}`, `a number above ${rounded(low)}`)];
    if (objective.direction === 'maximise' && high !== null && value > high)
      return [placed(at, `${what} is never above ${rounded(high)}`, `a number below ${rounded(high)}`)];
    return [];
  });
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
