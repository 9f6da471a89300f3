#!/usr/bin/env node
// Starts the simulated lab and a campaign over it, and ends both together: node start.mjs [--help]
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseDocument } from 'yaml';
import { startBroker } from './broker.mjs';
import { defaultFolder, devices } from './places.mjs';

const usage = `node start.mjs                 three simulated instruments, and a campaign over them to its end; Ctrl-C ends all
  --devices            the instruments alone, for as long as you like
  --name NAME          of the campaign; bright-films, which is followed or shown where it was begun before
  --trials N           how many it makes; 12
  --pace TIMES         how many times quicker the instruments are; 1
  --lab FOLDER         where their ledgers are kept, and the files of lab and campaign; ${defaultFolder()}
  --port PORT          first of three ports that follow each other; 50151. 0: any that are free
  --back-after SECONDS how long an instrument stays dead that was killed; 5
`;
const example = fileURLToPath(new URL('.', import.meta.url));
const cli = join(example, '../../dist/scripts/cli.js');
/** Ports as they stand in lab.yaml. */
const firstPort = 50_151;

const say = (line) => process.stdout.write(`${line}\n`);
const fail = (message, code = 2) => {
  process.stderr.write(`${message}\n`);
  process.exit(code);
};

/** What was asked for. */
function options() {
  const string = { type: 'string' };
  try {
    const { values } = parseArgs({
      options: {
        devices: { type: 'boolean' },
        help: { type: 'boolean' },
        name: string,
        trials: string,
        pace: string,
        lab: string,
        port: string,
        'back-after': string,
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    const number = (name, otherwise, highest, least = 0) => {
      const given = Number(values[name] ?? otherwise);
      if (!(given >= least && given <= highest))
        throw new Error(`--${name} ${values[name]}: a number from ${least} to ${highest}`);
      return given;
    };
    return {
      name: values.name,
      trials: values.trials === undefined ? undefined : number('trials', 0, 10_000, 1),
      pace: number('pace', 1, 1_000, 0.01),
      isAlone: values.devices === true,
      folder: resolve(values.lab ?? defaultFolder()),
      port: number('port', firstPort, 65_000),
      backAfterMs: number('back-after', 5, 3_600) * 1_000,
    };
  } catch ({ message }) {
    return fail(`${message}\n\n${usage}`);
  }
}

/** A port that was free just now. @throws {Error} if that one is taken */
function freePort(wanted) {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

async function portsFrom(first) {
  try {
    const ports = [];
    for (const i of devices.keys()) ports.push(await freePort(first === 0 ? 0 : first + i));
    return Object.fromEntries(devices.map((name, i) => [name, ports[i]]));
  } catch ({ message }) {
    return fail(`${message}\nAnother simulated lab may be running. Give another --port, or 0 for any that are free.`);
  }
}

/** Writes the files of lab and campaign as they were asked for, and without the furnace where there is no broker. */
function writeFiles({ folder, name, trials, pace }, ports, hasFurnace) {
  copyFileSync(join(example, 'ReactorController.sila.xml'), join(folder, 'ReactorController.sila.xml'));
  const [lab, campaign] = ['lab.yaml', 'campaign.yaml'].map((name) =>
    parseDocument(readFileSync(join(example, name), 'utf8')),
  );
  if (!hasFurnace) {
    lab.deleteIn(['instruments', 'furnace']);
    const recipe = campaign.getIn(['fidelities', 0, 'recipe']);
    const step = recipe.items.find((each) => each.get('on') === 'furnace');
    const given = step.toJSON().gives;
    recipe.items = recipe.items.filter((each) => each !== step);
    const outcomes = campaign.get('outcomes');
    outcomes.items = outcomes.items.filter((each) => !given.includes(each.get('name')));
  }
  if (name !== undefined) campaign.set('name', name);
  if (trials !== undefined) campaign.setIn(['budget', 'trials'], trials);
  for (const step of campaign.getIn(['fidelities', 0, 'recipe']).items)
    step.setIn(['with', 'seconds'], step.getIn(['with', 'seconds']) / pace);
  const text = devices.reduce(
    (written, each, i) => written.replaceAll(`127.0.0.1:${firstPort + i}`, `127.0.0.1:${ports[each]}`),
    lab.toString({ lineWidth: 0 }),
  );
  writeFileSync(join(folder, 'lab.yaml'), text);
  writeFileSync(join(folder, 'campaign.yaml'), campaign.toString({ lineWidth: 0 }));
}

let isEnding = false;
const running = new Map();

/** Starts a device and waits until it is ready; whoever kills it sees it come back, as if somebody had switched it on again. */
function startDevice(name, { folder, ports, backAfterMs }) {
  const where = name === 'furnace' ? `mqtt://127.0.0.1:${ports.furnace}` : String(ports[name]);
  const child = spawn(process.execPath, [join(example, `${name}.mjs`), join(folder, name), where], {
    // By the last of them it notices that this process is gone.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    // Ctrl-C is for this process, which ends them when the campaign has let go of them.
    detached: true,
  });
  running.set(name, child);
  child.once('exit', (code, signal) => {
    running.delete(name);
    if (isEnding) return;
    say(
      `simulated lab: the ${name} has died (${signal ?? `exit code ${code}`}); it is back in ${backAfterMs / 1_000} s`,
    );
    setTimeout(() => {
      if (!isEnding) void startDevice(name, { folder, ports, backAfterMs });
    }, backAfterMs);
  });
  return new Promise((done) => {
    createInterface(child.stdout).once('line', () => {
      say(`simulated lab: ${name.padEnd(12)} ${`127.0.0.1:${ports[name]}`}  process ${child.pid}`);
      done();
    });
  });
}

async function startFurnaceBroker(folder, port) {
  let child;
  try {
    child = await startBroker(join(folder, 'broker'), port);
  } catch ({ message }) {
    say(`NOTE: ${message}\nThe lab runs without its furnace, and trials have two steps.`);
    return false;
  }
  running.set('broker', child);
  await new Promise((done) => {
    child.once('exit', (code) => {
      running.delete('broker');
      if (!isEnding) fail(`the broker has ended with exit code ${code}`, 1);
    });
    createInterface(child.stderr).on('line', (line) => /running/.test(line) && done());
  });
  return true;
}

async function endAll() {
  isEnding = true;
  await Promise.all(
    [...running.values()].map(
      (child) =>
        new Promise((done) => {
          child.once('exit', done);
          child.kill('SIGKILL');
        }),
    ),
  );
}

/** Runs a verb of Athanor in this terminal. @returns its exit code */
function athanor(...args) {
  campaign = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
  return new Promise((done) =>
    campaign.once('exit', (code, signal) => {
      if (signal !== null)
        say(`simulated lab: athanor was killed (${signal}); nothing is lost, and the same command goes on`);
      done(code ?? 1);
    }),
  );
}

let campaign = null;
const given = options();
const { isAlone, folder, backAfterMs } = given;
if (!existsSync(cli)) fail(`${relative('', cli)} is not there: run ./quickstart or npm run build first`);
const ports = await portsFrom(given.port);
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    if (campaign === null) void endAll().then(() => process.exit(130));
    // A terminal tells both of Ctrl-C.
    else if (signal === 'SIGTERM') campaign.kill('SIGINT');
  });
mkdirSync(folder, { recursive: true });
const hasFurnace = await startFurnaceBroker(folder, ports.furnace);
writeFiles(given, ports, hasFurnace);
for (const name of devices)
  if (name !== 'furnace' || hasFurnace) await startDevice(name, { folder, ports, backAfterMs });
say(`simulated lab: files and ledgers in ${folder}`);

if (!isAlone) {
  // The ports may be others than those with which it was registered before.
  const code =
    (await athanor('lab', 'up', join(folder, 'lab.yaml'))) || (await athanor('run', join(folder, 'campaign.yaml')));
  await endAll();
  process.exit(code);
}
