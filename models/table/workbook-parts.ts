import { strFromU8 } from 'fflate';
import { builtInFormat } from './number-format.js';
import { readXml } from './xml.js';

/** A sheet of a workbook. */
export interface SheetPart {
  readonly name: string;
  readonly isHidden: boolean;
  /** Its file in the archive; null where it is no sheet of cells. */
  readonly file: string | null;
}

/** What a workbook says beside the values of its cells. */
export interface WorkbookParts {
  /** In their order. */
  readonly sheets: readonly SheetPart[];
  /** Code of the number format of each style of cells; null where numbers are shown as they are. */
  readonly formats: readonly (string | null)[];
  /** Whether results of formulas are to be computed when it is opened: what is stored as one may be none. */
  readonly isUncomputed: boolean;
}

/**
 * Reads the list of sheets, and the formats of cells.
 *
 * @param files - of the archive, by name
 * @throws {Error} if one is not well formed
 */
export function workbookParts(files: Readonly<Record<string, Uint8Array>>): WorkbookParts {
  const textOf = (file: string) => (files[file] === undefined ? '' : strFromU8(files[file]));
  const targets = new Map<string, string>();
  let styles = 'xl/styles.xml';
  readXml(textOf('xl/_rels/workbook.xml.rels'), {
    open: (name, attribute) => {
      if (name !== 'Relationship') return;
      const target = attribute('Target') ?? '';
      const file = target.startsWith('/') ? target.slice(1) : `xl/${target}`;
      if (attribute('Type')?.endsWith('/worksheet')) targets.set(attribute('Id') ?? '', file);
      if (attribute('Type')?.endsWith('/styles')) styles = file;
    },
  });
  const sheets: SheetPart[] = [];
  let isUncomputed = false;
  readXml(textOf('xl/workbook.xml'), {
    open: (name, attribute) => {
      if (name === 'calcPr') isUncomputed = /^(?:1|true)$/.test(attribute('fullCalcOnLoad') ?? '');
      if (name !== 'sheet' || !attribute('name')) return;
      const state = attribute('state') ?? 'visible';
      const file = targets.get(attribute('id') ?? '') ?? null;
      sheets.push({ name: attribute('name')!, isHidden: state !== 'visible', file });
    },
  });
  return { sheets, formats: formatsIn(textOf(styles)), isUncomputed };
}

function formatsIn(xml: string): (string | null)[] {
  const codes = new Map<number, string>();
  const formats: (string | null)[] = [];
  let isInside = false;
  readXml(xml, {
    open: (name, attribute) => {
      if (name === 'numFmt') codes.set(Number(attribute('numFmtId')), attribute('formatCode') ?? '');
      if (name === 'cellXfs') isInside = true;
      if (name !== 'xf' || !isInside) return;
      const id = Number(attribute('numFmtId') ?? 0);
      formats.push(codes.get(id) ?? builtInFormat(id));
    },
    close: (name) => {
      if (name === 'cellXfs') isInside = false;
    },
  });
  return formats;
}
