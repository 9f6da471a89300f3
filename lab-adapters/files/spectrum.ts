import { convert } from 'jcampconverter';
import { cleanText } from '../../models/domain/clean-text.js';
import type { Window } from './settings.js';

/** One spectrum, x ascending. */
export interface Spectrum {
  readonly title: string;
  readonly xUnits: string;
  readonly yUnits: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The first spectrum of a JCAMP-DX text, or what is wrong with it. */
export function spectrumIn(text: string): Spectrum | { readonly refusal: string } {
  if (!/^\s*(\$\$[^\n]*\n\s*)*##TITLE\s*=/i.test(text))
    return { refusal: 'it does not begin with ##TITLE=, as JCAMP-DX does' };
  if (!/##END\s*=/i.test(text)) return { refusal: 'it has no ##END=, so it is not complete' };
  const points = Number(/##NPOINTS\s*=\s*(\d+)/i.exec(text)?.[1] ?? Number.NaN);
  try {
    // The library knows pairs of points by one of their two names only.
    const [entry] = convert(text.replace(/##XYPOINTS(?=\s*=)/i, '##XYDATA'), { noContour: true }).flatten;
    const found = entry?.spectra?.[0];
    const [x, y] = [found?.data?.x, found?.data?.y] as [number[] | undefined, number[] | undefined];
    if (x === undefined || y === undefined || x.length === 0) return { refusal: 'no spectrum stands in it' };
    if (x.length !== y.length || [...x, ...y].some((value) => !Number.isFinite(value)))
      return { refusal: 'the spectrum in it has points that are no numbers' };
    if (Number.isFinite(points) && points !== x.length)
      return { refusal: `it announces ${points} points and has ${x.length}` };
    const order = [...x.keys()].sort((a, b) => x[a]! - x[b]!);
    return {
      title: cleanText(String(entry?.title ?? ''), 200),
      xUnits: cleanText(String(found?.xUnits ?? ''), 60),
      yUnits: cleanText(String(found?.yUnits ?? ''), 60),
      x: order.map((i) => x[i]!),
      y: order.map((i) => y[i]!),
    };
  } catch (error) {
    return { refusal: `it cannot be read as JCAMP-DX: ${cleanText((error as Error).message, 200)}` };
  }
}

/** A value of a part of a spectrum; null where fewer than two of its points lie there. */
export function inWindow({ x, y }: Spectrum, { window: [from, to], take, baseline }: Window): number | null {
  const places = [...x.keys()].filter((i) => x[i]! >= Math.min(from, to) && x[i]! <= Math.max(from, to));
  if (places.length < 2) return null;
  const [first, last] = [places[0]!, places.at(-1)!];
  const slope = (y[last]! - y[first]!) / (x[last]! - x[first]!);
  const level = (i: number) => y[i]! - (baseline === 'none' ? 0 : y[first]! + slope * (x[i]! - x[first]!));
  const levels = places.map(level);
  const top = places[levels.indexOf(Math.max(...levels))]!;
  if (take === 'position') return x[top]!;
  if (take === 'height') return level(top);
  const steps = places.slice(1).map((i, k) => ((x[i]! - x[places[k]!]!) * (levels[k]! + levels[k + 1]!)) / 2);
  const area = steps.reduce((sum, step) => sum + step, 0);
  return take === 'area' ? area : area / (x[last]! - x[first]!);
}
