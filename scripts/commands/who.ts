import { hostname, userInfo } from 'node:os';

/** Who says something: as they call themselves, else the user of this machine. */
export function whoSays(as: string | undefined): string {
  return as ?? `${userInfo().username}@${hostname()}`;
}
