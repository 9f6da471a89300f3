import { InvalidInputError } from '../../models/domain/errors.js';
import { checkOutputs, makeFolderFor } from '../output-place.js';
import { type ExportFormat, type ExportOptions, exportFormats, exportPieces } from '../record/formats.js';
import { writePieces } from '../record/record-folder.js';
import type { TrialTable } from '../record/trial-columns.js';
import { isOnDisk, recordOf } from './record-source.js';
import type { Terminal } from './terminal.js';
import { withControl } from './with-control.js';

/**
 * Writes the trials of one campaign in a format of other programs, piece by piece.
 *
 * @throws {InvalidInputError} for several campaigns, and for what is no text without a file to go to
 */
export async function exportFile(
  terminal: Terminal,
  campaigns: readonly string[],
  format: ExportFormat,
  { output, ...options }: ExportOptions & { readonly output?: string | undefined },
): Promise<void> {
  const refused = (path: string, message: string, remedy: string) =>
    new InvalidInputError('arguments', [{ path, message, remedy }]);
  if (campaigns.length > 1)
    throw refused('--format', `${campaigns.length} campaigns as ${format}`, 'one at a time, or all as one CSV');
  const { isText, ending } = exportFormats[format];
  if (output === undefined && !isText)
    throw refused('--format', `${format} is no text`, `name a file for it: --output trials${ending}`);
  if (output !== undefined) await checkOutputs([{ option: '--output', path: output, kind: 'file' }]);
  const [campaign] = campaigns;
  const write = async (table: TrialTable) => {
    const pieces = exportPieces(format, table, options);
    if (output === undefined) for (const piece of pieces) await terminal.write(Buffer.from(piece).toString());
    else {
      await makeFolderFor(output, terminal.note);
      await writePieces(output, pieces);
      terminal.note(`written to ${output}`);
    }
  };
  if (campaign!.includes('/') || (await isOnDisk(campaign!))) return write(await recordOf(terminal, campaign!));
  return withControl(terminal, async (control) =>
    write({ campaign: await control.outline(campaign!), trials: await control.trials(campaign!) }),
  );
}
