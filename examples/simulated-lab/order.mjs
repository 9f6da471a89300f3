#!/usr/bin/env node
// Orders a fault of a simulated device: node order.mjs DEVICE FAULT [--on CALL] [--at MOMENT] [--for SECONDS] [--times N]
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { faults, moments, order, pending, verbs } from './orders.mjs';
import { defaultFolder, devices } from './places.mjs';

const usage = `node order.mjs DEVICE FAULT [--on CALL] [--at MOMENT] [--for SECONDS] [--times N] [--lab FOLDER]
node order.mjs DEVICE                 what is ordered and has not happened yet

DEVICE   ${devices.join(', ')}, or the folder of one
FAULT    ${Object.entries(faults)
  .map(([name, { does, on, moment }]) => `${name.padEnd(10)} ${does} [--on ${on ?? 'any'} --at ${moment}]`)
  .join('\n         ')}
CALL     ${verbs.join(', ')}
MOMENT   ${moments.join(', ')}: before anything is done, after it is done and before the reply, after the reply
`;
const fail = (message) => {
  process.stderr.write(`${message}\n\n${usage}`);
  process.exit(2);
};

const options = { on: 'string', at: 'string', for: 'string', times: 'string', lab: 'string' };
let parsed;
try {
  parsed = parseArgs({
    allowPositionals: true,
    options: Object.fromEntries(Object.entries(options).map(([name, type]) => [name, { type }])),
  });
} catch ({ message }) {
  fail(message);
}
const {
  positionals: [device, fault, ...more],
  values,
} = parsed;
const { on, at: moment, times = '1', lab = defaultFolder() } = values;
if (device === undefined || more.length > 0) fail(device === undefined ? 'which device?' : `what is '${more[0]}'?`);
const folder = devices.includes(device) ? join(lab, device) : resolve(device);
if (!existsSync(folder)) fail(`${folder} is no folder of a device; is the lab there? See --lab`);
if (fault === undefined) {
  const all = pending(folder).map(([, { ms, ...each }]) => `${each.fault} on ${each.on ?? 'any call'}, ${each.moment}`);
  process.stdout.write(`${all.length === 0 ? 'nothing is ordered' : all.join('\n')}\n`);
} else {
  const seconds = values.for === undefined ? undefined : Number(values.for);
  if (seconds !== undefined && !(seconds >= 0)) fail(`--for ${values.for}: a number of seconds is wanted`);
  if (!/^[1-9]\d{0,3}$/.test(times)) fail(`--times ${times}: a whole number from 1 on is wanted`);
  const ms = seconds === undefined ? undefined : seconds * 1_000;
  try {
    order(folder, { fault, on, moment, ms }, Number(times));
  } catch ({ message }) {
    fail(message);
  }
  process.stdout.write(`${device}: ${fault} is ordered${times === '1' ? '' : `, ${times} times`}\n`);
}
