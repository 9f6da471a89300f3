// A simulated spectrometer with an HTTP interface of jobs: node spectrometer.mjs FOLDER PORT (0: any). It says "ready PORT".
// POST /jobs {key, ...}, GET /jobs?key=, GET /jobs/ID, GET /jobs/ID/result, DELETE /jobs/ID, POST /stop, GET /health.
import http from 'node:http';
import { jsonText, Machine, progressOf, stateOf } from './machine.mjs';
import { brightnessOf } from './physics.mjs';

const [folder, port] = process.argv.slice(2);
const machine = new Machine(folder);
const shown = (job, isOld) => ({
  id: job.id,
  meta: { key: job.key },
  status: isOld ? 'running' : stateOf(job),
  progress: isOld ? 0 : progressOf(job),
  ...(stateOf(job) === 'broken' && { error: { kind: 'lamp', text: 'the lamp went out' } }),
});
const numbers = ['temperature', 'annealed', 'minutes', 'seconds'];

/** Which call a request is: [verb, id]. */
function callOf(method, path) {
  const [, id, result] = /^\/jobs\/([^/]+)(\/result)?$/.exec(path) ?? [];
  if (id !== undefined) return [method === 'DELETE' ? 'cancel' : result ? 'result' : 'status', id];
  if (path === '/jobs') return [method === 'POST' ? 'submit' : 'find'];
  return [path === '/stop' && method === 'POST' ? 'stop' : 'health'];
}

/** What is done, and the reply: [status, document]. */
function carryOut([verb, id], { url, body }, { isBusy, breaks, isOld }) {
  if (verb === 'health') return [200, { ok: true }];
  if (verb === 'stop') {
    machine.stopAll();
    return [200, { stopped: true }];
  }
  if (verb === 'find') {
    const key = url.searchParams.get('key');
    return [200, { items: [...machine.jobs.values()].filter((job) => job.key === key).map((job) => shown(job)) }];
  }
  if (verb === 'submit') {
    if (isBusy) return [503, { error: 'warming up' }];
    const wrong = ['key', ...numbers].filter((name) => typeof body?.[name] !== (name === 'key' ? 'string' : 'number'));
    if (wrong.length > 0) return [422, { error: `missing or of a wrong type: ${wrong.join(', ')}` }];
    if (body.annealed > 1_000) return [422, { error: `annealed = ${body.annealed} °C: nothing is left to measure` }];
    const { key, ...told } = body;
    return [201, { id: machine.begin(key, told, breaks).id }];
  }
  const job = machine.jobs.get(id);
  if (job === undefined) return [404, { error: 'no such job' }];
  if (verb === 'cancel') machine.cancel(job);
  if (verb !== 'result') return [200, shown(job, isOld)];
  if (stateOf(job) !== 'done') return [409, { error: `the job is ${stateOf(job)}` }];
  const { temperature, annealed, minutes } = job.told;
  return [200, { brightness: brightnessOf(temperature, annealed, minutes), unit: 'count' }];
}

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://device');
  let text = '';
  for await (const part of request) text += part;
  let body;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch {
    // What is no JSON lacks everything.
  }
  const call = callOf(request.method, url.pathname);
  const { reply, fault, told } = await machine.call(call[0], (how) => carryOut(call, { url, body }, how));
  if (fault === 'cut') return request.socket.destroy();
  // Deaf: whoever asks waits until he has enough.
  if (fault === 'none') return;
  const [status, document] = fault === 'error' ? [500, { error: 'internal' }] : reply;
  const out = jsonText(document, fault, 'brightness');
  response.writeHead(status, {
    'content-type': fault === 'html' ? 'text/html' : 'application/json',
    // Half a reply is one that ends before it said it would.
    'content-length': Buffer.byteLength(fault === 'truncated' ? JSON.stringify(document) : out),
  });
  if (fault === 'truncated') {
    response.write(out, () => request.socket.destroy());
    return;
  }
  response.end(out, () => {
    if (fault === 'twice') request.socket.write(`HTTP/1.1 ${status} OK\r\ncontent-length: ${out.length}\r\n\r\n${out}`);
    told();
  });
});
server.on('error', ({ message }) => {
  process.stderr.write(`spectrometer: ${message}\n`);
  process.exit(1);
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`ready ${server.address().port}\n`));
