/** So many characters of a secret at the end of a stream that broke off are taken for the beginning of it. */
const leastBeginning = 4;

/**
 * Takes secrets out of a text that comes in pieces, wherever it is cut: what may be the beginning of one is held back
 * until more has come.
 */
export class RedactingStream {
  readonly #forms: readonly string[];
  readonly #pattern: RegExp | null;
  readonly #longest: number;
  #held = '';

  /** @param forms - what is to be taken out, longest first; none of them empty */
  constructor(forms: readonly string[]) {
    this.#forms = forms;
    this.#longest = forms[0]?.length ?? 1;
    const escaped = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    this.#pattern = forms.length === 0 ? null : new RegExp(escaped.join('|'), 'g');
  }

  /** What is certain now of the text so far, beyond what was given before. */
  push(piece: string): string {
    this.#held += piece;
    return this.#take(this.#open());
  }

  /** Where what may be the beginning of a secret begins; at the end where nothing is. */
  #open(): number {
    const { length } = this.#held;
    for (let at = Math.max(0, length - this.#longest + 1); at < length; at++) {
      const rest = this.#held.slice(at);
      if (this.#forms.some((form) => form.length > rest.length && form.startsWith(rest))) return at;
    }
    return length;
  }

  /** The rest. */
  end(): string {
    const rest = this.#take(this.#held.length);
    for (const form of this.#forms)
      for (let length = form.length - 1; length >= leastBeginning; length--)
        if (rest.endsWith(form.slice(0, length))) return `${rest.slice(0, -length)}***`;
    return rest;
  }

  /** Everything before a place, and what begins before it and is a secret. */
  #take(until: number): string {
    if (until <= 0) return '';
    let taken = '';
    let at = 0;
    for (const match of this.#pattern === null ? [] : this.#held.matchAll(this.#pattern)) {
      if (match.index >= until) break;
      taken += `${this.#held.slice(at, match.index)}***`;
      at = match.index + match[0].length;
    }
    taken += this.#held.slice(at, Math.max(at, until));
    this.#held = this.#held.slice(Math.max(at, until));
    return taken;
  }
}
