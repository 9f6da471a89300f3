import { existsSync, readFileSync } from 'node:fs';
import type { Golden } from './golden.js';

/** Reference values that lie beside the checkout, where they do; null elsewhere, as they are no part of the project. */
export function sharedGolden(name: string): Golden | null {
  const places = ['../../../shared', '../../../../shared'].map(
    (up) => new URL(`${up}/golden/${name}.json`, import.meta.url),
  );
  const file = places.find((place) => existsSync(place));
  return file === undefined ? null : (JSON.parse(readFileSync(file, 'utf8')) as Golden);
}
