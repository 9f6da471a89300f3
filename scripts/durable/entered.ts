import { firstWas, hasActed, lastAct } from '../../activities/store/acts.js';
import { saveArtefact } from '../../activities/store/artefact.js';
import type { Query } from '../../activities/store/client.js';
import { sha256 } from '../../activities/store/exact-json.js';
import { loadUnits, type Units } from '../../lab-adapters/instructions.js';
import { learnableFaults } from '../../models/domain/achieved.js';
import type { Campaign } from '../../models/domain/campaign.js';
import type { Design } from '../../models/domain/design.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';
import { numberIn, numberShape } from '../../models/domain/parameters/numbers.js';
import { isNumeric, type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import { type PersonSettings, personSettings } from '../../models/domain/person.js';
import { type TrialRecord, timesRun } from '../../models/domain/record.js';
import { isAmount, isMeasurement, parseTrialId } from '../../models/domain/trial.js';
import type { CauseClass } from '../../models/domain/verdicts.js';
import type { Enter } from '../../workflows/messages.js';
import { grownCampaignOf } from './own-designs.js';
import { knownTrial } from './people.js';
import { requestIdOf } from './request-id.js';

/** A result as a person gives it: texts by name, which may have units. */
export interface GivenResult {
  readonly who: string;
  readonly why?: string;
  readonly values: Readonly<Record<string, string>>;
  readonly noise: Readonly<Record<string, string>>;
  readonly achieved: Readonly<Record<string, string>>;
  readonly cost?: number;
  readonly failed?: CauseClass;
  /** Name and content of the file that came with it. */
  readonly file?: { readonly name: string; readonly bytes: Uint8Array };
}

/**
 * A person's result as its campaign takes it, in the campaign's units.
 *
 * @param artefacts - its file as it will be in the store: name to sha256
 * @throws {InvalidInputError} with everything that is wrong with it
 * @throws {AthanorError} WRONG_STATE if an instrument is to give it
 */
async function entryOf(
  query: Query,
  trialId: string,
  given: GivenResult,
  artefacts: Readonly<Record<string, string>>,
): Promise<Enter> {
  const trial = await knownTrial(query, trialId);
  const campaign = await grownCampaignOf(query, parseTrialId(trialId).campaignId);
  const level = campaign.spec.fidelities.find(({ name }) => name === trial.proposal.fidelity)!;
  const asked = personSettings.safeParse(level.settings);
  if (level.adapter !== 'person' || !asked.success)
    throw new AthanorError(
      'WRONG_STATE',
      `trial '${trialId}' is at '${level.name}', which adapter ${level.adapter} measures: what it gave is ruled on ('athanor rule'), not entered`,
    );
  const units = await loadUnits();
  const faults: Fault[] = [];
  const values = outcomesIn(campaign, given.values, asked.data, { units, faults });
  const noise = noiseIn(campaign, given, asked.data, { units, faults });
  const achieved = achievedIn(campaign.space.parameters, given.achieved, trial.proposal.design, { units, faults });
  faults.push(...answerFaults(given, asked.data));
  if (faults.length > 0) throw new InvalidInputError('enter', faults);
  const { who, why, cost = null, failed = null } = given;
  const note = why === undefined ? {} : { note: why };
  return { who, ...note, trialId, generation: timesRun(trial), values, noise, achieved, cost, failed, artefacts };
}

interface Means {
  readonly units: Units;
  readonly faults: Fault[];
}

function outcomesIn({ spec }: Campaign, given: GivenResult['values'], { fields = {} }: PersonSettings, means: Means) {
  const outcomes = [...spec.objectives, ...(spec.outcomes ?? [])];
  const values: Record<string, number> = {};
  for (const [name, text] of Object.entries(given)) {
    const outcome = outcomes.find((one) => one.name === name);
    if (outcome === undefined) {
      const remedy = among(
        name,
        outcomes.map((one) => one.name),
      );
      means.faults.push({ path: name, message: 'not an outcome of the campaign', remedy });
      continue;
    }
    const { unit: meant, min, max } = fields[name] ?? {};
    const value = quantity(name, text, { to: outcome.unit, meant }, means);
    if (value === null) continue;
    const { unit } = outcome;
    const own = (bound: number) =>
      meant === undefined || unit === undefined ? bound : means.units.convert(bound, meant, unit);
    const [low, high] = [
      min === undefined ? Number.NEGATIVE_INFINITY : own(min),
      max === undefined ? Number.POSITIVE_INFINITY : own(max),
    ];
    const told = meant ?? unit ?? '';
    if (!isMeasurement(value)) means.faults.push({ path: name, message: `'${text}' given`, remedy: numberShape });
    else if (value < low || value > high)
      means.faults.push({
        path: name,
        message: `'${text}' given`,
        remedy: `${[min === undefined ? 'values' : `from ${min}`, ...(max === undefined ? [] : [`to ${max}`]), told].join(' ').trim()}, as the campaign file says`,
      });
    else values[name] = value + 0;
  }
  return values;
}

function noiseIn({ spec }: Campaign, given: GivenResult, { fields = {} }: PersonSettings, means: Means) {
  const outcomes = [...spec.objectives, ...(spec.outcomes ?? [])];
  const noise: Record<string, number> = {};
  for (const [name, text] of Object.entries(given.noise)) {
    const path = `noise ${name}`;
    if (!Object.hasOwn(given.values, name)) {
      means.faults.push({ path, message: 'noise of what has no value', remedy: 'give its value too, or leave it out' });
      continue;
    }
    const to = outcomes.find((one) => one.name === name)?.unit;
    const sd = quantity(path, text, { to, meant: fields[name]?.unit, isSpread: true }, means);
    if (sd === null) continue;
    if (isAmount(sd)) noise[name] = sd + 0;
    else means.faults.push({ path, message: `'${text}' given`, remedy: 'a standard deviation of 0 or more' });
  }
  return noise;
}

function achievedIn(
  parameters: readonly Parameter[],
  given: GivenResult['achieved'],
  design: Design,
  means: Means,
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
    const value = quantity(`achieved ${name}`, text, { to: unit, meant: undefined }, means);
    if (value === null) wrong.add(name);
    else achieved[name] = value + 0;
  }
  for (const fault of learnableFaults(parameters, { ...design, ...achieved }))
    if (!wrong.has(fault.path)) means.faults.push({ ...fault, path: `achieved ${fault.path}` });
  return Object.fromEntries(Object.entries(achieved).filter(([name, value]) => value !== design[name]));
}

/** What may not be missing, and what does not go together. */
function answerFaults(given: GivenResult, { fields = {}, file }: PersonSettings): Fault[] {
  const { values, failed, cost, why } = given;
  const faults: Fault[] = [];
  if (failed !== undefined) {
    if (Object.keys(values).length > 0)
      faults.push({ path: '', message: 'values of a trial that failed', remedy: 'leave them out, or --failed' });
    if (why === undefined)
      faults.push({ path: 'why', message: 'no reason given', remedy: 'say by --why what happened' });
  } else {
    if (Object.keys(values).length === 0)
      faults.push({
        path: '',
        message: 'no value given',
        remedy: "name=value, as yield=41.5 or yield='0.5 g', or --failed CAUSE",
      });
    for (const [name, { required }] of Object.entries(fields))
      if (required === true && !Object.hasOwn(values, name))
        faults.push({ path: name, message: 'no value given', remedy: 'the campaign file wants one with every result' });
    if (file !== undefined && given.file === undefined)
      faults.push({ path: 'file', message: 'no file given', remedy: `${file}, by --file PATH` });
  }
  if (cost !== undefined && !isAmount(cost))
    faults.push({ path: 'cost', message: `${cost} given`, remedy: 'a number of 0 or more' });
  return faults;
}

interface Wanted {
  /** Unit of the campaign, if it names one. */
  readonly to: string | undefined;
  /** In which a number without unit is. */
  readonly meant: string | undefined;
  readonly isSpread?: true;
}

/** A number, with or without unit, in the campaign's unit; null where it is none, with a fault. */
function quantity(
  path: string,
  text: string,
  { to, meant, isSpread }: Wanted,
  { units, faults }: Means,
): number | null {
  const [, digits = '', own = ''] = /^([-+\u2212]?[\d.,]+(?:[eE][-+]?\d+)?)\s*(.*)$/.exec(text.trim()) ?? [];
  const value = numberIn(digits);
  const fail = (message: string, remedy: string) => {
    faults.push({ path, message, remedy });
    return null;
  };
  const shape = to === undefined ? numberShape : `${numberShape}, with or without a unit such as ${to}`;
  if (typeof value === 'string') return fail(`'${text}' is not a number`, shape);
  const from = own === '' ? (meant ?? to) : own;
  if (from === undefined || from === to) return value;
  if (to === undefined) return fail(`'${text}' has a unit, and the campaign file names none`, 'the number alone');
  const why = units.fault(from, to);
  if (why !== null) return fail(why, `a number in a unit that can be told in ${to}`);
  return isSpread === true ? units.convertSpread(value, from, to) : units.convert(value, from, to);
}

/**
 * Has a person's result stored by its campaign, once; who comes second is told who was first.
 *
 * @param send - sends an entry to its campaign, and waits for its answer
 * @returns the trial with its observation
 */
export async function enterFor(
  query: Query,
  trialId: string,
  given: GivenResult,
  send: (campaignId: string, entry: Enter) => Promise<unknown>,
): Promise<TrialRecord> {
  const { file } = given;
  const artefacts = file === undefined ? {} : { [file.name]: sha256(file.bytes) };
  const entry = await entryOf(query, trialId, given, artefacts);
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
