import type { CampaignSpec } from '../models/domain/campaign.js';
import { byPerson, isOfLab } from '../models/domain/fidelity.js';
import { goalsOf } from '../models/domain/standing.js';
import type { TuneRule } from '../models/domain/tuning.js';
import { placesOf } from '../workflows/exclusive.js';
import type { LoopSettings } from '../workflows/loop.js';

/**
 * What the loop needs of a campaign file.
 * @param devices - of levels that take one trial at a time, by name, beside those that the file names
 */
export function loopSettings(spec: CampaignSpec, devices: Readonly<Record<string, string>> = {}): LoopSettings {
  // What is leased, whoever leases it out sees to.
  const own = spec.fidelities.filter((level) => !isOfLab(level));
  const people = own.filter(({ adapter }) => adapter === byPerson).map(({ name }) => name);
  const named = own.flatMap(({ name, exclusive }) => (exclusive === undefined ? [] : [[name, exclusive]]));
  const tune = tuneRules(spec);
  const exclusive = { ...devices, ...Object.fromEntries(named) };
  return {
    goals: goalsOf(spec),
    parallel: spec.parallel,
    synchronous: spec.synchronous,
    maxConsecutiveFailures: spec.maxConsecutiveFailures,
    budget: { cost: spec.budget.cost ?? null, trials: spec.budget.trials ?? null },
    stop: spec.stop,
    ...(Object.keys(exclusive).length === 0 ? {} : { exclusive, levels: spec.fidelities.length }),
    ...(own.length === spec.fidelities.length ? {} : { lab: true }),
    ...(people.length === 0 ? {} : { people }),
    ...(tune.length === 0 ? {} : { tune }),
  };
}

/** Results before which an encoder is not fine-tuned, and share of values outside of their 90 % intervals, where nothing else is said. */
const usual = { atLeast: 100, drift: 0.3 } as const;

function tuneRules({ encoders = [], synchronous }: CampaignSpec): readonly TuneRule[] {
  return encoders.flatMap(({ finetune }, at): readonly TuneRule[] => {
    const { every, drift: given = false, atLeast = usual.atLeast, wait } = finetune ?? {};
    const drift = given === true ? usual.drift : given;
    if (every === undefined && drift === false) return [];
    const when = { ...(every === undefined ? {} : { every }), ...(drift === false ? {} : { drift }) };
    return [{ at, ...when, atLeast, ...(wait === true ? { wait } : {}), ...(synchronous ? { between: true } : {}) }];
  });
}

/** What people should know where more trials are wanted at a time than a device takes; null where none are. */
export function exclusiveNote(spec: CampaignSpec): string | null {
  const settings = loopSettings(spec);
  const levels = Object.keys(settings.exclusive ?? {});
  if (levels.length === 0 || spec.parallel === 1) return null;
  const places = placesOf(settings, spec.parallel);
  const named = `${levels.map((name) => `'${name}'`).join(', ')} run${levels.length === 1 ? 's' : ''} one trial at a time`;
  if (places < spec.parallel)
    return `parallel is ${spec.parallel}, but ${named}: no more than ${places} will run at once`;
  return `${named}: of ${spec.parallel} in parallel others wait for it, and each has a place`;
}
