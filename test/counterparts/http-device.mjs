// A simulated device with an HTTP interface of jobs: a process of its own, whose ledger of physical starts and state live in the
// folder given, so that it can be killed and started again. Started as: node http-device.mjs FOLDER PORT (0: any). It writes its port.
// The first part of each path names a laboratory; POST /LAB/orders {on, fault, times} orders a fault.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';

const [folder, port] = process.argv.slice(2);
const file = join(folder, 'device.jsonl');
const labs = new Map();
const lab = (name) => labs.get(name) ?? labs.set(name, { jobs: new Map(), orders: [] }).get(name);
const apply = (line) => {
  const { jobs } = lab(line.lab);
  if (line.word === 'start') jobs.set(line.id, { ...line, pausedMs: 0, pausedAt: null, cancelledAt: null });
  const job = jobs.get(line.id);
  if (line.word === 'cancel') job.cancelledAt ??= line.at;
  if (line.word === 'pause') job.pausedAt ??= line.at;
  if (line.word === 'resume' && job.pausedAt !== null) {
    job.pausedMs += line.at - job.pausedAt;
    job.pausedAt = null;
  }
};
if (existsSync(file))
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) apply(JSON.parse(line));
const note = (line) => {
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  apply(line);
};
const progressOf = (job) => Math.min(1, ((job.pausedAt ?? Date.now()) - job.at - job.pausedMs) / Math.max(1, job.ms));
const statusOf = (job) => {
  if (job.cancelledAt !== null) return 'aborted';
  if (job.pausedAt !== null) return 'held';
  if (progressOf(job) < 1) return 'busy';
  return job.x === 13 ? 'broken' : job.x === 14 ? 'calibrating' : 'done';
};
const shownJob = (job) => ({
  id: job.id,
  meta: { key: job.key },
  status: statusOf(job),
  progress: progressOf(job),
  ...(job.x === 13 && { error: { kind: 'precipitated', text: 'it fell out' } }),
});
const answers = {
  20: { out: { y: 'NaN' } },
  21: { out: { y: null } },
  22: { out: { y: 1, unit: 'furlong' } },
  23: { out: { y: { value: 4 } } },
  27: { out: { y: 54, sd: 0.5 }, log: { x: 301.65 }, room: { rh: 41, p: 101300 } },
};

/** What is done, and the reply: [status, document]. */
const handle = (name, method, path, query, body) => {
  const { jobs } = lab(name);
  const [, id, verb] = /^jobs\/?([^/]*)\/?(.*)$/.exec(path) ?? [];
  if (path === 'health') return [200, { ok: true }];
  if (path === 'jobs' && method === 'POST') {
    if (typeof body?.x !== 'number') return [422, { error: 'x has to be a number' }];
    if (body.x > 1000) return [422, { error: `x = ${body.x} is too hot` }];
    const made = `j${jobs.size + 1}`;
    note({ word: 'start', lab: name, id: made, key: body.key, x: body.x, ms: body.ms ?? 0, at: Date.now() });
    return [201, { id: made }];
  }
  if (path === 'jobs') {
    const all = [...jobs.values()].filter((job) => query.get('key') === null || job.key === query.get('key'));
    return [200, { items: all.map(shownJob) }];
  }
  const job = jobs.get(id);
  if (job === undefined) return [404, { error: 'no such job' }];
  if (method === 'DELETE') note({ word: 'cancel', lab: name, id, at: Date.now() });
  if (verb === 'pause' || verb === 'resume') note({ word: verb, lab: name, id, at: Date.now() });
  if (verb === 'gone') return [404, { error: 'no such file' }];
  if (verb === 'result') return [200, answers[job.x] ?? { out: { y: job.x * 2, sd: 0.5, unit: 'mg' }, cost: 1.5 }];
  return [200, shownJob(job)];
};

const verbOf = (method, path) => {
  if (path === 'jobs') return method === 'POST' ? 'submit' : 'find';
  if (path.endsWith('/result')) return 'result';
  return method === 'DELETE' ? 'cancel' : 'status';
};

const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://device');
  const [, name, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const path = rest.join('/');
  let text = '';
  for await (const part of request) text += part;
  const body = text === '' ? undefined : JSON.parse(text);
  const reply = (status, document, head = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...head });
    response.end(typeof document === 'string' ? document : JSON.stringify(document));
  };
  if (path === 'orders') {
    lab(name).orders.push(body);
    return reply(200, {});
  }
  if (path === 'seen') return reply(200, lab(name).seen ?? {});
  if (/^jobs\/[^/]+\/trace$/.test(path)) {
    // 4 MB in pieces; the first time half of it, where that was ordered.
    const half = lab(name).orders.find(({ on, times }) => on === 'trace' && times > 0);
    if (half !== undefined) half.times -= 1;
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 4 * 2 ** 20 });
    for (let i = 0; i < (half === undefined ? 64 : 32); i++) response.write(Buffer.alloc(2 ** 16, i));
    return half === undefined ? response.end() : void setTimeout(() => request.socket.destroy(), 50);
  }
  const order = lab(name).orders.find(({ on, times }) => on === verbOf(request.method, path) && times > 0);
  if (order !== undefined) order.times -= 1;
  const fault = order?.fault;
  lab(name).seen = { headers: request.headers, body };
  if (fault === 'dropBefore') return request.socket.destroy();
  if (fault === 'redirect') return reply(302, '', { location: 'http://127.0.0.1:1/' });
  if (fault === 'busy') return reply(503, { error: 'busy' });
  if (fault === 'forbidden') return reply(401, { error: `bad token ${request.headers.authorization}` });
  // It has heard the call, and begins the job only when nobody waits for the reply any more.
  if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, order.ms));
  const [status, document] = handle(name, request.method, path, url.searchParams, body);
  if (fault === 'dropAfter') return request.socket.destroy();
  if (fault === 'fail') return reply(500, { error: 'internal' });
  if (fault === 'html') return reply(200, '<!doctype html><title>Login</title>');
  if (fault === 'huge') return reply(200, `{"items": [${'1,'.repeat(5_000_000)}1]}`);
  if (fault === 'slow') return void setTimeout(() => reply(status, document), order.ms);
  if (fault === 'duplicate') handle(name, request.method, path, url.searchParams, body);
  if (fault === 'echo') return reply(status, { ...document, echo: request.headers.authorization });
  if (fault === 'truncate') {
    const whole = JSON.stringify(document);
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': whole.length });
    response.write(whole.slice(0, whole.length / 2));
    return void setTimeout(() => request.socket.destroy(), 10);
  }
  return reply(status, document);
});
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
