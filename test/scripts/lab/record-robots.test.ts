import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JobRequest } from '../../../lab-adapters/contract.js';
import { createRegistry } from '../../../lab-adapters/registry.js';
import { systemClock } from '../../../scripts/simulate/clock.js';
import { freePort, startCounterpart } from '../../support/counterparts.js';
import { measuredBy } from '../../support/devices.js';
import { recordedAndPlayed } from '../../support/recorded.js';

const program = fileURLToPath(new URL('../../counterparts/opentrons-robot.mjs', import.meta.url));
let folder: string;
const undo: (() => unknown)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'athanor-record-'));
});
afterEach(async () => {
  for (const each of undo.splice(0).reverse()) await each();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
async function measured(adapter: string, settings: object): Promise<unknown> {
  const own = join(folder, `jobs${++made}`);
  await mkdir(own);
  const one = createRegistry().create(adapter, settings, { clock: systemClock, folder: own, log: () => {} });
  const request: JobRequest = {
    ...{ design: { volume: 30 }, rowId: null, substances: {} },
    ...{ fidelity: 'f', objectives: ['od'] },
  };
  return measuredBy(one, 'c/r1/p1/g1/run', request);
}

/** In place of the analysis of a protocol, which needs a package of some hundred megabytes: every protocol is good. */
const analyst = `#!${process.execPath}
const { createInterface } = require('node:readline');
const { writeFileSync } = require('node:fs');
console.log('loaded');
createInterface(process.stdin).on('line', (line) => {
  const out = JSON.parse(line).find((one) => one.startsWith('--json-output='));
  writeFileSync(out.slice(14), JSON.stringify({ result: 'ok', errors: [], commands: [] }));
  console.log('done');
});
`;

test('a robot that is given forms with files is recorded, and played it measures the same', async () => {
  await writeFile(join(folder, 'analyst'), analyst);
  await chmod(join(folder, 'analyst'), 0o755);
  const port = await freePort();
  const robot = await startCounterpart(process.execPath, [program, folder, String(port), join(folder, 'analyst')]);
  undo.push(() => robot.kill());
  const protocol = join(folder, 'protocol.py');
  await writeFile(protocol, 'metadata = {"protocolName": "mix"}\ndef run(context):\n    pass\n');
  const settings = {
    ...{ url: `http://127.0.0.1:${port}`, timeout: '5s', poll: '20ms', protocol },
    ...{ given: { od: '{volume}', seconds: 0.1 }, values: { od: 'commands[-1].result.data' } },
  };
  const { first, again, text, unexpected } = await recordedAndPlayed(
    folder,
    { adapter: 'opentrons', settings },
    (url) => measured('opentrons', { ...settings, url }),
  );
  expect([first, again, unexpected]).toEqual([{ od: 30 }, { od: 30 }, []]);
  expect(text).toContain('protocolName');
});

test('what a form holds beside text is without secrets, and another boundary makes no other form', async () => {
  const heard: string[] = [];
  const device = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    heard.push(Buffer.concat(parts).toString('latin1'));
    response.end(Buffer.from([0xff, 0xfe, ...Buffer.from('correct-horse')]));
  });
  await new Promise<void>((resolve) => device.listen(0, '127.0.0.1', resolve));
  undo.push(() => device.close());
  process.env.NODE_KEY = 'correct-horse';
  undo.push(() => delete process.env.NODE_KEY);
  const settings = {
    ...{ url: `http://127.0.0.1:${(device.address() as AddressInfo).port}`, action: 'react' },
    ...{ headers: { 'X-Key': { from: 'NODE_KEY' } }, values: { od: 'json_result.od' } },
  };
  let boundary = 0;
  const send = async (url: string) => {
    const between = `between-${++boundary}`;
    const head = `--${between}\r\nContent-Disposition: form-data; name="file"\r\n\r\n`;
    const body = Buffer.concat([
      Buffer.from(head),
      Buffer.from([0xff, 0x00]),
      Buffer.from(`correct-horse\r\n--${between}--\r\n`),
    ]);
    const type = `multipart/form-data; boundary=${between}`;
    const reply = await fetch(`${url}/files`, { method: 'POST', headers: { 'content-type': type }, body });
    return (await reply.arrayBuffer()).byteLength > 2;
  };
  const { first, again, text, unexpected } = await recordedAndPlayed(folder, { adapter: 'madsci', settings }, send);
  expect([first, again, unexpected]).toEqual([true, true, []]);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toContain('correct-horse');
  const bodies = [...text.matchAll(/"base64":"([^"]*)"/g)].map(([, inner]) =>
    Buffer.from(inner!, 'base64').toString('latin1'),
  );
  expect(bodies).toHaveLength(2);
  for (const body of bodies) expect(body).toMatch(/^(?!.*correct-horse)[\s\S]*\*\*\*/);
});
