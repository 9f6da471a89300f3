import { AthanorError } from '../domain/errors.js';
import type { SurrogateType } from './contract.js';
import { gp } from './gp.js';
import { icm } from './icm.js';

/** Every surrogate a campaign file can name; a new one is one line here. */
export const surrogates: readonly SurrogateType[] = [gp, icm];

/** The surrogate of that name. @throws {AthanorError} naming the ones there are */
export function surrogateNamed(name: string): SurrogateType {
  const found = surrogates.find((surrogate) => surrogate.name === name);
  if (found === undefined)
    throw new AthanorError(
      'SURROGATE',
      `no surrogate '${name}'; there are ${surrogates.map((s) => s.name).join(', ')}`,
    );
  return found;
}
