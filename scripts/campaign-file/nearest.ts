import { nearest } from '../../models/domain/nearest.js';

/** `one of a, b, c`, with what was probably meant first. */
export function oneOf(name: unknown, known: readonly string[]): string {
  const near = typeof name === 'string' ? nearest(name, known) : [];
  const shown = known.length > 12 ? `${known.slice(0, 12).join(', ')} … (${known.length} in all)` : known.join(', ');
  return `${near.length > 0 ? `did you mean ${near.join(' or ')}? ` : ''}allowed: ${shown}`;
}
