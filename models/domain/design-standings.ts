import { type CampaignSpec, targetFidelity } from './campaign.js';
import { toldContext } from './contexts.js';
import { designKey } from './design.js';
import type { Proposal } from './proposal.js';
import { front, type Goals, goalsOf, type Judged, joined, judged, leader, type OutcomeValues } from './standing.js';
import { compareTrialIds, type Observation } from './trial.js';

/** A trial, as far as it matters for how its design stands. */
export interface AnsweredTrial {
  readonly proposal: Pick<Proposal, 'id' | 'design' | 'rowId' | 'fidelity'>;
  /** Null while nothing is known of it. */
  readonly observation: Pick<Observation, 'outcome' | 'values' | 'contexts'> | null;
}

/** What a design is worth by all that was measured of it at the target, in the same surroundings. */
export interface DesignStanding<T extends AnsweredTrial> extends Judged {
  /** The first of its trials; it stands for the design. */
  readonly trialId: string;
  readonly trial: T;
  /** The mean of each outcome over the trials that measured it, in its own unit. */
  readonly values: OutcomeValues;
  /** The trials behind that, in the order of their ids; absent where there is one. */
  readonly measuredIn?: readonly string[];
}

interface Group<T extends AnsweredTrial> {
  /** In the order of their ids. */
  readonly trials: T[];
  /** Of what these measured, by outcome. */
  sums: Map<string, Sum>;
  /** Null while it is to be found anew. */
  standing: DesignStanding<T> | null;
}

/** Of values the first, the sum of the distances to it, and how many there are: so that the mean of equals is what they are. */
interface Sum {
  readonly first: number;
  readonly beyond: number;
  readonly count: number;
}

/**
 * How the designs of a campaign stand: what was measured again counts by the mean of all its measurements, so that a design is
 * not the best for the luck of one of them. A design is what was asked for, as where replicates are counted, and is another where
 * a context of the campaign file was told with another value. What failed, was withdrawn or lies below the target says nothing here.
 *
 * Where no design was measured twice this is how the single trials stand.
 */
export class DesignStandings<T extends AnsweredTrial> {
  private readonly groups = new Map<string, Group<T>>();
  private best: readonly DesignStanding<T>[] = [];
  /** Whether the front is to be found anew: what was measured again may have become worse. */
  private isStale = false;
  private readonly target: string;

  /** @param goals - by which it is judged; those of the campaign file where absent */
  constructor(
    private readonly spec: CampaignSpec,
    private readonly goals: Goals = goalsOf(spec),
  ) {
    this.target = targetFidelity(spec).name;
  }

  /** One trial more; it changes nothing where it does not matter. Of equals the first to be added stays. */
  add(trial: T): void {
    if (trial.proposal.fidelity !== this.target || trial.observation?.outcome !== 'measured') return;
    const key = `${placeOf(trial.proposal)} ${surroundings(this.spec, trial.observation)}`;
    const known = this.groups.get(key);
    if (known === undefined) {
      const group: Group<T> = { trials: [trial], sums: new Map(), standing: null };
      sumUp(group.sums, trial.observation.values);
      this.groups.set(key, group);
      if (!this.isStale) this.best = joined(this.best, this.standingOf(group));
      return;
    }
    // Most come in their order.
    let at = known.trials.length;
    while (at > 0 && compareTrialIds(known.trials[at - 1]!.proposal.id, trial.proposal.id) > 0) at -= 1;
    known.trials.splice(at, 0, trial);
    const isLast = at === known.trials.length - 1;
    if (!isLast) known.sums = new Map();
    // Summed in the order of their ids, so that the same trials have the same mean in whichever order they come.
    for (const { observation } of isLast ? [trial] : known.trials) sumUp(known.sums, observation!.values);
    known.standing = null;
    this.isStale = true;
  }

  /** All designs that were measured, in the order in which they first were. */
  get all(): readonly DesignStanding<T>[] {
    return [...this.groups.values()].map((group) => this.standingOf(group));
  }

  /** The designs that none is better than; the same object as long as it stays so. */
  get front(): readonly DesignStanding<T>[] {
    if (this.isStale) this.best = front(this.all);
    this.isStale = false;
    return this.best;
  }

  /** The best by the first objective, or of lowest merit; null while none counts. */
  get leader(): DesignStanding<T> | null {
    return leader(this.front);
  }

  private standingOf(group: Group<T>): DesignStanding<T> {
    if (group.standing !== null) return group.standing;
    const { trials, sums } = group;
    const [trial] = trials;
    const means = () => [...sums].map(([name, { first, beyond, count }]) => [name, first + beyond / count] as const);
    const values = trials.length === 1 ? trial!.observation!.values : Object.fromEntries(means());
    const told = trials.length === 1 ? {} : { measuredIn: trials.map(({ proposal }) => proposal.id) };
    group.standing = { ...judged(this.goals, values), trialId: trial!.proposal.id, trial: trial!, values, ...told };
    return group.standing;
  }
}

/** How all of these trials stand together. */
export function standingsOf<T extends AnsweredTrial>(
  spec: CampaignSpec,
  trials: Iterable<T>,
  goals?: Goals,
): DesignStandings<T> {
  const standings = new DesignStandings<T>(spec, goals);
  for (const trial of trials) standings.add(trial);
  return standings;
}

/** Whether others of these trials, which were not withdrawn, were asked for as the same design at the same fidelity. */
export function isRepeated(
  trials: readonly { readonly proposal: AnsweredTrial['proposal']; readonly state: string }[],
  asked: AnsweredTrial['proposal'],
): boolean {
  return trials.some(
    ({ proposal, state }) =>
      state !== 'withdrawn' &&
      proposal.id !== asked.id &&
      proposal.fidelity === asked.fidelity &&
      placeOf(proposal) === placeOf(asked),
  );
}

const places = new WeakMap<AnsweredTrial['proposal'], string>();

function placeOf(proposal: AnsweredTrial['proposal']): string {
  const known = places.get(proposal);
  if (known !== undefined) return known;
  const place = JSON.stringify([proposal.rowId, proposal.rowId === null ? designKey(proposal.design) : null]);
  places.set(proposal, place);
  return place;
}

/** The contexts of the campaign file that were told, as a text that the same have alone. */
function surroundings({ contexts = [] }: CampaignSpec, { contexts: told }: Pick<Observation, 'contexts'>): string {
  return contexts.length === 0 ? '' : JSON.stringify(contexts.map((context) => toldContext(context, told)));
}

function sumUp(sums: Map<string, Sum>, values: OutcomeValues): void {
  for (const [name, value] of Object.entries(values)) {
    const { first, beyond, count } = sums.get(name) ?? { first: value, beyond: 0, count: 0 };
    sums.set(name, { first, beyond: beyond + (value - first), count: count + 1 });
  }
}
