/**
 * What must not reach a terminal, the store or a page from a text of somebody else: sequences that move the cursor,
 * colour or talk to the terminal (ECMA-48), which are left out whole; other control characters and marks that turn the
 * direction of writing (Trojan Source, CVE-2021-42574), which become U+FFFD, and so do halves of surrogate pairs, which
 * UTF-8 and PostgreSQL cannot hold. Line ends become line feeds; tabs stay.
 */
const sequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|[\u001b\u009b]\[?[0-?]*[ -/]*[@-~]/g;
const controls =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/gu;

/**
 * A text that is safe to show and to keep; one that is already comes back as it is.
 * @param limit - characters kept; a text that was cut says so
 */
export function cleanText(text: string, limit = Number.POSITIVE_INFINITY): string {
  const cut = text.length > limit ? `${text.slice(0, limit)} … (${text.length - limit} more characters)` : text;
  return cut.replace(/\r\n?/g, '\n').replace(sequences, '').replace(controls, '\uFFFD');
}
