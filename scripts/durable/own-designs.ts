import type { Query } from '../../activities/store/client.js';
import { type Campaign, targetFidelity } from '../../models/domain/campaign.js';
import { Constraints } from '../../models/domain/constraints/constraint.js';
import type { Design } from '../../models/domain/design.js';
import { designFaults } from '../../models/domain/design-faults.js';
import { InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { typeOf } from '../../models/domain/parameters/parameter.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { type CheckedResult, resultChecker } from '../../models/strategy/result.js';
import type { Edit, OwnDesign } from '../../workflows/messages.js';
import { grownCampaignOf } from './grown-campaign.js';
import { knownTrial } from './people.js';
import { type Shortage, shortagesOf } from './short-stock.js';

/** A design as a person gives it: texts by parameter, or a row of the pool. */
export interface GivenDesign {
  readonly who: string;
  readonly why: string;
  readonly values: Readonly<Record<string, string>>;
  readonly rowId?: string;
  /** Name of the fidelity; the target where absent, or that of the proposal whose place it takes. */
  readonly fidelity?: string;
}

/**
 * A person's own design as its campaign takes it.
 * @throws {InvalidInputError} with everything that is wrong with it
 */
export async function designOf(query: Query, campaignId: string, given: GivenDesign): Promise<OwnDesign> {
  return ownDesign('add', await grownCampaignOf(query, campaignId), given, {});
}

/**
 * A person's own design in the place of a proposal, from which it takes the values that are not given.
 * @throws {InvalidInputError} with everything that is wrong with it
 */
export async function editOf(query: Query, trialId: string, given: GivenDesign): Promise<Edit> {
  const { proposal } = await knownTrial(query, trialId);
  const campaign = await grownCampaignOf(query, parseTrialId(trialId).campaignId);
  const fidelity = given.fidelity ?? proposal.fidelity;
  return { ...ownDesign('edit', campaign, { ...given, fidelity }, proposal.design), trialId };
}

/**
 * Of which stock less is left than a person's own design takes.
 * @throws {InvalidInputError} with everything that is wrong with it
 */
export async function shortagesOfOwn(
  query: Query,
  place: { readonly add: string } | { readonly edit: string },
  given: GivenDesign,
): Promise<readonly Shortage[]> {
  const isAdded = 'add' in place;
  const own = isAdded ? await designOf(query, place.add, given) : await editOf(query, place.edit, given);
  const id = isAdded ? place.add : parseTrialId(place.edit).campaignId;
  return shortagesOf(query, await grownCampaignOf(query, id), own);
}

function ownDesign(what: string, campaign: Campaign, given: GivenDesign, from: Design): OwnDesign {
  const { spec, space } = campaign;
  const { who, why: note, rowId } = given;
  const byName = new Map(space.parameters.map((parameter) => [parameter.name, parameter]));
  const read = Object.entries(given.values).map(([name, text]) => {
    const parameter = byName.get(name);
    return [name, parameter === undefined ? text : typeOf(parameter).fromText(parameter, text)] as const;
  });
  const design: Design = { ...(rowId === undefined ? from : {}), ...Object.fromEntries(read) };
  const faults: Fault[] = rowId === undefined || read.length > 0 ? designFaults(space.parameters, design) : [];
  const name = given.fidelity ?? targetFidelity(spec).name;
  const fidelity = spec.fidelities.find((one) => one.name === name);
  if (fidelity === undefined) {
    const known = spec.fidelities.map((one) => one.name).join(', ');
    faults.push({ path: 'fidelity', message: `no fidelity '${name}'`, remedy: `one of ${known}` });
  }
  if (faults.length > 0) throw new InvalidInputError(what, faults);
  const told = rowId === undefined ? { design } : { rowId, ...(read.length > 0 ? { design } : {}) };
  const checked = resultChecker(campaign)({ ...told, fidelity: name, outcome: 'pending' });
  if (Array.isArray(checked)) throw new InvalidInputError(what, checked as readonly Fault[]);
  const { design: own, rowId: row, outside } = checked as CheckedResult;
  if (outside !== null) {
    const remedy = [
      space.pool === null ? 'values of the space' : 'the values of a row of the pool, or its id by --row',
      ...(Constraints.of(space).isEmpty ? [] : ['which keep its constraints']),
    ].join(', ');
    throw new InvalidInputError(what, [{ path: 'design', message: outside, remedy }]);
  }
  return { who, note, design: own, rowId: row, fidelity: name, cost: fidelity!.cost };
}
