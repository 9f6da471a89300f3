import type { AdapterRegistry } from '../../lab-adapters/registry.js';
import type { Campaign } from '../../models/domain/campaign.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { byPerson } from '../../models/domain/fidelity.js';
import { instrumentsFor } from '../../models/domain/lab.js';
import { type LoadOptions, loadCampaign } from '../campaign-file.js';
import { registryFor } from '../campaign-registry.js';
import { lackingIn } from '../plain-secrets.js';

/** A campaign with the adapters it may name. */
export interface OpenedCampaign {
  readonly campaign: Campaign;
  readonly registry: AdapterRegistry;
}

/**
 * The same, of a campaign that can run by itself.
 *
 * @param given.people - whether people may measure: then trials wait for what they enter
 * @throws {InvalidInputError} with every fault, also where a person measures
 */
export async function openRunnable(
  file: string,
  options: LoadOptions = {},
  { people = false }: { readonly people?: boolean } = {},
): Promise<OpenedCampaign> {
  const opened = await openCampaign(file, options);
  const byModule = opened.registry.has(byPerson);
  const faults = opened.campaign.spec.fidelities.flatMap(({ name, adapter }, i) =>
    adapter !== byPerson || byModule !== people
      ? []
      : [
          {
            path: `fidelities[${i}].adapter`,
            ...(people
              ? {
                  message: `'${name}' names an adapter '${byPerson}' of a module, which is the word for what people measure`,
                  remedy: 'give the adapter of the module another name',
                }
              : {
                  message: `'${name}' is measured by a person: nothing can run it by itself`,
                  remedy: `'athanor suggest ${file}' says what to try next; or name an adapter`,
                }),
          },
        ],
  );
  if (!people) faults.push(...stepsOfPeople(file, opened.campaign));
  if (faults.length > 0) throw new InvalidInputError(file, faults);
  return opened;
}

/** Levels with steps that people of the lab do, where nobody is there to do them. */
function stepsOfPeople(file: string, { spec, lab }: Campaign): readonly Fault[] {
  return spec.fidelities.flatMap(({ name, instrument, recipe = [] }, i) => {
    const asked = (on: string | undefined) => {
      const able = lab === undefined || on === undefined ? [] : instrumentsFor(lab, on);
      return able.some((one) => lab!.instruments[one]!.adapter === byPerson);
    };
    const at = `fidelities[${i}]`;
    const remedy = `'athanor run ${file}' asks them; or give the instrument an adapter such as problem in a copy of the lab file`;
    const fault = (path: string, what: string) => ({ path, message: `${what}: nothing can run it by itself`, remedy });
    return [
      ...(asked(instrument) ? [fault(`${at}.instrument`, `'${name}' is measured by people of the lab`)] : []),
      ...recipe.flatMap(({ step, on, undo }, k) => [
        ...(asked(on) ? [fault(`${at}.recipe[${k}].on`, `step '${step}' is done by people of the lab`)] : []),
        ...(asked(undo?.on) ? [fault(`${at}.recipe[${k}].undo.on`, `step '${step}' is taken back by people`)] : []),
      ]),
    ];
  });
}

/**
 * Makes sure that trials can be started in this process, with its environment.
 * @throws {InvalidInputError} with every variable that is missing
 */
export function checkEnvironment(file: string, opened: OpenedCampaign, environment: NodeJS.ProcessEnv): void {
  const faults = lackingIn(opened.campaign.spec, opened.registry, environment);
  if (faults.length > 0) throw new InvalidInputError(file, faults);
}

/**
 * Reads a campaign file or data-set folder, with the adapters that it brings.
 * @throws {InvalidInputError} with every fault
 */
export async function openCampaign(file: string, options: LoadOptions = {}): Promise<OpenedCampaign> {
  const campaign = await loadCampaign(file, options);
  const adapters = [...campaign.spec.adapters, ...(campaign.lab?.adapters ?? [])];
  return { campaign, registry: await registryFor({ adapters: [...new Set(adapters)] }) };
}
