import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startGeometry } from './conformer.js';
import { toXyz } from './geometry.js';

/**
 * Entry of the child process that computes one start geometry: `node conformer-child.js IDCODE JSON XYZ` writes the
 * geometry, or why there is none, to the file JSON, and the coordinates to the file XYZ if there are any. One molecule
 * a process, because what the conformer generator did before shows in its next answer.
 */
function main([idcode, json, xyz]: readonly string[]): void {
  const conformer = startGeometry(idcode!);
  if ('geometry' in conformer) writeFileSync(xyz!, toXyz(conformer.geometry));
  writeFileSync(`${json}.part`, JSON.stringify(conformer));
  renameSync(`${json}.part`, json!);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2));
