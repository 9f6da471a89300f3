import { describe, expect, it } from 'vitest';
import { unlessMissing } from '../../../models/onnx/runtime.js';

describe('unlessMissing', () => {
  const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));

  it('is null for a package that is not there or not made for this machine, and else what was loaded', async () => {
    expect(await unlessMissing(failing('ERR_MODULE_NOT_FOUND'))).toBeNull();
    expect(await unlessMissing(failing('ERR_DLOPEN_FAILED'))).toBeNull();
    expect(await unlessMissing(async () => 7)).toBe(7);
  });

  it('passes on any other failure', async () => {
    await expect(unlessMissing(failing('EACCES'))).rejects.toThrow('EACCES');
    await expect(unlessMissing(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
