import { cleanText } from '../../models/domain/clean-text.js';

/** Text that is HTML already and goes into a page as it stands. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | null | undefined | Markup | readonly Part[];

/**
 * HTML from a template. Whatever is put in is escaped, for text as for quoted attributes, unless it is markup itself;
 * lists are joined, null and undefined leave nothing.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  parts.forEach((part, i) => {
    text += textOf(part) + strings[i + 1]!;
  });
  return new Markup(text);
}

function textOf(part: Part): string {
  if (part === null || part === undefined) return '';
  if (part instanceof Markup) return part.text;
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  return part.map(textOf).join('');
}

/** Text with the five characters replaced that mean something in HTML, cleaned of what may not stand in it. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return cleanText(text).replace(/[&<>"']/g, (character) => entities[character]!);
}
