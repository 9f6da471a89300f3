import { enterStep, waitsNot } from '../../activities/enter-step.js';
import { jobKey } from '../../activities/job-request.js';
import { saveArtefact } from '../../activities/store/artefact.js';
import type { Store } from '../../activities/store/client.js';
import { sha256 } from '../../activities/store/exact-json.js';
import {
  type AskedStep,
  findHandAnswer,
  type HandResult,
  listAsked,
  listHandAnswers,
} from '../../activities/store/hand-answer.js';
import { loadUnits } from '../../lab-adapters/instructions.js';
import { stepAchieved } from '../../lab-adapters/step-values.js';
import { learnableFaults } from '../../models/domain/achieved.js';
import type { Design, ParameterValue } from '../../models/domain/design.js';
import { AthanorError, InvalidInputError } from '../../models/domain/errors.js';
import type { Fault } from '../../models/domain/fault.js';
import { among } from '../../models/domain/nearest.js';
import { type TrialRecord, timesRun } from '../../models/domain/record.js';
import { parseTrialId } from '../../models/domain/trial.js';
import { type Asked, askedOf } from './asked-step.js';
import {
  answerFaults,
  boundedQuantity,
  contextsIn,
  type Enterable,
  type Entering,
  type GivenResult,
  noiseIn,
  valuesIn,
} from './entered-values.js';
import { grownCampaignOf } from './grown-campaign.js';
import { knownTrial } from './people.js';
import { requestIdOf } from './request-id.js';

/**
 * Has what a person says of a step stored, once, and its trial's workflow told of it; who comes second is told who was first.
 *
 * @param tell - has the workflow of a trial look
 * @returns the trial, which goes on from that
 * @throws {InvalidInputError} with everything that is wrong with it
 * @throws {AthanorError} WRONG_STATE if no such step waits for a person
 */
export async function enterStepFor(
  store: Store,
  trial: TrialRecord,
  given: GivenResult,
  tell: (trialId: string, generation: number, key: string) => Promise<void>,
): Promise<TrialRecord> {
  const { id: trialId } = trial.proposal;
  const generation = timesRun(trial);
  const requestId = (step: string) => requestIdOf('enter', { ...said(given), trialId, generation, step });
  const step = await stepMeant(store, trial, given, requestId);
  const key = jobKey(trialId, generation, step);
  const answer = await findHandAnswer(store.query, key);
  // Said again, as when nobody had confirmed it.
  if (answer === null || answer.requestId !== requestId(step)) {
    const asked = (await listAsked(store.query, trialId)).find((one) => one.key === key);
    if (asked === undefined) throw await waitsNot(store.query, { trialId, step, key });
    const at = Date.now();
    const result = await resultOf(store, given, asked, at);
    if (given.file !== undefined) await saveArtefact(store.query, given.file.bytes);
    const { campaignId } = parseTrialId(trialId);
    const { who, why = null } = given;
    const entry = { campaignId, trialId, generation, step, key, who, why, requestId: requestId(step), at, result };
    await enterStep(store, entry);
  }
  await tell(trialId, generation, key);
  return knownTrial(store.query, trialId);
}

/** What tells one entry from another. */
function said({ step: _, faults: __, file, ...given }: GivenResult): object {
  return file === undefined ? given : { ...given, file: { name: file.name, sha: sha256(file.bytes) } };
}

/** The step that is meant where none is named: the one that waits, else the one of which the same was entered before. */
async function stepMeant(
  { query }: Store,
  trial: TrialRecord,
  given: GivenResult,
  requestId: (step: string) => string,
): Promise<string> {
  const { id: trialId } = trial.proposal;
  const [asked] = await listAsked(query, trialId);
  const answers = await listHandAnswers(query, { trialId, generation: timesRun(trial) });
  if (given.step !== undefined) {
    const known = [...answers.map(({ step }) => step), ...(asked === undefined ? [] : [asked.step])];
    if (known.includes(given.step)) return given.step;
    const remedy = known.length === 0 ? 'none waits yet: athanor inbox' : among(given.step, known);
    const fault = { path: 'step', message: `'${given.step}' waits for nobody`, remedy };
    throw new InvalidInputError('enter', [fault]);
  }
  const before = answers.find((answer) => answer.requestId === requestId(answer.step));
  if (asked === undefined) {
    const last = before ?? answers.at(-1);
    if (last !== undefined) return last.step;
    const how = trial.state === 'running' ? 'none of its steps does now' : `it is ${trial.state}`;
    throw new AthanorError('WRONG_STATE', `trial '${trialId}' does not wait for a person's result: ${how}`);
  }
  if (before === undefined) return asked.step;
  // It may be said once more of the step before, or of the next.
  const message = `you entered the same for step '${before.step}', and '${asked.step}' waits now`;
  const remedy = `say which is meant: --step ${before.step}, or --step ${asked.step}`;
  throw new InvalidInputError('enter', [{ path: 'step', message, remedy }]);
}

async function resultOf({ query }: Store, given: GivenResult, step: AskedStep, at: number): Promise<HandResult> {
  const asked = await askedOf(query, step);
  const { fields = {}, file } = asked.settings;
  const faults: Fault[] = [];
  const where = asked.step === null ? 'the level measures' : `step '${asked.step}' gives`;
  const unknown = `nothing that ${where}, and no field of ${step.instrument}`;
  const entering: Entering = { units: await loadUnits(), faults, fields, file: 'lab file', unknown };
  const known = valuesOf(asked);
  const values = valuesIn(known, given.values, entering);
  const noise = noiseIn(known, given, entering);
  const achieved = await achievedIn(query, given.achieved, asked, entering);
  const around = contextsIn(asked.campaign.spec.contexts ?? [], given, entering);
  const isMeasured = asked.request.objectives.length > 0;
  faults.push(...answerFaults(given, { values: isMeasured, file }, entering));
  if (faults.length > 0) throw new InvalidInputError('enter', faults);
  const { who, why, cost = 0, failed } = given;
  return {
    values,
    noise,
    cost,
    durationMs: Math.max(0, at - step.since),
    ...(failed === undefined ? {} : { cause: { class: failed, code: 'entered', message: why! } }),
    ...(Object.keys(achieved).length === 0 ? {} : { achieved }),
    ...around,
    artefacts: given.file === undefined ? {} : { [given.file.name]: sha256(given.file.bytes) },
    details: { enteredBy: who, ...(why === undefined ? {} : { note: why }) },
  };
}

/** What may have a value: the outcomes that it is there for, and fields of the instrument's own. */
function valuesOf({ campaign: { spec }, request: { objectives, design }, settings: { fields = {} } }: Asked) {
  const outcomes = [...spec.objectives, ...(spec.outcomes ?? [])].filter(({ name }) => objectives.includes(name));
  const own = Object.entries(fields).flatMap(([name, { unit }]): Enterable[] =>
    objectives.includes(name) || Object.hasOwn(design, name) ? [] : [{ name, unit }],
  );
  return [...outcomes, ...own];
}

/** What was reached in place of what was asked for, by the names and in the units of the step. */
async function achievedIn(
  query: Parameters<typeof askedOf>[0],
  given: GivenResult['achieved'],
  asked: Asked,
  entering: Entering,
): Promise<Design> {
  const { request, trial, proposal, campaign } = asked;
  const { faults } = entering;
  const achieved: Record<string, ParameterValue> = {};
  const names = Object.keys(request.design);
  for (const [name, text] of Object.entries(given)) {
    const path = `achieved ${name}`;
    if (!names.includes(name)) {
      const remedy = names.length === 0 ? 'it has none' : among(name, names);
      faults.push({
        path,
        message: `no parameter of ${asked.step === null ? 'the trial' : `step '${asked.step}'`}`,
        remedy,
      });
    } else if (typeof request.design[name] === 'number') {
      const value = boundedQuantity(path, text, { name, unit: request.units?.[name] }, entering);
      if (value !== null) achieved[name] = value;
    } else achieved[name] = text;
  }
  const { design } = await stepAchieved({ with: asked.with }, trial, achieved);
  const { space } = await grownCampaignOf(query, campaign.id);
  for (const fault of learnableFaults(space.parameters, { ...proposal.design, ...design }))
    faults.push({ ...fault, path: `achieved ${fault.path}` });
  return Object.fromEntries(Object.entries(achieved).filter(([name, value]) => value !== request.design[name]));
}
