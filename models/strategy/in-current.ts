import type { CampaignSpec } from '../domain/campaign.js';
import { goalsOf, modelledOutcomes } from '../domain/standing.js';
import type { EncodedDesigns } from '../encode/encoded-designs.js';
import type { Ensemble } from '../surrogate/ensemble.js';
import { atCurrent, encodedAt, type PreparedSpace } from './candidates.js';
import type { Visit } from './history.js';

/** What trials at the target come to in the current contexts, by the surrogates of each outcome. */
export class InCurrent {
  private readonly ensembles: readonly (Ensemble | null)[];
  private readonly level: number;

  private constructor(
    spec: CampaignSpec,
    private readonly prepared: PreparedSpace,
    first: Ensemble,
    further: ReadonlyMap<string, Ensemble>,
  ) {
    this.level = spec.fidelities.length - 1;
    this.ensembles = modelledOutcomes(goalsOf(spec)).map((name, o) => (o === 0 ? first : (further.get(name) ?? null)));
  }

  /**
   * Null where the campaign has no contexts.
   *
   * @param known - surrogates of the first objective and, by name, of further outcomes
   */
  static of(
    spec: CampaignSpec,
    prepared: PreparedSpace,
    known: { readonly first: Ensemble; readonly further: ReadonlyMap<string, Ensemble> },
  ): InCurrent | null {
    return prepared.contexts === null ? null : new InCurrent(spec, prepared, known.first, known.further);
  }

  /** The visits with what is expected of their designs in place of what they gave; of what was not measured nothing. */
  expected(visits: readonly Visit[]): Visit[] {
    const now = this.medians(encodedAt(this.prepared, atCurrent(visits)));
    return visits.map((visit, i) => ({
      ...visit,
      turned: visit.turned.map((value, o) => (value === null ? null : (now[o]?.[i] ?? value))),
    }));
  }

  /** What visits would have given: what they gave, and by how much more is expected than was in their contexts. */
  given(visits: readonly Visit[]): ReadonlyMap<Visit, Visit['turned']> {
    const now = this.medians(encodedAt(this.prepared, atCurrent(visits)));
    const then = this.medians(encodedAt(this.prepared, visits));
    return new Map(
      visits.map((visit, i) => [
        visit,
        visit.turned.map((value, o) => {
          const [to, from] = [now[o]?.[i], then[o]?.[i]];
          return value === null || to === undefined || from === undefined ? value : value + (to - from);
        }),
      ]),
    );
  }

  /** By outcome, and of each by design; null where nothing predicts it. */
  private medians(designs: EncodedDesigns): readonly (readonly number[] | null)[] {
    return this.ensembles.map((ensemble) => {
      if (ensemble === null || designs.n === 0) return null;
      const posteriors = ensemble.members.map(({ surrogate }) => surrogate.posterior(designs));
      const at = (candidate: number) =>
        ensemble.quantile(posteriors, { level: this.level, candidate, widened: 1 }, 0.5);
      return Array.from({ length: designs.n }, (_, candidate) => at(candidate));
    });
  }
}
