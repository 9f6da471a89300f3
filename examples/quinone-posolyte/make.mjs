// Makes pool.csv and geometries.jsonl anew, byte for byte; a few seconds and 6 minutes on one core.
//   npm run build && node examples/quinone-posolyte/make.mjs
import { createWriteStream, writeFileSync } from 'node:fs';
import { loadMolecules } from '../../dist/models/encode/molecules.js';
import { enumerateQuinones, poolCsv } from './enumerate.mjs';
import { startGeometries } from './geometries.mjs';

const rows = await enumerateQuinones(await loadMolecules());
writeFileSync(new URL('pool.csv', import.meta.url), poolCsv(rows));
const file = createWriteStream(new URL('geometries.jsonl', import.meta.url));
for await (const line of startGeometries(rows.map(({ smiles }) => smiles))) file.write(`${line}\n`);
file.end();
