import { ContractError } from '../../models/domain/errors.js';

/** Conversion between units of measurement. */
export interface Units {
  /** Why a number in one unit cannot be told in another, or null where it can. */
  fault(from: string, to: string): string | null;
  /** Whether it is a unit that can be converted; others may be used as they are written, and nothing is told in them. */
  known(unit: string): boolean;
  /** Whether two units are known not to be the same; false for spellings of one, and where either is not known here. */
  differ(one: string, other: string): boolean;
  /**
   * The same quantity in another unit, to 12 significant digits, which no instrument exceeds and people and devices can read: what
   * lies beyond is what conversion added. Of temperatures the digits count of the larger of both numbers. A number that needs no
   * conversion comes back bit for bit.
   * @throws {ContractError} where `fault` has something to say
   */
  convert(value: number, from: string, to: string): number;
  /** The same of a difference or standard deviation, which a zero point elsewhere (°C, °F) leaves as it is. */
  convertSpread(spread: number, from: string, to: string): number;
}

/** Longer texts are no units. */
const longest = 60;

/**
 * Units as laboratories write them (`mL/min`, `mg/mL`, `°C`, `µL`, `M`, `kcal/mol`, `%`), by the library js-quantities
 * (MIT, no dependencies; mathjs is 21 MB installed and knows no M, kcal or rpm, convert-units no compound units). It is loaded
 * when first asked for. A unit that stands alone as °C, K or °F is a temperature, with its zero point; within another
 * (`J/K`) it is a difference. Brackets are not understood: `J/g/K`.
 *
 * @param allDigits - whether converted numbers are left as they come, as those of jobs are that an earlier version began
 */
export async function loadUnits(allDigits = false): Promise<Units> {
  const { default: quantity } = await import('js-quantities');
  const known = (unit: string) => {
    try {
      const { scalar } = quantity(`1 ${unit}`.trim());
      return scalar === 1;
    } catch {
      return false;
    }
  };
  const isKnown = (spelled: string) => spelled.length <= longest && !/^[\d.+-]/.test(spelled) && known(spelled);
  const fault = (from: string, to: string, spell: (unit: string) => string): string | null => {
    const [a, b] = [spell(from), spell(to)];
    if (a === b) return null;
    for (const [given, unit] of [
      [from, a],
      [to, b],
    ] as const)
      if (given.length > longest || !isKnown(unit))
        return `'${given}' is no unit that is known here (temperatures are written °C, K or °F)`;
    // The library takes a difference for a temperature without a word.
    const fits = /^temp/.test(a) === /^temp/.test(b) && !`${a} ${b}`.includes('dB');
    if (fits && quantity(`1 ${a}`.trim()).isCompatible(`1 ${b}`.trim())) return null;
    return `'${from}' cannot be told in '${to}'`;
  };
  const converted = (value: number, from: string, to: string, spell: (unit: string) => string): number => {
    const why = fault(from, to, spell);
    if (why !== null) throw new ContractError(why);
    const [a, b] = [spell(from), spell(to)];
    if (a === b) return value;
    const told = b === '' ? quantity(value, a).toBase().scalar : quantity(value, a).to(b).scalar;
    return allDigits
      ? told
      : rounded(told, a.startsWith('temp') ? Math.max(Math.abs(value), Math.abs(told)) : Math.abs(told));
  };
  return {
    known: (unit) => isKnown(spelt(unit)),
    fault: (from, to) => fault(from, to, spelt),
    differ: (one, other) => {
      const [a, b] = [spelt(one), spelt(other)];
      if (a === b || !isKnown(a) || !isKnown(b)) return false;
      if (fault(one, other, spelt) !== null) return true;
      return [0, 1].some((value) => Math.abs(converted(value, one, other, spelt) - value) > 1e-9);
    },
    convert: (value, from, to) => converted(value, from, to, spelt),
    convertSpread: (spread, from, to) => converted(spread, from, to, spreadSpelt),
  };
}

/** Digits of a quantity that was converted. */
const significant = 12;

/** To the decimal place that is the last of so many significant digits of `scale`. */
function rounded(value: number, scale: number): number {
  if (scale === 0 || !Number.isFinite(value)) return value;
  const decimals = significant - 1 - Math.floor(Math.log10(scale));
  return decimals >= 0 && decimals <= 100 ? Number(value.toFixed(decimals)) : Number(value.toPrecision(significant));
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const temperatures: readonly (readonly [RegExp, string])[] = [
  [/^(?:°\s?C|℃|deg\s?C|celsius|tempC)$/i, 'tempC'],
  [/^(?:K|kelvin|tempK)$/, 'tempK'],
  [/^(?:°\s?F|℉|deg\s?F|fahrenheit|tempF)$/i, 'tempF'],
];

/** A unit as the library spells it; dimensionless is empty. */
function spelt(unit: string): string {
  const plain = unit.trim();
  if (plain === '1') return '';
  const temperature = temperatures.find(([pattern]) => pattern.test(plain));
  if (temperature !== undefined) return temperature[1];
  return plain
    .replace(/^1\s*\//, '/')
    .replace(/[µμ]/g, 'u')
    .replace(/[·⋅×]/g, '*')
    .replace(/⁻/g, '^-')
    .replace(/\^?-?[⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (text) => {
      const digits = [...text]
        .map((sign) => (superscripts.includes(sign) ? superscripts.indexOf(sign) : sign))
        .join('');
      return digits.startsWith('^') ? digits : `^${digits}`;
    })
    .replace(/°\s?([CF])/g, 'deg$1')
    .replace(/Å/g, 'angstrom')
    .replace(/Å/g, 'angstrom')
    .replace(/Ω/g, 'ohm')
    .replace(/(?<![A-Za-z])([munk]?)K(?![A-Za-z])/g, '$1degK');
}

function spreadSpelt(unit: string): string {
  return spelt(unit).replace(/^temp([CKF])$/, 'deg$1');
}
