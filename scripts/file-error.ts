/** A failure of the file system: what Node raises with a code and, mostly, a path. */
export function isFileError(error: unknown): error is NodeJS.ErrnoException {
  return (
    error instanceof Error && /^E[A-Z0-9]+$/.test(String((error as NodeJS.ErrnoException).code)) && 'syscall' in error
  );
}

const words: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the disk',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a file stands where a folder is needed',
  EEXIST: 'something stands there already',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder, and it cannot be made',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links run in a circle',
  ETXTBSY: 'a program that runs stands there',
  EMFILE: 'too many files are open',
  EIO: 'the device does not answer',
};

/** Why a file could not be read or written, in words without a stack. */
export function fileErrorText(error: unknown): string {
  const from = isFileError(error) ? error : (error as Error | null)?.cause;
  if (!isFileError(from)) return error instanceof Error ? error.message : String(error);
  return words[from.code!] ?? `${from.code}, ${from.message}`;
}
