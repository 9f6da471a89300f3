import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { completeLock } from '../../scripts/complete-lock.js';

describe('completeLock', () => {
  it('adds the builds for other systems that npm left out, and nothing else', () => {
    const packages = {
      '': {},
      'node_modules/tool': {
        version: '1.0.0',
        dev: true,
        optionalDependencies: {
          '@tool/cli-linux-x64': '1.0.0',
          '@tool/cli-linux-x64-musl': '1.0.0',
          '@tool/core-linux-arm-gnueabihf': '1.0.0',
          '@tool/cli-win32-ia32-msvc': '^1.0.0',
          fsevents: '2.0.0',
        },
      },
      'node_modules/tool/node_modules/@tool/cli-linux-x64': { version: '1.0.0' },
    };
    const lock: Parameters<typeof completeLock>[0] = { packages };
    expect(completeLock(lock)).toEqual(['@tool/cli-linux-x64-musl', '@tool/core-linux-arm-gnueabihf']);
    expect(lock.packages['node_modules/@tool/cli-linux-x64-musl']).toEqual({
      version: '1.0.0',
      dev: true,
      optional: true,
      cpu: ['x64'],
      libc: ['musl'],
      os: ['linux'],
    });
    expect(lock.packages['node_modules/@tool/core-linux-arm-gnueabihf']).toMatchObject({ cpu: ['arm'], os: ['linux'] });
    expect(completeLock(lock)).toEqual([]);
  });

  it('has nothing to do for our own lock file; else run node dist/scripts/complete-lock.js', async () => {
    const text = await readFile(new URL('../../package-lock.json', import.meta.url), 'utf8');
    expect(completeLock(JSON.parse(text))).toEqual([]);
    // Where packages come from is the machine's business.
    expect(text).not.toMatch(/"resolved"/);
  });
});
