import { isDeepStrictEqual } from 'node:util';
import { learnableFaults } from '../../models/domain/achieved.js';
import type { Campaign, Objective } from '../../models/domain/campaign.js';
import { withComputed } from '../../models/domain/computed.js';
import { constraintFaults } from '../../models/domain/constraints/constraint.js';
import type { Design } from '../../models/domain/design.js';
import { designChecker } from '../../models/domain/design-faults.js';
import type { Fault } from '../../models/domain/fault.js';
import { beyond } from '../../models/domain/limits.js';
import { isEncodable } from '../../models/domain/outside.js';
import { type Parameter, typeOf } from '../../models/domain/parameters/parameter.js';
import type { CampaignRecord, TrialRecord } from '../../models/domain/record.js';
import { ruled, rulingFault } from '../../models/domain/ruling.js';
import { sha256Of } from '../../models/domain/sha256.js';
import { rowsById } from '../../models/domain/space.js';
import { measuredNames } from '../../models/domain/standing.js';
import { isAmount, isMeasurement, largestAmount, type Observation, trialId } from '../../models/domain/trial.js';
import { namedArtefacts } from '../../models/strategy/artefacts.js';
import { changeFaults } from './change-checks.js';
import { grownSpaces } from './extension-checks.js';
import { versionFaults } from './version-checks.js';

/** Faults after which a record is not looked at further. */
const mostFaults = 50;

const remedy = "a record as 'athanor export --format json' or 'athanor simulate --save' writes it";

/**
 * What is wrong with a record that its schema cannot see: designs without a value of one of the parameters, names of
 * trials, rows and fidelities that mean nothing, results that do not fit what they are said to be.
 */
export function recordFaults(record: CampaignRecord): readonly Fault[] {
  const faults: Fault[] = [];
  for (const fault of allFaults(record)) {
    faults.push({ remedy, ...fault });
    if (faults.length >= mostFaults) break;
  }
  return faults;
}

type Wrong = Pick<Fault, 'path' | 'message'>;

function* allFaults(record: CampaignRecord): Generator<Wrong> {
  const { campaign, trials, artefacts = {} } = record;
  const { id, spec, space } = campaign;
  yield* parameterFaults(space.parameters);
  for (const [i, constraint] of (space.constraints ?? []).entries())
    for (const { path, message } of constraintFaults(constraint, space))
      yield { path: `campaign.space.constraints[${i}].${path}`, message };
  const checkDesign = recordedDesignChecker(space.parameters);
  const { pool, sources = [] } = space;
  if (pool !== null) {
    const at = 'campaign.space.pool';
    if (pool.ids.length !== pool.designs.length)
      yield { path: at, message: `${pool.ids.length} ids of ${pool.designs.length} designs` };
    if (new Set(pool.ids).size !== pool.ids.length) yield { path: `${at}.ids`, message: 'an id stands there twice' };
    for (let row = 0; row < pool.designs.length; row++)
      yield* checkDesign(pool.designs.at(row)!, `${at}.designs[${row}]`);
  }
  const checkEarlier = recordedDesignChecker(space.parameters, isMolecule);
  for (const [i, { designs, values }] of sources.entries()) {
    const at = `campaign.space.sources[${i}]`;
    if (values.length !== designs.length)
      yield { path: at, message: `${values.length} values of ${designs.length} designs` };
    for (const [row, design] of designs.entries()) yield* checkEarlier(design, `${at}.designs[${row}]`);
  }
  for (const [sha, content] of Object.entries(artefacts))
    if (sha256Of(Buffer.from(content, 'base64')) !== sha)
      yield { path: `artefacts.${sha}`, message: 'bytes of another sha256' };
  yield* changeFaults(record);
  yield* versionFaults(record);
  const grown = grownSpaces(record);
  yield* grown.faults;
  const checkers = new Map([[space, checkDesign]]);
  const seen = new Set<string>();
  const levels = new Set(spec.fidelities.map(({ name }) => name));
  for (const [i, trial] of trials.entries()) {
    const at = `trials[${i}].proposal`;
    const { proposal } = trial;
    const wanted = trialId(id, proposal.round, proposal.index);
    if (proposal.id !== wanted) yield { path: `${at}.id`, message: `'${proposal.id}' where '${wanted}' is wanted` };
    if (seen.has(proposal.id)) yield { path: `${at}.id`, message: `'${proposal.id}' stands there twice` };
    seen.add(proposal.id);
    if (!levels.has(proposal.fidelity)) yield { path: `${at}.fidelity`, message: `no fidelity '${proposal.fidelity}'` };
    const own = grown.at(trial);
    if (own !== null) {
      if (proposal.rowId !== null && (own.pool === null || !rowsById(own.pool).has(proposal.rowId)))
        yield { path: `${at}.rowId`, message: `no row '${proposal.rowId}'` };
      if (!checkers.has(own)) checkers.set(own, recordedDesignChecker(own.parameters));
      yield* checkers.get(own)!(proposal.design, `${at}.design`);
      yield* achievedFaults(trial, own.parameters, `trials[${i}]`);
    }
    yield* personFaults(trial, `${at}.basis.person`, seen);
    for (const sha of namedArtefacts([trial]))
      if (!Object.hasOwn(artefacts, sha))
        yield { path: `${at}.basis`, message: `names artefact ${sha}, which is missing` };
    yield* observationFaults(trial, `trials[${i}]`, campaign);
  }
}

/** What was achieved has to be something that can be learned from. */
function* achievedFaults(
  { proposal, observation, earlier = [] }: TrialRecord,
  parameters: readonly Parameter[],
  at: string,
): Generator<Wrong> {
  const before = earlier.map((one, i) => [`${at}.earlier[${i}].observation`, one.observation] as const);
  for (const [path, answer] of [...before, [`${at}.observation`, observation] as const]) {
    if (answer?.achieved === undefined) continue;
    for (const fault of learnableFaults(parameters, { ...proposal.design, ...answer.achieved }))
      if (Object.hasOwn(answer.achieved, fault.path))
        yield { path: `${path}.achieved.${fault.path}`, message: `${fault.message} where ${fault.remedy} is wanted` };
  }
}

/** A person's proposal is seen by later rounds than its own, and takes the place of one before it that never began. */
function* personFaults({ proposal }: TrialRecord, at: string, before: ReadonlySet<string>): Generator<Wrong> {
  const { person } = proposal.basis;
  if (person === undefined) return;
  const { sinceRound, insteadOf } = person;
  if (sinceRound <= proposal.round)
    yield { path: `${at}.sinceRound`, message: `${sinceRound}, where one after round ${proposal.round} is wanted` };
  if (insteadOf !== undefined && (insteadOf === proposal.id || !before.has(insteadOf)))
    yield { path: `${at}.insteadOf`, message: `'${insteadOf}' where a trial before it is wanted` };
}

function* parameterFaults(parameters: readonly Parameter[]): Generator<Wrong> {
  const names = new Set<string>();
  for (const [i, parameter] of parameters.entries()) {
    const at = `campaign.space.parameters[${i}]`;
    if (names.has(parameter.name)) yield { path: `${at}.name`, message: `the name '${parameter.name}' is given twice` };
    names.add(parameter.name);
    for (const { path, message } of typeOf(parameter).faults(parameter)) yield { path: `${at}.${path}`, message };
  }
  if (parameters.length === 0) yield { path: 'campaign.space.parameters', message: 'no parameter' };
}

/** Whether a value that a parameter does not have is a molecule that earlier campaigns may have measured. */
function isMolecule(parameter: Parameter, value: string): boolean {
  return parameter.type === 'substance' && isEncodable(parameter, value);
}

/**
 * A function that looks at designs; numbers may lie outside their bounds, as those of earlier campaigns do.
 *
 * @param isBeside - whether a value is taken that its parameter does not have; none is where absent
 */
function recordedDesignChecker(
  parameters: readonly Parameter[],
  isBeside: (parameter: Parameter, value: string) => boolean = () => false,
): (design: Design, at: string) => readonly Wrong[] {
  const numeric = new Set(
    parameters.filter(({ type }) => type === 'continuous' || type === 'discrete' || type === 'integer'),
  );
  const known = new Map(parameters.map((parameter) => [parameter, new Map<unknown, string | null>()]));
  const check = designChecker(parameters, (parameter, value) => {
    if (numeric.has(parameter)) return typeof value === 'number' ? null : 'a number';
    const answers = known.get(parameter)!;
    const answer = answers.get(value);
    if (answer !== undefined) return answer;
    const refused = typeof value === 'string' ? typeOf(parameter).refuses(parameter, value) : 'a text';
    const allowed = typeof value === 'string' && isBeside(parameter, value) ? null : refused;
    answers.set(value, allowed);
    return allowed;
  });
  return (design, at) =>
    check(design).map(({ name, value, wanted }) => {
      const said =
        wanted === null ? 'no parameter of the space' : `${value ?? 'nothing'} where ${wanted.allowed} is wanted`;
      return { path: `${at}.${name}`, message: said };
    });
}

function* observationFaults(trial: TrialRecord, at: string, campaign: Campaign): Generator<Wrong> {
  const { objectives, outcomes = [] } = campaign.spec;
  const wanted: readonly Pick<Objective, 'name' | 'limits'>[] = [
    ...objectives.filter(({ expression }) => expression === undefined),
    ...outcomes,
  ];
  const { proposal, state, observation, earlier = [], rulings = [] } = trial;
  if (state === 'ended' && observation === null) yield { path: `${at}.observation`, message: 'ended, but without one' };
  const before = earlier.map((one, i) => [`${at}.earlier[${i}].observation`, one.observation] as const);
  yield* rulingFaults(trial, at, campaign);
  for (const [path, answer] of [...before, [`${at}.observation`, observation] as const]) {
    if (answer === null) continue;
    const { trialId: of, outcome, values, noise } = answer;
    if (!isSame(withComputed(campaign, proposal, answer).values, values))
      yield { path: `${path}.values`, message: 'computed objectives are not what their expressions give' };
    if (of !== proposal.id) yield { path: `${path}.trialId`, message: `'${of}', not that of its trial` };
    const none = !wanted.some(({ name }) => Object.hasOwn(values, name));
    for (const { name, limits } of outcome === 'measured' ? wanted : []) {
      if (!(none || Object.hasOwn(values, name))) continue;
      const value = Object.hasOwn(values, name) ? values[name]! : Number.NaN;
      // A person may hold a value beyond the limits for true.
      const outside = limits === undefined || rulings.length > 0 ? null : beyond(name, value, limits);
      if (!isMeasurement(value))
        yield { path: `${path}.values.${name}`, message: `${value} of a trial that was measured` };
      else if (outside !== null) yield { path: `${path}.values.${name}`, message: outside };
    }
    for (const [name, sd] of Object.entries(noise))
      if (!isAmount(sd))
        yield { path: `${path}.noise.${name}`, message: `${sd} where a number from 0 to ${largestAmount} is wanted` };
  }
}

/** What people ruled, and what counted in turn, have to fit each other. */
function* rulingFaults(
  { proposal, earlier = [], observation, rulings = [] }: TrialRecord,
  at: string,
  campaign: Campaign,
): Generator<Wrong> {
  const outcomes = measuredNames(campaign.spec);
  const whole = (answer: Observation | null) => (answer === null ? null : withComputed(campaign, proposal, answer));
  const answers = [...earlier, { observation, throughRound: Number.POSITIVE_INFINITY }];
  let [generation, seq, told] = [1, 0, 0];
  let given = answers[0]!.observation;
  for (const [i, { observation: before, throughRound, ruled: isRuled }] of answers.entries()) {
    const ruling = rulings[told];
    const due = ruling?.generation === generation;
    if (due !== (isRuled === true)) yield { path: `${at}.rulings`, message: `not those after which 'earlier' counted` };
    if (due !== (isRuled === true)) return;
    if (!due) {
      generation += 1;
      seq = 0;
      given = answers[i + 1]?.observation ?? null;
      continue;
    }
    const path = `${at}.rulings[${told}]`;
    told += 1;
    seq += 1;
    if (ruling.seq !== seq) yield { path: `${path}.seq`, message: `${ruling.seq} where ${seq} is wanted` };
    if (ruling.sinceRound !== throughRound + 1)
      yield { path: `${path}.sinceRound`, message: `${ruling.sinceRound}, not the round after ${throughRound}` };
    if (given === null) continue;
    const fault = rulingFault(given, before, ruling, outcomes);
    if (fault !== null) yield { path, message: fault };
    else if (!isSame(whole(ruled(given, before, ruling, outcomes)), answers[i + 1]!.observation))
      yield { path, message: 'what counts after it is not what it says' };
  }
  if (told < rulings.length) yield { path: `${at}.rulings`, message: `not those after which 'earlier' counted` };
}

function isSame(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}
