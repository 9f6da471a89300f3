import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type ExportFormat, exportFormats, exportPieces } from '../../scripts/record/formats.js';
import { pythonCounterpart } from '../support/counterparts.js';
import { someRecord } from '../support/record.js';

const run = promisify(execFile);
const record = someRecord([
  { value: 1 / 3, mean: 0.5 },
  { cause: { class: 'device', code: 'killed', message: 'no gas' }, fidelity: 'cheap' },
  { value: -2 },
]);

/** What a program of Python prints of an export, as JSON. @param code - reads the file at `sys.argv[1]` */
async function readBy(bin: string, format: ExportFormat, code: string): Promise<unknown> {
  const folder = await mkdtemp(path.join(tmpdir(), 'athanor-export-'));
  const file = path.join(folder, `some${exportFormats[format].ending}`);
  await writeFile(file, Buffer.concat([...exportPieces(format, record, {})]));
  const { stdout } = await run(path.join(bin, 'python'), ['-c', code, file], { env: { ...process.env, HOME: folder } });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

const arrow = await pythonCounterpart('pyarrow==26.0.1');

describe('exports are read by', () => {
  it.skipIf('lacking' in arrow)(`pyarrow ${'lacking' in arrow ? arrow.lacking : ''}`, async () => {
    const code = `
import json, sys, pyarrow.parquet as parquet
table = parquet.read_table(sys.argv[1])
rows = table.to_pylist()
print(json.dumps({
  'types': {name: str(table.schema.field(name).type) for name in ('round', 'value.gap', 'trial', 'startedAt')},
  'gap': [row['value.gap'] for row in rows], 'record': json.loads(rows[1]['record']),
  'units': json.loads(table.schema.metadata[b'athanor.units'])['value.gap'],
}))`;
    expect(await readBy(('bin' in arrow && arrow.bin) || '', 'parquet', code)).toEqual({
      types: { round: 'int32', 'value.gap': 'double', trial: 'string', startedAt: 'timestamp[ms, tz=UTC]' },
      gap: [1 / 3, null, -2],
      record: JSON.parse(JSON.stringify(record.trials[1])),
      units: 'eV',
    });
  });
});
