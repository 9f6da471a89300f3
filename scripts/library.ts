/**
 * Athanor as a library: read campaign files, run them in this process, check and report what came of them, and write
 * adapters of your own.
 *
 * ```ts
 * import { loadCampaign, createRegistry, runInProcess, verifyRecord } from 'athanor';
 *
 * const campaign = await loadCampaign('campaign.yaml');
 * const record = await runInProcess(campaign, { registry: createRegistry(), seed: 7 });
 * console.log(record.stop?.text, (await verifyRecord(record)).mismatches.length);
 * ```
 *
 * Where somebody else runs the trials, a `Planner` is asked what to try next and told what became of it:
 *
 * ```ts
 * import { loadCampaign, Planner } from 'athanor';
 *
 * const planner = new Planner(await loadCampaign('campaign.yaml', { adapters: 'unchecked' }));
 * const { proposals } = await planner.ask(4);
 * planner.tell(proposals.map((proposal) => ({ ...proposal, value: measure(proposal.design) })));
 * ```
 *
 * Properties of any designs are predicted by what was learned, from a record or a planner's trials, one by one or from a table:
 *
 * ```ts
 * const predictor = await Predictor.of(record);
 * const [[first]] = await predictor.predict([{ design: { temperature: 70, solvent: 'DMF' }, rowId: null }]);
 * for await (const rows of (await predictTable(record, 'designs.csv')).blocks()) console.log(rows.length);
 * ```
 *
 * Candidates of a pool may be made while it is searched: `planner.ask(4, [{ by: { name: 'mutations', version: '1' }, rows }])`.
 *
 * Decisions on hundreds of observations take seconds. A program that must answer meanwhile makes them in threads:
 *
 * ```ts
 * const pool = createDecidePool(1, { memoryMb: 1024 });
 * const planner = new Planner(campaign, [], { decide: (request) => pool.decide(request) });
 * ```
 *
 * An adapter package exports `adapters: AdapterType[]` and is named under `adapters` in the campaign file; the laws that
 * every adapter must keep are in `adapterLaws`.
 */

export type { PoolRequest, StoredCampaign } from '../activities/decide-feed.js';
export { createDecidePool, type DecidePool, type PoolCall, type PoolOptions } from '../activities/decide-pool.js';
export * from '../lab-adapters/conformance.js';
export type {
  Adapter,
  AdapterContext,
  AdapterType,
  Caller,
  Cancels,
  Clock,
  Finds,
  Health,
  JobRequest,
  JobResult,
  JobState,
  JobStatus,
  Pauses,
  Runs,
  StopsSafely,
  TellsHealth,
  Traits,
} from '../lab-adapters/contract.js';
export { finalStates, jobStates } from '../lab-adapters/contract.js';
export { type AdapterRegistry, createRegistry } from '../lab-adapters/registry.js';
export type { ArtefactRef, ArtefactSource } from '../models/domain/artefact.js';
export {
  type Campaign,
  type CampaignSpec,
  campaignJsonSchema,
  campaignSchema,
  type Objective,
} from '../models/domain/campaign.js';
export { type Design, designKey, type ParameterValue } from '../models/domain/design.js';
export {
  AdapterError,
  AthanorError,
  ContractError,
  InfeasibleError,
  InvalidInputError,
  NumericalError,
  ShapeError,
} from '../models/domain/errors.js';
export { extendedSpace } from '../models/domain/extended-space.js';
export { type Extension, extensionBytes, extensionText, readExtension } from '../models/domain/extension.js';
export { type Fault, formatFaults } from '../models/domain/fault.js';
export type { Fidelity } from '../models/domain/fidelity.js';
export type { FitRecord, MemberFit, SourceFit } from '../models/domain/fit-record.js';
export type { Parameter } from '../models/domain/parameters/parameter.js';
export type { Basis, Proposal, Reason, ReasonStep } from '../models/domain/proposal.js';
export type { AuditEntry, CampaignRecord, StopReason, TrialRecord, TrialState } from '../models/domain/record.js';
export type { Source } from '../models/domain/source.js';
export type { Pool, Space } from '../models/domain/space.js';
export type { Cause, Observation, Outcome } from '../models/domain/trial.js';
export type { CauseClass } from '../models/domain/verdicts.js';
export { Planner, type PlannerOptions } from '../models/strategy/ask-tell.js';
export { type DecideOptions, decide } from '../models/strategy/decide.js';
export type { DecideRequest, Decision } from '../models/strategy/decision.js';
export { type Correlation, type LearnedFidelity, learnedFidelities } from '../models/strategy/explain/learned.js';
export { type Prequential, prequential } from '../models/strategy/explain/prequential.js';
export { type FidelitySummary, fidelitySummary } from '../models/strategy/fidelity-summary.js';
export {
  type MeasuredThere,
  type PredictedProperty,
  Predictor,
  type PredictorOptions,
} from '../models/strategy/predict/predictor.js';
export type { Learned, Property } from '../models/strategy/predict/property.js';
export type { OnProgress, Progress } from '../models/strategy/progress.js';
export type { Result, ResultOutcome } from '../models/strategy/result.js';
export { type LoadOptions, loadCampaign, readCampaignText } from './campaign-file.js';
export { registryFor } from './campaign-registry.js';
export { type Best, bestOf, costByFidelity, type FidelityCost, type TraceStep, totalCost, traceOf } from './outcome.js';
export {
  type PredictedRow,
  type PredictTableOptions,
  predictTable,
  type TablePredictions,
} from './predict/predict-table.js';
export { exportCsv, exportJson, exportTable } from './record/export.js';
export { parseRecord } from './record/record-file.js';
export { exportSteps } from './record/told-steps.js';
export { type Mismatch, type Verification, verifyRecord } from './record/verify.js';
export { renderComparison } from './report/comparison/page.js';
export { renderReport } from './report/render.js';
export type { AdapterSource } from './simulate/benches.js';
export { VirtualClock } from './simulate/clock.js';
export { type InProcessOptions, type LoopNews, runInProcess } from './simulate/run-in-process.js';
export { parseResults, type ResultsTable, readResults } from './suggest/results-table.js';
export { version } from './version.js';
