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
 * @param limit - most characters that come back; a text that was cut says so at its end, within the limit where that
 *   leaves room for any of it
 */
export function cleanText(text: string, limit = Number.POSITIVE_INFINITY): string {
  return (text.length > limit ? shortened(text, limit) : text)
    .replace(/\r\n?/g, '\n')
    .replace(sequences, '')
    .replace(controls, '\uFFFD');
}

function shortened(text: string, limit: number): string {
  const note = ` … (${text.length} characters in all)`;
  return note.length < limit / 2 ? text.slice(0, limit - note.length) + note : text.slice(0, limit);
}
