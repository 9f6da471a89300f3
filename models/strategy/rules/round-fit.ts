import type { FitRecord, MemberFit } from '../../domain/fit-record.js';
import { goalsOf, modelledOutcomes } from '../../domain/standing.js';
import { type EarlierFit, Ensemble } from '../../surrogate/ensemble.js';
import { IndependentOutputs, type OutputData } from '../../surrogate/outputs/independent-outputs.js';
import { surrogateChoice } from '../../surrogate/surrogates.js';
import type { Artefacts } from '../artefacts.js';
import { encodedAt, type PreparedSpace } from '../candidates.js';
import type { DecideRequest } from '../decision.js';
import { exactOutcomes } from '../exact-outcomes.js';
import { hasSameColumns } from '../growth.js';
import { primaryTurned, type Visit } from '../history.js';
import { defaultsVersion } from '../names.js';
import { outcomeContenders } from '../outcome-contenders.js';
import { type JoinedSources, sourceFits } from '../sources.js';
import { exactUpTo, subsetOf, trainingSet } from '../training-set.js';
import type { Doubted } from './doubts.js';

/** Rows up to which hyperparameters are fitted anew every round; beyond, when the data has grown by a twentieth. */
const alwaysFitUpTo = 60;

/** What surrogates are fitted to. */
export interface Fitting {
  readonly request: DecideRequest;
  readonly prepared: PreparedSpace;
  readonly visits: readonly Visit[];
  readonly seed: number;
  readonly artefacts: Artefacts;
}

/** Surrogates as a round uses them. */
export interface FittedRound {
  /** The measured trials that they are conditioned on. */
  readonly used: readonly Visit[];
  readonly fitted: Ensemble;
  readonly record: FitRecord;
}

/** The surrogates fitted to, or with the hyperparameters of the last fit conditioned on, all measured trials. */
export async function fitRound(
  { request, prepared, visits, seed, artefacts }: Fitting,
  name: string,
  sources: JoinedSources | null,
): Promise<FittedRound> {
  const rows = visits.filter((visit) => primaryTurned(visit) !== null);
  const previous = previousFit(request, prepared, name);
  const grown = previous === null || rows.length <= alwaysFitUpTo || rows.length >= previous.observations * 1.05;
  const used = subsetOf(request.campaign, prepared, rows, exactUpTo);
  const contenders = surrogateChoice(name).members;
  const training = trainingSet(request.campaign, prepared, used);
  const fitted = await Ensemble.fit(sources?.contenders(contenders) ?? contenders, training, {
    seed,
    previous: await artefacts.earlier(previous?.members ?? []),
    optimise: grown,
    suspects: request.suspects !== false,
  });
  const made = grown
    ? { round: request.round, observations: rows.length }
    : { round: previous.round, observations: previous.observations };
  const members = memberFits(fitted, artefacts);
  const learned = sources === null ? {} : { sources: await sourceFits(sources, fitted, training) };
  const encoding = prepared.meaning === null ? {} : { encoding: prepared.meaning };
  const record = { ...made, surrogate: name, members, ...encoding, ...learned };
  if (used.length === rows.length) return { used, fitted, record };
  return { used, fitted, record: { ...record, approximation: `subset ${used.length} of ${rows.length}` } };
}

/** The last fit that was made with the same surrogate and version, and of columns of the same meaning; null where there is none. */
function previousFit({ campaign, trials }: DecideRequest, prepared: PreparedSpace, name: string): FitRecord | null {
  const last = trials.findLast((trial) => trial.proposal.basis.fit !== null)?.proposal.basis ?? null;
  // Coordinates of hyperparameters may change with the version.
  const isOwn = last?.defaults === defaultsVersion(campaign.spec) && last.fit?.surrogate === name;
  return isOwn && hasSameColumns(last.fit, prepared) ? last.fit : null;
}

function memberFits({ members }: Ensemble, artefacts: Artefacts): MemberFit[] {
  return members.map(({ surrogate, ...member }): MemberFit => {
    const { name, weight, score } = member;
    const { hyperparameters, logPosterior, jitter, choice, artefact } = surrogate;
    return {
      ...{ name, weight, score, hyperparameters, logPosterior, jitter },
      ...(choice === null || choice === undefined ? {} : { choice }),
      ...(artefact === undefined ? {} : { artefact: artefacts.keep(artefact) }),
    };
  });
}

/**
 * An ensemble for each modelled outcome beside that of the first objective, of the trials where it was measured; null where
 * there is none that was measured at the target. Objectives of the design alone are known and not fitted.
 */
export async function fitFurther(
  { request, prepared, visits, seed, artefacts }: Fitting,
  name: string,
  optimise: boolean,
): Promise<{
  readonly ensembles: ReadonlyMap<string, Ensemble>;
  readonly fits: NonNullable<FitRecord['outcomes']>;
  /** Visits whose values they take for gross errors, by name of the outcome. */
  readonly doubted: Doubted;
} | null> {
  const target = request.campaign.spec.fidelities.length - 1;
  const rows = visits.filter(({ turned }) => turned.slice(1).some((one) => one != null)).slice(-exactUpTo);
  const exact = exactOutcomes(request.campaign, prepared, visits);
  const modelled = modelledOutcomes(goalsOf(request.campaign.spec));
  const outputs = modelled.flatMap((outcome, i): OutputData[] => {
    if (i === 0 || exact.has(outcome) || !rows.some(({ level, turned }) => level === target && turned[i] != null))
      return [];
    const column = (of: 'turned' | 'noises') => Float64Array.from(rows, (visit) => visit[of][i] ?? Number.NaN);
    const contenders = outcomeContenders(request.campaign, outcome, surrogateChoice(name).members);
    return [{ name: outcome, losses: column('turned'), noise: column('noises'), contenders }];
  });
  if (outputs.length === 0) return exact.size === 0 ? null : { ensembles: exact, fits: [], doubted: new Map() };
  const known = previousFit(request, prepared, name)?.outcomes ?? [];
  const where = {
    designs: encodedAt(prepared, rows),
    levels: Int32Array.from(rows, ({ level }) => level),
    levelCount: target + 1,
    finite: prepared.listed !== null,
  };
  const previous: Record<string, EarlierFit[]> = {};
  for (const fit of known) previous[fit.name] = await artefacts.earlier(fit.members, fit.name);
  const { ensembles } = await IndependentOutputs.fit(outputs, where, {
    seed,
    previous,
    optimise,
    suspects: request.suspects !== false,
  });
  const all = new Map([...ensembles, ...exact]);
  return {
    // In the order of what is modelled.
    ensembles: new Map(modelled.flatMap((one) => (all.has(one) ? [[one, all.get(one)!] as const] : []))),
    doubted: new Map(
      [...ensembles].map(([own, { suspects }]) => {
        const i = modelled.indexOf(own);
        const measured = rows.filter(({ turned }) => turned[i] != null);
        return [own, suspects.map((row) => measured[row]!)];
      }),
    ),
    fits: [...ensembles].map(([own, ensemble]) => ({ name: own, members: memberFits(ensemble, artefacts) })),
  };
}
