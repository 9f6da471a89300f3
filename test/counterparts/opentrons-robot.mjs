// A double of Opentrons' robot server 8.1, by what was seen of the real one; protocols are analysed by the real package.
// node opentrons-robot.mjs FOLDER PORT PYTHON: keeps protocols and runs in FOLDER, its ledger in FOLDER/ledger.
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [folder, port, python] = process.argv.slice(2);
const kept = join(folder, 'robot.json');
const state = existsSync(kept) ? JSON.parse(readFileSync(kept, 'utf8')) : { protocols: [], runs: [] };
const save = () => writeFileSync(kept, JSON.stringify(state));
// Whoever was killed in mid-run knows nothing of it: not ok, said to be stopped, without a word of why.
for (const run of state.runs)
  if (!['succeeded', 'stopped', 'failed'].includes(run.status))
    Object.assign(run, {
      status: 'stopped',
      ok: false,
      current: false,
      actions: [],
      dataError: { title: 'Run Data Error', detail: 'There was no engine state data for this run.' },
    });
let fault = null;

// As the real server does, in one process that has loaded the package once: arguments in, a line out at each end.
const analysing = `
import json, sys
from opentrons.cli.analyze import analyze
said, sys.stdout = sys.stdout, sys.stderr
print("loaded", file=said, flush=True)
for line in sys.stdin:
    try:
        analyze.main(args=json.loads(line), standalone_mode=False)
    except BaseException:
        pass
    print("done", file=said, flush=True)
`;
const asked = [() => server.listen(Number(port), '127.0.0.1', () => console.log('ready'))];
const analysts = spawn(python, ['-c', analysing], {
  env: { ...process.env, OT_API_CONFIG_DIR: folder },
  stdio: ['pipe', 'pipe', 'ignore'],
});
createInterface(analysts.stdout).on('line', () => asked.shift()?.());

function analyse(protocol, values) {
  const analysis = { id: randomUUID(), status: 'pending', values };
  protocol.analyses.push(analysis);
  const out = join(folder, `${analysis.id}.json`);
  const given = Object.keys(values).length === 0 ? [] : ['--rtp-values', JSON.stringify(values)];
  const args = ['--check', `--json-output=${out}`, ...given, ...protocol.files];
  analysts.stdin.write(`${JSON.stringify(args)}\n`);
  asked.push(() => {
    const told = existsSync(out)
      ? JSON.parse(readFileSync(out, 'utf8'))
      : { result: 'not-ok', errors: [{ detail: 'syntax' }] };
    Object.assign(analysis, { status: 'completed', result: told.result, errors: told.errors, commands: told.commands });
    save();
  });
}

const shown = ({ data: _, commands: __, timer: ___, ...run }) => run;
const failure = (status, id, detail) => [status, { errors: [{ id, title: id, detail, errorCode: '4000' }] }];

function play(run) {
  run.actions.push({ actionType: 'play', id: randomUUID() });
  if (run.status === 'idle')
    appendFileSync(join(folder, 'ledger'), `${state.protocols.find(({ id }) => id === run.protocolId).key}\n`);
  run.status = 'running';
  const { parameters } = run;
  const step = () => {
    if (run.status !== 'running') return;
    run.left -= 50;
    if (run.left > 0) return void setTimeout(step, 50);
    const analysis = state.protocols.find(({ id }) => id === run.protocolId).analyses.at(-1);
    run.commands = [
      ...analysis.commands,
      {
        commandType: 'absorbanceReader/read',
        status: 'succeeded',
        result: { data: parameters.od ?? 'x', unit: parameters.unit ?? 'µL' },
      },
    ];
    const isFailed = parameters.fails === true;
    run.status = isFailed ? 'failed' : 'succeeded';
    if (isFailed) run.errors = [{ errorType: 'PipetteNotAttachedError', errorCode: '3010', detail: 'no pipette' }];
    save();
  };
  setTimeout(step, 50);
}

function answer(method, path, headers, body) {
  if (headers['opentrons-version'] === undefined)
    return [422, { message: 'header.opentrons-version: field required', errorCode: '4000' }];
  if (path === '/health') return [200, { name: 'double', api_version: '8.1.0' }];
  if (path === '/protocols' && method === 'GET')
    return [200, { data: state.protocols.map(({ id, key }) => ({ id, key })) }];
  if (path === '/protocols') {
    const form = formIn(headers['content-type'], body);
    const mark = createHash('sha256')
      .update(form.files.map(({ text }) => text).join('\0'))
      .digest('hex');
    const values = JSON.parse(form.fields.runTimeParameterValues ?? '{}');
    let protocol = state.protocols.find((each) => each.mark === mark);
    const isNew = protocol === undefined;
    if (protocol?.analyses.at(-1)?.status === 'pending') return failure(503, 'LastAnalysisPending', 'wait');
    if (isNew) {
      const id = randomUUID();
      mkdirSync(join(folder, id));
      const files = form.files.map(({ name, text }) => {
        writeFileSync(join(folder, id, name), text);
        return join(folder, id, name);
      });
      protocol = { id, key: form.fields.key ?? null, mark, files, analyses: [] };
      state.protocols.push(protocol);
    }
    if (isNew || JSON.stringify(protocol.analyses.at(-1).values) !== JSON.stringify(values)) analyse(protocol, values);
    save();
    return [isNew ? 201 : 200, { data: { id: protocol.id, key: protocol.key } }];
  }
  const [, of, rest] = /^\/protocols\/([\w-]+)\/(analyses)$/.exec(path) ?? [];
  if (rest === 'analyses') {
    const protocol = state.protocols.find(({ id }) => id === of);
    return protocol === undefined
      ? failure(404, 'ProtocolNotFound', of)
      : [200, { data: protocol.analyses.map(({ commands: _, values: __, ...each }) => each) }];
  }
  if (path === '/runs' && method === 'GET') return [200, { data: state.runs.map(shown) }];
  if (path === '/runs') {
    const { data } = JSON.parse(body.toString());
    const current = state.runs.find((run) => run.current);
    if (current && !['idle', 'succeeded', 'stopped', 'failed'].includes(current.status))
      return failure(409, 'RunAlreadyActive', 'there is an active run');
    for (const run of state.runs) run.current = false;
    const parameters = data.runTimeParameterValues ?? {};
    const text = readFileSync(state.protocols.find(({ id }) => id === data.protocolId).files[0], 'utf8');
    const filled = JSON.parse(
      /ATHANOR = .*loads\('(.*)'\)/.exec(text)?.[1].replaceAll("\\'", "'").replaceAll('\\\\', '\\') ?? '{}',
    );
    const run = {
      id: randomUUID(),
      ok: true,
      status: 'idle',
      current: true,
      protocolId: data.protocolId,
      actions: [],
      errors: [],
      runTimeParameters: Object.entries(parameters).map(([variableName, value]) => ({ variableName, value })),
      parameters: { ...filled, ...parameters },
      left: (filled.seconds ?? 0.1) * 1000,
      commands: [],
    };
    state.runs.push(run);
    save();
    return [201, { data: shown(run) }];
  }
  const [, id, verb] = /^\/runs\/([\w-]+)(?:\/(actions|commands))?(?:\?.*)?$/.exec(path) ?? [];
  const run = state.runs.find((each) => each.id === id);
  if (run === undefined) return failure(404, 'RunNotFound', `Run ${id} was not found.`);
  if (verb === undefined) return [200, { data: shown(run) }];
  if (verb === 'commands') {
    const query = new URL(path, 'http://x').searchParams;
    const cursor = Number(query.get('cursor') ?? 0);
    const data = run.commands.slice(cursor, cursor + Number(query.get('pageLength') ?? 20));
    return [200, { data, meta: { cursor, totalLength: run.commands.length } }];
  }
  const { actionType } = JSON.parse(body.toString()).data;
  const fits = { play: ['idle', 'paused'], pause: ['running'], stop: ['idle', 'running', 'paused'] }[actionType];
  if (!fits.includes(run.status))
    return failure(409, 'RunActionNotAllowed', `cannot ${actionType} a run that is ${run.status}`);
  if (actionType === 'play') play(run);
  else {
    run.actions.push({ actionType, id: randomUUID() });
    run.status = actionType === 'pause' ? 'paused' : 'stopped';
  }
  save();
  return [201, { data: { actionType } }];
}

function formIn(type, body) {
  const boundary = /boundary=(.*)$/.exec(type)[1];
  const form = { files: [], fields: {} };
  for (const part of body.toString('utf8').split(`--${boundary}`).slice(1, -1)) {
    const [head, ...rest] = part.replace(/^\r\n/, '').replace(/\r\n$/, '').split('\r\n\r\n');
    const text = rest.join('\r\n\r\n');
    const name = /name="([^"]*)"/.exec(head)[1];
    const file = /filename="([^"]*)"/.exec(head)?.[1];
    if (file === undefined) form.fields[name] = text;
    else form.files.push({ name: file, text });
  }
  return form;
}

const server = createServer((incoming, outgoing) => {
  const pieces = [];
  incoming.on('data', (piece) => pieces.push(piece));
  incoming.on('end', () => {
    const body = Buffer.concat(pieces);
    if (incoming.url === '/orders') {
      fault = JSON.parse(body.toString());
      return outgoing.end('{}');
    }
    const isHit = fault !== null && new RegExp(fault.on).test(`${incoming.method} ${incoming.url}`);
    const what = isHit ? fault.fault : null;
    if (isHit) fault = null;
    if (what === 'pending') {
      outgoing.writeHead(503, { 'content-type': 'application/json' });
      return outgoing.end(JSON.stringify(failure(503, 'LastAnalysisPending', 'wait')[1]));
    }
    if (what === 'loseCall') return incoming.socket.destroy();
    const [status, document] = answer(incoming.method, incoming.url, incoming.headers, body);
    if (what === 'loseReply') return incoming.socket.destroy();
    const text =
      what === 'html'
        ? '<!doctype html>'
        : what === 'huge'
          ? `{"data": [${'1,'.repeat(3_000_000)}1]}`
          : what === 'nan'
            ? JSON.stringify(document).replace(/"data":"?[\d.]+"?,"unit"/, '"data":NaN,"unit"')
            : JSON.stringify(document);
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(what === 'truncate' ? text.slice(0, text.length / 2) : text);
  });
});
