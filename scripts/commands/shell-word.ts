/**
 * A path as one word of a command that a person may paste into a POSIX shell: in quotes where a sign would mean something,
 * and never taken for an option.
 */
export function shellWord(path: string): string {
  const plain = path.startsWith('-') ? `./${path}` : path;
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(plain) ? plain : `'${plain.replaceAll("'", "'\\''")}'`;
}
