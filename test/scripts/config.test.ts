import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../models/domain/errors.js';
import { rawLimits } from '../../models/domain/raw-limits.js';
import { withoutPassword } from '../../models/domain/redaction.js';
import { readConfig } from '../../scripts/config.js';

describe('readConfig', () => {
  it('takes the defaults for what is unset or empty, and ignores other variables', () => {
    expect(readConfig({ DATABASE_URL: '', HOME: '/x', ATHANOR_OTHER: '1' })).toEqual({
      home: path.join(os.homedir(), '.athanor'),
      databaseUrl: null,
      temporalAddress: null,
      temporalNamespace: 'default',
      temporalAccess: {},
      shared: null,
      decideThreads: null,
      decideMemoryMb: null,
      rawLimits,
    });
  });

  it('takes what is given', () => {
    const environment = {
      ATHANOR_HOME: 'campaigns',
      DATABASE_URL: 'postgres://u:p@h:5432/d?sslmode=require',
      TEMPORAL_ADDRESS: '[::1]:7233',
      TEMPORAL_NAMESPACE: 'lab.1',
      ATHANOR_DECIDE_THREADS: '3',
      ATHANOR_DECIDE_MEMORY: '2048',
      ATHANOR_RAW_FILE_MB: '3',
    };
    expect(readConfig(environment)).toEqual({
      home: path.resolve('campaigns'),
      databaseUrl: environment.DATABASE_URL,
      temporalAddress: '[::1]:7233',
      temporalNamespace: 'lab.1',
      temporalAccess: {},
      shared: null,
      decideThreads: 3,
      decideMemoryMb: 2048,
      rawLimits: { ...rawLimits, fileBytes: 3 * 2 ** 20 },
    });
  });

  it('lists every fault with its remedy, and shows no password', () => {
    const read = () =>
      readConfig({ DATABASE_URL: 'mysql://u:secret@h/d', TEMPORAL_ADDRESS: 'host', TEMPORAL_NAMESPACE: 'a b' });
    expect(read).toThrow(InvalidInputError);
    try {
      read();
    } catch (error) {
      const { faults, message } = error as InvalidInputError;
      expect(faults.map((fault) => fault.path)).toEqual(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'TEMPORAL_NAMESPACE']);
      expect(faults.every((fault) => fault.remedy.length > 10)).toBe(true);
      expect(message).not.toContain('secret');
    }
  });

  it.each(['0', '-1', '1.5', 'four', '1e9'])('refuses %s threads', (threads) => {
    expect(() => readConfig({ ATHANOR_DECIDE_THREADS: threads })).toThrow(/ATHANOR_DECIDE_THREADS.*1 to 256/s);
  });

  it.each(['host', 'host:', ':7233', 'host:0', 'host:65536', 'http://host:7233', 'a b:7233'])(
    'refuses the address %s',
    (address) => {
      expect(() => readConfig({ TEMPORAL_ADDRESS: address })).toThrow(/TEMPORAL_ADDRESS.*host:port/s);
    },
  );
});

describe('withoutPassword', () => {
  it.each([
    ['postgresql://u:p@h/d', 'postgresql://u:***@h/d'],
    ['postgresql://u:p:q@h/d', 'postgresql://u:***@h/d'],
    ['postgresql://u:p%40q@h/d', 'postgresql://u:***@h/d'],
    ['postgresql://h:5432/d', 'postgresql://h:5432/d'],
  ])('%s is shown as %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
