import { exactJson, sha256 } from '../../activities/store/exact-json.js';

/**
 * The id under which a person's decision on a trial is taken once: of who says the same of the same again, as when nobody had
 * confirmed it in time, it is the same.
 */
export function requestIdOf(action: string, said: object): string {
  return `${action}-${sha256(exactJson(said, true)).slice(0, 32)}`;
}
