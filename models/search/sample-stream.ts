import { type Design, designKey } from '../domain/design.js';
import { amountPlaces, compositionOf, simplexPoint } from '../domain/parameters/any-composition.js';
import { isAnyComposition } from '../domain/parameters/composition.js';
import { typeOf } from '../domain/parameters/parameter.js';
import type { Block } from '../optimiser/block.js';
import { Generator } from '../random/generator.js';
import { sobol } from '../random/sobol.js';
import { HitAndRun } from './hit-and-run.js';
import type { Region } from './region.js';
import { repaired } from './repair.js';

/** Sobol points that are looked at first, and the share of them that must keep the constraints for the others to be taken too. */
const [looked, worthLooking] = [400, 0.05];

/** Points of walks of which the first designs are chosen, those that are farthest apart. */
const spread = { among: 192, chosen: 48 } as const;

/** Points in a row that give no new design after which there are none. */
const patience = 400;

/** Walks that are remembered. */
const mostWalks = 256;

/**
 * Designs spread evenly over a region, one after the other: those of a scrambled Sobol sequence that keep the constraints. Where
 * fewer than one in twenty does, each point's listed values are repaired, and its free numbers are a point of a walk through
 * what they leave.
 */
export class SampleStream {
  private readonly found: Design[] = [];
  private readonly seen = new Set<string>();
  private readonly width: number;
  private readonly random: Generator;
  private readonly walks = new Map<string, HitAndRun | null>();
  private points: Float64Array;
  /** Sobol points taken. */
  private taken = 0;
  private walksInstead: boolean | null = null;
  private isEmpty = false;

  constructor(
    private readonly region: Region,
    private readonly seed: number,
    private readonly isSpread: boolean,
  ) {
    this.width = region.space.parameters.reduce(
      (sum, one) => sum + (isAnyComposition(one) ? one.components.length - 1 : 1),
      0,
    );
    this.random = new Generator(seed, 'walk');
    this.points = sobol(looked, this.width, seed);
  }

  /** The design at a place of the sequence; null where there are not so many. */
  at(i: number): Design | null {
    while (this.found.length <= i && !this.isEmpty) this.further();
    return this.found[i] ?? null;
  }

  private further(): void {
    this.walksInstead ??= this.kept(looked) < worthLooking * looked;
    if (!this.walksInstead) this.take(() => this.sobolDesign(), 1);
    else if (this.found.length > 0 || !this.isSpread) this.take(() => this.walkedDesign(), 1);
    else this.spreadOut();
  }

  /** How many of the first Sobol points keep the constraints. */
  private kept(count: number): number {
    let kept = 0;
    for (let i = 0; i < count; i++) if (this.region.keeps(this.designAt(i))) kept++;
    return kept;
  }

  private sobolDesign(): Design | null {
    const design = this.designAt(this.taken++);
    return this.region.keeps(design) ? design : null;
  }

  private walkedDesign(): Design | null {
    const { region, random } = this;
    const drawn = this.designAt(this.taken++);
    const design = repaired(region, drawn, random);
    if (design === null || region.numbers.each.length === 0) return design;
    const { polytope } = region.reach(design);
    const { lower, upper } = polytope;
    // What rows do not hold together stays where the sequence has it, as a share of what is left of its range.
    const x = region.numbers.read(drawn).map((u, i) => lower[i]! + u * (upper[i]! - lower[i]!));
    for (const block of polytope.blocks) {
      const walk = this.walkIn(block);
      if (walk === null) return design;
      const own = walk.next();
      block.places.forEach((at, i) => {
        x[at] = own[i]!;
      });
    }
    return region.written(design, x) ?? design;
  }

  private walkIn(block: Block): HitAndRun | null {
    const { key } = block;
    const known = this.walks.get(key);
    if (known !== undefined) return known;
    const inner = block.inner();
    const walk = inner === null ? null : new HitAndRun(block, inner, this.random);
    if (this.walks.size >= mostWalks) this.walks.clear();
    this.walks.set(key, walk);
    return walk;
  }

  private take(next: () => Design | null, count: number): Design[] {
    const taken: Design[] = [];
    for (let misses = 0; taken.length < count; misses++) {
      if (misses >= patience) {
        this.isEmpty = true;
        break;
      }
      const design = next();
      if (design === null || this.seen.has(designKey(design))) continue;
      this.seen.add(designKey(design));
      taken.push(design);
      misses = -1;
    }
    this.found.push(...taken);
    return taken;
  }

  /** The first designs: of many, each the farthest from those before. */
  private spreadOut(): void {
    const many = this.take(() => this.walkedDesign(), spread.among);
    this.isEmpty = many.length < spread.among;
    this.found.length = 0;
    const features = many.map((design) => this.coordinates(design));
    const gaps = new Float64Array(many.length).fill(Number.POSITIVE_INFINITY);
    const order: number[] = [];
    let next = 0;
    while (order.length < Math.min(many.length, this.isEmpty ? many.length : spread.chosen)) {
      order.push(next);
      for (let i = 0; i < many.length; i++) gaps[i] = Math.min(gaps[i]!, apart(features[i]!, features[next]!));
      gaps[next] = Number.NEGATIVE_INFINITY;
      for (let i = 0; i < many.length; i++) if (gaps[i]! > gaps[next]!) next = i;
    }
    for (const i of order) this.found.push(many[i]!);
    // Those left over may come again.
    const left = new Set(order);
    many.forEach((design, i) => void (left.has(i) || this.seen.delete(designKey(design))));
  }

  /** Free numbers, then places or coordinates of the others, each in about [0, 1]. */
  private coordinates(design: Design): (number | string)[] {
    const { space, numbers } = this.region;
    const others = space.parameters.filter((one) => one.type !== 'continuous' && !isAnyComposition(one));
    const of = (parameter: (typeof others)[number]) => {
      const feature = typeOf(parameter).feature(parameter, design[parameter.name]!);
      return feature.kind === 'numeric' ? feature.value : String(design[parameter.name]);
    };
    return [...numbers.read(design), ...others.map(of)];
  }

  private designAt(i: number): Design {
    const { region, width } = this;
    if ((i + 1) * width > this.points.length) this.points = sobol(2 * (i + 1), width, this.seed);
    let at = i * width;
    const values = region.space.parameters.map((parameter) => {
      if (!isAnyComposition(parameter))
        return [parameter.name, typeOf(parameter).fromUnit(parameter, this.points[at++]!)] as const;
      const own = this.points.subarray(at, at + parameter.components.length - 1);
      at += own.length;
      return [parameter.name, compositionOf(parameter, simplexPoint(own), amountPlaces.few)] as const;
    });
    return region.constraints.settled(Object.fromEntries(values));
  }
}

function apart(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  return a.reduce<number>((sum, one, i) => {
    const other = b[i]!;
    if (typeof one === 'number' && typeof other === 'number') return sum + (one - other) ** 2;
    return sum + (one === other ? 0 : 0.5);
  }, 0);
}
