// A simulated device that takes requests (*.json) from one folder and puts results into another: a process of its own. Started as:
// node file-device.mjs FOLDER, which gets in/, taken/ and out/, and starts.log, its ledger. It writes 'ready'.
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
for (const name of ['in', 'taken', 'out']) mkdirSync(join(folder, name), { recursive: true });
const put = (name, text) => writeFileSync(join(folder, 'out', name), text);
const finish = ({ x, key }, name) => {
  const answer = JSON.stringify({ key, y: 2 * x, unit: 'mg' });
  if (x === 13) return put(`${name}.err`, 'it fell out');
  if (x === 20) {
    // In two parts, with a rest between them.
    put(`${name}.json`, answer.slice(0, 10));
    return void setTimeout(() => appendFileSync(join(folder, 'out', `${name}.json`), answer.slice(10)), 150);
  }
  if (x === 21) return put(`${name}.json`, answer.slice(0, 10));
  if (x === 22) put(`${name}-2.json`, answer);
  if (x === 23) put(`${name}-2.json`, answer.replace('mg', 'kg'));
  if (x === 24) return put(`${name}.json`, '{"y": NaN}');
  if (x === 25) return put(`${name}.json`, `{"y": 1, "raw": "${'x'.repeat(300_000)}"}`);
  if (x === 28) return put(`${name}.json`, '{"y": "hot", "unit": "mg"}');
  if (x === 29) return put(`${name}.json`, '{"y": 5, "unit": "furlong"}');
  if (x === 30) return put(`${name}.json`, '<!doctype html><title>Login</title>');
  if (x === 31) return put(`${name}.json`, '{"y": 5, "unit": 7}');
  if (x === 26) {
    // Raw data, of which the half comes after the result.
    put(`${name}.fid`, Buffer.alloc(3 * 2 ** 20, 1));
    setTimeout(() => appendFileSync(join(folder, 'out', `${name}.fid`), Buffer.alloc(2 ** 20, 2)), 60);
  }
  return put(`${name}.json`, answer);
};
setInterval(() => {
  for (const file of readdirSync(join(folder, 'in'))) {
    if (!file.endsWith('.json')) continue;
    const request = JSON.parse(readFileSync(join(folder, 'in', file), 'utf8'));
    renameSync(join(folder, 'in', file), join(folder, 'taken', file));
    appendFileSync(join(folder, 'starts.log'), `${request.key}\n`);
    setTimeout(() => finish(request, file.slice(0, -5)), request.ms);
  }
}, 10);
process.stdout.write('ready\n');
