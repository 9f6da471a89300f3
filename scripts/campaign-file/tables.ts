import { resolve } from 'node:path';
import { readTableFile } from '../../lab-adapters/table-file.js';
import type { Fault } from '../../models/domain/fault.js';
import { faultText } from '../../models/domain/fault.js';
import type { Table } from '../../models/table/table.js';
import { type PlacedFault, placed } from './schema-faults.js';

/** Reads the tables that a campaign file names, and passes on what people should know of how they were read. */
export class Tables {
  private readonly told = new Set<string>();

  /**
   * @param baseDir - folder that relative paths start from
   * @param note - told each note once
   */
  constructor(
    private readonly baseDir: string,
    private readonly note: (line: string) => void = () => {},
  ) {}

  /**
   * The table of a file; null where it cannot be read, with every reason among the faults.
   *
   * @param at - what of the campaign file names it
   * @param known - names of columns that it may be expected to have
   */
  async read(
    file: string,
    { at, known, faults }: { at: readonly PropertyKey[]; known: Iterable<string>; faults: PlacedFault[] },
  ): Promise<Table | null> {
    const table = await readTableFile(resolve(this.baseDir, file), { known });
    if (!('columns' in table)) {
      for (const fault of table) faults.push(placed([...at], inFile(file, fault), fault.remedy));
      return null;
    }
    for (const note of table.notes) this.tell(`${file}: ${note}`);
    return table;
  }

  /** Tells people something, once. */
  tell(line: string): void {
    if (!this.told.has(line)) this.note(line);
    this.told.add(line);
  }
}

/** A fault of a table within the campaign file that names it. */
export function inFile(file: string, fault: Pick<Fault, 'line' | 'path' | 'message'>): string {
  const text = faultText({ ...fault, remedy: '' });
  return fault.line === undefined ? `${file}: ${text}` : `${file}, ${text}`;
}
