/**
 * What an adapter said, as plain JSON that can be kept: numbers that are not finite and other values that JSON cannot
 * hold become text, so that nothing is lost and nothing is mistaken for a number.
 *
 * @param depth - levels after which only the text of a value is kept
 */
export function plainJson(value: unknown, depth = 20): unknown {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? value + 0 : String(value);
    case 'string':
      // PostgreSQL's text cannot hold the zero character.
      return value.replaceAll('\u0000', '\uFFFD');
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth === 0) return String(value);
      if (Array.isArray(value)) return value.map((item) => plainJson(item, depth - 1));
      if (value instanceof Date || value instanceof Error) return String(value);
      return Object.fromEntries(
        Object.entries(value)
          .filter(([, item]) => item !== undefined)
          .map(([key, item]) => [key, plainJson(item, depth - 1)]),
      );
    default:
      return String(value);
  }
}
