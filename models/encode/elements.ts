import { elementSymbols } from '../domain/formula.js';

/**
 * One element a line, H to Cm: atomic weight; electronegativity (Pauling); covalent radius, pm; first ionisation energy and
 * electron affinity, eV; melting point, K; electrons outside the noble-gas core by kind of orbital.
 *
 * @see National Library of Medicine, PubChem Periodic Table of Elements (public domain), for all but the radii
 * @see Cordero et al. 2008, Dalton Trans. 2832, for the radii (low spin; carbon sp³)
 * @remarks Electronegativity is 0 for He, Ne and Ar, and for Pm, Eu, Tb, Yb and Rn, where Pauling's scale has gaps, an
 *   estimate. An electron affinity that is not known, or of an element that binds no electron, is 0.
 */
const table = `
H 1.008 2.2 31 13.598 0.754 13.81 s1
He 4.0026 0 28 24.587 0 0.95 s2
Li 7 0.98 128 5.392 0.618 453.65 s1
Be 9.0122 1.57 96 9.323 0 1560 s2
B 10.81 2.04 84 8.298 0.277 2348 s2p1
C 12.011 2.55 76 11.26 1.263 3823 s2p2
N 14.007 3.04 71 14.534 0 63.15 s2p3
O 15.999 3.44 66 13.618 1.461 54.36 s2p4
F 18.998 3.98 57 17.423 3.339 53.53 s2p5
Ne 20.18 0 58 21.565 0 24.56 s2p6
Na 22.99 0.93 166 5.139 0.548 370.95 s1
Mg 24.305 1.31 141 7.646 0 923 s2
Al 26.982 1.61 121 5.986 0.441 933.437 s2p1
Si 28.085 1.9 111 8.152 1.385 1687 s2p2
P 30.974 2.19 107 10.487 0.746 317.3 s2p3
S 32.07 2.58 105 10.36 2.077 388.36 s2p4
Cl 35.45 3.16 102 12.968 3.617 171.65 s2p5
Ar 39.9 0 106 15.76 0 83.8 s2p6
K 39.098 0.82 203 4.341 0.501 336.53 s1
Ca 40.08 1 176 6.113 0 1115 s2
Sc 44.956 1.36 170 6.561 0.188 1814 s2d1
Ti 47.867 1.54 160 6.828 0.079 1941 s2d2
V 50.941 1.63 153 6.746 0.525 2183 s2d3
Cr 51.996 1.66 139 6.767 0.666 2180 s1d5
Mn 54.938 1.55 139 7.434 0 1519 s2d5
Fe 55.84 1.83 132 7.902 0.163 1811 s2d6
Co 58.933 1.88 126 7.881 0.661 1768 s2d7
Ni 58.693 1.91 124 7.64 1.156 1728 s2d8
Cu 63.55 1.9 132 7.726 1.228 1357.77 s1d10
Zn 65.4 1.65 122 9.394 0 692.68 s2d10
Ga 69.723 1.81 122 5.999 0.3 302.91 s2p1d10
Ge 72.63 2.01 120 7.9 1.35 1211.4 s2p2d10
As 74.922 2.18 119 9.815 0.81 1090 s2p3d10
Se 78.97 2.55 120 9.752 2.021 493.65 s2p4d10
Br 79.9 2.96 120 11.814 3.365 265.95 s2p5d10
Kr 83.8 3 116 14 0 115.79 s2p6d10
Rb 85.468 0.82 220 4.177 0.468 312.46 s1
Sr 87.62 0.95 195 5.695 0 1050 s2
Y 88.906 1.22 190 6.217 0.307 1795 s2d1
Zr 91.22 1.33 175 6.634 0.426 2128 s2d2
Nb 92.906 1.6 164 6.759 0.893 2750 s1d4
Mo 95.95 2.16 154 7.092 0.746 2896 s1d5
Tc 96.906 1.9 147 7.28 0.55 2430 s2d5
Ru 101.1 2.2 146 7.361 1.05 2607 s1d7
Rh 102.91 2.28 142 7.459 1.137 2237 s1d8
Pd 106.42 2.2 139 8.337 0.557 1828.05 d10
Ag 107.87 1.93 145 7.576 1.302 1234.93 s1d10
Cd 112.41 1.69 144 8.994 0 594.22 s2d10
In 114.82 1.78 142 5.786 0.3 429.75 s2p1d10
Sn 118.71 1.96 139 7.344 1.2 505.08 s2p2d10
Sb 121.76 2.05 139 8.64 1.07 903.78 s2p3d10
Te 127.6 2.1 138 9.01 1.971 722.66 s2p4d10
I 126.9 2.66 139 10.451 3.059 386.85 s2p5d10
Xe 131.29 2.6 140 12.13 0 161.36 s2p6d10
Cs 132.91 0.79 244 3.894 0.472 301.59 s1
Ba 137.33 0.89 215 5.212 0 1000 s2
La 138.91 1.1 207 5.577 0.5 1191 s2d1
Ce 140.12 1.12 204 5.539 0.5 1071 s2d1f1
Pr 140.91 1.13 203 5.464 0 1204 s2f3
Nd 144.24 1.14 201 5.525 0 1294 s2f4
Pm 144.91 1.13 199 5.55 0 1315 s2f5
Sm 150.4 1.17 198 5.644 0 1347 s2f6
Eu 151.96 1.2 198 5.67 0 1095 s2f7
Gd 157.2 1.2 196 6.15 0 1586 s2d1f7
Tb 158.93 1.1 194 5.864 0 1629 s2f9
Dy 162.5 1.22 192 5.939 0 1685 s2f10
Ho 164.93 1.23 192 6.022 0 1747 s2f11
Er 167.26 1.24 189 6.108 0 1802 s2f12
Tm 168.93 1.25 190 6.184 0 1818 s2f13
Yb 173.05 1.1 187 6.254 0 1092 s2f14
Lu 174.97 1.27 187 5.426 0 1936 s2d1f14
Hf 178.49 1.3 175 6.825 0 2506 s2d2f14
Ta 180.95 1.5 170 7.89 0.322 3290 s2d3f14
W 183.84 2.36 162 7.98 0.815 3695 s2d4f14
Re 186.21 1.9 151 7.88 0.15 3459 s2d5f14
Os 190.2 2.2 144 8.7 1.1 3306 s2d6f14
Ir 192.22 2.2 141 9.1 1.565 2719 s2d7f14
Pt 195.08 2.28 136 9 2.128 2041.55 s1d9f14
Au 196.97 2.54 136 9.226 2.309 1337.33 s1d10f14
Hg 200.59 2 132 10.438 0 234.32 s2d10f14
Tl 204.38 1.62 145 6.108 0.2 577 s2p1d10f14
Pb 207 2.33 146 7.417 0.36 600.61 s2p2d10f14
Bi 208.98 2.02 148 7.289 0.946 544.55 s2p3d10f14
Po 208.98 2 140 8.417 1.9 527 s2p4d10f14
At 209.99 2.2 150 9.5 2.8 575 s2p5d10f14
Rn 222.02 2.2 150 10.745 0 202 s2p6d10f14
Fr 223.02 0.7 260 3.9 0.47 300 s1
Ra 226.03 0.9 221 5.279 0 973 s2
Ac 227.03 1.1 215 5.17 0 1324 s2d1
Th 232.04 1.3 206 6.08 0 2023 s2d2
Pa 231.04 1.5 200 5.89 0 1845 s2d1f2
U 238.03 1.38 196 6.194 0 1408 s2d1f3
Np 237.05 1.36 190 6.266 0 917 s2d1f4
Pu 244.06 1.28 187 6.06 0 913 s2f6
Am 243.06 1.3 180 5.993 0 1449 s2f7
Cm 247.07 1.3 169 6.02 0 1618 s2d1f7
`;

/** What is known of an element. */
export interface ElementProperties {
  readonly number: number;
  readonly weight: number;
  readonly period: number;
  /** Column of the table, 1 to 18; 3 for lanthanides and actinides. */
  readonly group: number;
  readonly electronegativity: number;
  readonly covalentRadius: number;
  readonly ionisationEnergy: number;
  readonly electronAffinity: number;
  readonly meltingPoint: number;
  /** Electrons outside the noble-gas core, by kind of orbital and in all. */
  readonly s: number;
  readonly p: number;
  readonly d: number;
  readonly f: number;
  readonly valence: number;
  /** Places left in the kinds of orbitals that hold such electrons. */
  readonly unfilled: number;
}

const places = { s: 2, p: 6, d: 10, f: 14 } as const;
const nobleGases = [0, 2, 10, 18, 36, 54, 86] as const;

/** Properties by symbol, H to Cm. */
export const elements: ReadonlyMap<string, ElementProperties> = new Map(
  table
    .trim()
    .split('\n')
    .map((line, i) => [elementSymbols[i]!, propertiesOf(line.split(' '), i + 1)]),
);

function propertiesOf(cells: readonly string[], number: number): ElementProperties {
  const [weight, electronegativity, covalentRadius, ionisationEnergy, electronAffinity, meltingPoint] = cells
    .slice(1, 7)
    .map(Number) as [number, number, number, number, number, number];
  const held = { s: 0, p: 0, d: 0, f: 0 };
  for (const [, kind, count] of cells[7]!.matchAll(/([spdf])(\d+)/g)) held[kind as keyof typeof held] = Number(count);
  const kinds = Object.keys(places) as (keyof typeof places)[];
  return {
    number,
    weight,
    period: periodOf(number),
    group: groupOf(number),
    electronegativity,
    covalentRadius,
    ionisationEnergy,
    electronAffinity,
    meltingPoint,
    ...held,
    valence: kinds.reduce((sum, kind) => sum + held[kind], 0),
    unfilled: kinds.reduce((sum, kind) => sum + (held[kind] === 0 ? 0 : places[kind] - held[kind]), 0),
  };
}

function periodOf(number: number): number {
  return nobleGases.findLastIndex((gas) => number > gas) + 1;
}

function groupOf(number: number): number {
  if (number === 2) return 18;
  const period = periodOf(number);
  const place = number - nobleGases[period - 1]!;
  if (place <= 2) return place;
  const length = nobleGases[period] === undefined ? 32 : nobleGases[period] - nobleGases[period - 1]!;
  // Counted from the end of the period, where the f block is left out.
  return Math.max(3, place + 18 - length);
}

/** Names of the properties that statistics are made of. */
export const elementPropertyNames = Object.keys(elements.get('H')!) as readonly (keyof ElementProperties)[];

/** Properties by symbol, in the order of their names. */
const propertyRows: ReadonlyMap<string, Float64Array> = new Map(
  [...elements].map(([symbol, properties]) => [
    symbol,
    Float64Array.from(elementPropertyNames, (name) => properties[name]),
  ]),
);

/** Names of the statistics of each property. */
export const statisticNames = ['mean', 'deviation', 'range', 'min', 'max'] as const;

/**
 * Statistics of the elements in a mixture: for each property p, with fractions w that add up to 1,
 *
 * mean = Σ w p;  deviation = Σ w |p − mean|;  range, min and max over the elements with w > 0
 *
 * @param fractions - by symbol
 * @returns [properties × statistics], in the order of `elementPropertyNames` and `statisticNames`
 * @see Ward et al. 2016, npj Comput. Mater. 2, 16028
 */
export function elementStatistics(fractions: Readonly<Record<string, number>>): Float64Array {
  const present = Object.keys(fractions).filter((symbol) => fractions[symbol]! > 0);
  const weights = present.map((symbol) => fractions[symbol]!);
  const rows = present.map((symbol) => propertyRows.get(symbol)!);
  const statistics = new Float64Array(elementPropertyNames.length * statisticNames.length);
  for (let j = 0; j < elementPropertyNames.length; j++) {
    let [mean, deviation, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < rows.length; i++) {
      const value = rows[i]![j]!;
      mean += weights[i]! * value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    for (let i = 0; i < rows.length; i++) deviation += weights[i]! * Math.abs(rows[i]![j]! - mean);
    statistics.set([mean, deviation, max - min, min, max], j * statisticNames.length);
  }
  return statistics;
}
