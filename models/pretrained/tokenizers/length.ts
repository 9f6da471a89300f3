import { InvalidInputError } from '../../domain/errors.js';

/** The numbers of a text and of what stands before and after it. */
interface Parts {
  readonly before: readonly number[];
  readonly inner: readonly number[];
  readonly after: readonly number[];
}

/**
 * All numbers together, at most as many as a model takes.
 *
 * @throws {InvalidInputError} if there are none, or more and the manifest wants no text cut
 */
export function within(
  { maxLength, tooLong }: { readonly maxLength: number; readonly tooLong: 'refuse' | 'cut' },
  text: string,
  { before, inner, after }: Parts,
): { readonly ids: readonly number[]; readonly cut: number } {
  const total = before.length + inner.length + after.length;
  const refused = (message: string, remedy: string) => {
    const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    return new InvalidInputError(`'${shown}'`, [{ path: '', message, remedy }]);
  };
  if (total === 0) throw refused('has no tokens', 'a text that is not empty');
  const cut = Math.max(0, total - maxLength);
  const kept = inner.length - cut;
  if (cut > 0 && (tooLong === 'refuse' || kept < 0))
    throw refused(`has ${total} tokens`, `the model takes at most ${maxLength}`);
  return { ids: [...before, ...inner.slice(0, kept), ...after], cut };
}
