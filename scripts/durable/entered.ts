import { firstWas, hasActed, lastAct } from '../../activities/store/acts.js';
import { saveArtefact } from '../../activities/store/artefact.js';
import { loadOutline } from '../../activities/store/campaign.js';
import type { Query, Store } from '../../activities/store/client.js';
import { sha256 } from '../../activities/store/exact-json.js';
import { loadUnits } from '../../lab-adapters/instructions.js';
import { learnableFaults } from '../../models/domain/achieved.js';
import type { Design } from '../../models/domain/design.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { isOfLab } from '../../models/domain/fidelity.js';
import { numberIn } from '../../models/domain/parameters/numbers.js';
import { isNumeric, type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { personSettings } from '../../models/domain/person.js';
import { type TrialRecord, timesRun } from '../../models/domain/record.js';
import { parseTrialId } from '../../models/domain/trial.js';
import type { Enter } from '../../workflows/messages.js';
import { enterStepFor } from './entered-step.js';
import {
  answerFaults,
  contextsIn,
  type Entering,
  type GivenResult,
  noiseIn,
  quantity,
  valuesIn,
} from './entered-values.js';
import { grownCampaignOf } from './grown-campaign.js';
import { knownTrial } from './people.js';
import { requestIdOf } from './request-id.js';

/**
 * A person's result as its campaign takes it, in the campaign's units.
 *
 * @param artefacts - its file as it will be in the store: name to sha256
 * @throws {InvalidInputError} with everything that is wrong with it
 * @throws {AthanorError} WRONG_STATE if an instrument is to give it
 */
async function entryOf(
  query: Query,
  trial: TrialRecord,
  given: GivenResult,
  artefacts: Readonly<Record<string, string>>,
): Promise<Enter> {
  const { id: trialId } = trial.proposal;
  const campaign = await grownCampaignOf(query, parseTrialId(trialId).campaignId);
  const level = campaign.spec.fidelities.find(({ name }) => name === trial.proposal.fidelity)!;
  const asked = personSettings.safeParse(level.settings);
  if (level.adapter !== 'person' || !asked.success)
    throw new AthanorError(
      'WRONG_STATE',
      `trial '${trialId}' is at '${level.name}', which adapter ${level.adapter} measures: what it gave is ruled on ('athanor rule'), not entered`,
    );
  const faults: Fault[] = [];
  if (given.step !== undefined) {
    const remedy = 'leave it out: people measure the whole trial';
    faults.push({ path: 'step', message: `'${given.step}' given`, remedy });
  }
  const { fields = {}, file } = asked.data;
  const unknown = 'not an outcome of the campaign';
  const entering: Entering = { units: await loadUnits(), faults, fields, file: 'campaign file', unknown };
  const { objectives, outcomes: further = [] } = campaign.spec;
  const outcomes = [...objectives.filter(({ expression }) => expression === undefined), ...further];
  const values = valuesIn(outcomes, given.values, entering);
  const noise = noiseIn(outcomes, given, entering);
  const achieved = achievedIn(campaign.space.parameters, given.achieved, trial.proposal.design, entering);
  const around = contextsIn(campaign.spec.contexts ?? [], given, entering);
  faults.push(...answerFaults(given, { values: true, file }, entering));
  if (faults.length > 0) throw new InvalidInputError('enter', faults);
  const { who, why, cost = null, failed = null } = given;
  const note = why === undefined ? {} : { note: why };
  const entered = { values, noise, achieved, ...around, cost, failed, artefacts };
  return { who, ...note, trialId, generation: timesRun(trial), ...entered };
}

function achievedIn(
  parameters: readonly Parameter[],
  given: GivenResult['achieved'],
  design: Design,
  entering: Entering,
): Design {
  const achieved: Record<string, string | number> = {};
  const wrong = new Set<string>();
  for (const [name, text] of Object.entries(given)) {
    const parameter = parameters.find((one) => one.name === name);
    const unit = parameter !== undefined && 'unit' in parameter ? parameter.unit : undefined;
    if (parameter === undefined || !isNumeric(parameter) || typeof numberIn(text) === 'number') {
      achieved[name] = parameter === undefined ? text : typeOf(parameter).fromText(parameter, text);
      continue;
    }
    const value = quantity(`achieved ${name}`, text, { to: unit, meant: undefined }, entering);
    if (value === null) wrong.add(name);
    else achieved[name] = value + 0;
  }
  for (const fault of learnableFaults(parameters, { ...design, ...achieved }))
    if (!wrong.has(fault.path)) entering.faults.push({ ...fault, path: `achieved ${fault.path}` });
  return Object.fromEntries(Object.entries(achieved).filter(([name, value]) => value !== design[name]));
}

/** Who is told of what was entered. */
export interface Hearers {
  /** Sends an entry to its campaign, and waits for its answer. */
  send(campaignId: string, entry: Enter): Promise<unknown>;
  /** Has the workflow of a trial in a lab look at what is in the store for it. */
  tell(trialId: string, generation: number, key: string): Promise<void>;
}

/**
 * Has a person's result of a trial stored by its campaign, or that of a step that people of a lab do, once; who comes second is told
 * who was first.
 *
 * @returns the trial; with its observation unless further steps follow
 */
export async function enterFor(
  store: Store,
  trialId: string,
  given: GivenResult,
  { send, tell }: Hearers,
): Promise<TrialRecord> {
  const { query } = store;
  const trial = await knownTrial(query, trialId);
  const { fidelities } = (await loadOutline(query, parseTrialId(trialId).campaignId)).spec;
  const level = fidelities.find(({ name }) => name === trial.proposal.fidelity);
  if (level !== undefined && isOfLab(level)) return enterStepFor(store, trial, given, tell);
  const { file } = given;
  const artefacts = file === undefined ? {} : { [file.name]: sha256(file.bytes) };
  const entry = await entryOf(query, trial, given, artefacts);
  const { campaignId } = parseTrialId(trialId);
  // Said again, as when nobody had confirmed it in time, it may have ended the campaign.
  if (!(await hasActed(query, campaignId, requestIdOf('enter', entry)))) {
    await mustAwaitResult(query, campaignId, trialId);
    if (file !== undefined) await saveArtefact(query, file.bytes);
    await send(campaignId, entry);
  }
  return knownTrial(query, trialId);
}

/** @throws {AthanorError} WRONG_STATE if a trial does not wait for a person's result, with who was first */
async function mustAwaitResult(query: Query, campaignId: string, trialId: string): Promise<void> {
  const { state, needs } = await knownTrial(query, trialId);
  if (state === 'running' && needs === 'result') return;
  const first = await lastAct(query, campaignId, trialId);
  const why = first?.action === 'enter' ? firstWas(first) : `it is ${state}`;
  throw new AthanorError('WRONG_STATE', `trial '${trialId}' does not wait for a person's result: ${why}`);
}
