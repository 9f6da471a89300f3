import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CampaignRecord, exportCsv, exportJson, parseRecord, renderReport } from '../../scripts/library.js';
import { type CliResult, runCli } from '../support/cli.js';
import { beforePath, beforeText, decided, durable } from './fixtures.js';

const names = [...decided, ...durable];
let folder: string;
let env: Record<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-before-'));
  env = { ATHANOR_HOME: join(folder, 'home') };
  await mkdir(join(folder, 'records'));
  for (const name of names) await copyFile(beforePath(`${name}/record.json`), join(folder, 'records', `${name}.json`));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder, env, timeoutMs: 300_000 });

describe.each(names)('the record %s of the version before', (name) => {
  const text = beforeText(`${name}/record.json`);
  const { length } = (JSON.parse(text) as CampaignRecord).trials;

  it('is verified, or said to be of an older version', async () => {
    const { code, stdout, stderr } = await run('verify', `records/${name}.json`);
    if (code === 0) expect(stdout).toContain(`${length} proposals computed again, all the same bit for bit`);
    else expect(`${stdout}${stderr}`).toMatch(/(?:older|earlier) version[\s\S]*athanor /);
  });

  it('is reported and exported, and what is exported is read again', async () => {
    const record = parseRecord(text, name);
    expect(await renderReport(record)).toContain('</html>');
    const table = exportCsv(record);
    expect(table.trimEnd().split('\n')).toHaveLength(length + 1);
    expect(exportCsv(parseRecord(exportJson(record), name))).toBe(table);
  });
});

describe('records of the version before, together', () => {
  it('that hold another probability of a stop rule are said to be of an earlier version', async () => {
    const record = beforeText('transfer/record.json').replace(/("epsilon":\s*6,\s*"probability":\s*)0\.5\d+/, '$11');
    await writeFile(join(folder, 'other.json'), record);
    const { code, stdout } = await run('verify', 'other.json');
    expect(code).toBe(5);
    expect(stdout).toMatch(/basis\.assurances\.0\.probability is 1, computed 0\.5\d+\n/);
    expect(stdout).toMatch(/earlier version[\s\S]*athanor /);
  });

  it('that were decided by other numerical defaults are said to be', async () => {
    const record = beforeText('transfer/record.json').replaceAll('"athanor-12"', '"athanor-11"');
    await writeFile(join(folder, 'defaults.json'), record);
    const { code, stdout } = await run('verify', 'defaults.json');
    expect(code).toBe(5);
    expect(stdout).toMatch(/basis\.defaults is "athanor-11", computed "athanor-12"\n/);
    expect(stdout).toContain(
      "Another version decided by other numerical defaults (athanor-11, here athanor-12): of such a record designs and reasons differ. 'athanor report' still reads it.",
    );
  });

  it('are one table', async () => {
    const { code, stdout, stderr } = await run('export', 'records');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name},`, 'm'));
  });

  it('are compared where they want the same', async () => {
    const compared = ['records/noise.json', 'records/transfer.json'];
    const { code, stdout, stderr } = await run('report', ...compared, '-o', 'both.html', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout).campaigns).toEqual(['noise', 'transfer']);
    expect(await readFile(join(folder, 'both.html'), 'utf8')).toContain('</html>');
  });
});
