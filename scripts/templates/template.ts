/** A first campaign that `athanor init` writes. */
export interface Template {
  readonly name: string;
  /** What it is, in a few words. */
  readonly description: string;
  /** File name, relative to the campaign's folder, to contents. */
  readonly files: Readonly<Record<string, string>>;
  /** The next command to type, with FOLDER in place of the folder. */
  readonly next: string;
}
