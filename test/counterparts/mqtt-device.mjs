// A simulated device on a broker of MQTT 5: a process of its own, whose ledger of physical starts and state live in the folder given,
// so that it can be killed and started again. Started as: node mqtt-device.mjs FOLDER URL [USER PASSWORD]. It says "ready".
// lab/presence: online, offline as its will. lab/LAB/cmd takes {op, ...}; answers go to the response topic; lab/LAB/jobs/NAME retains
// states; lab/LAB/orders {on, fault, times, ms} orders a fault. It does not know one key from another: each command begins a job.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import mqtt from 'mqtt';

const [folder, url, username, password] = process.argv.slice(2);
const file = join(folder, 'device.jsonl');
const labs = new Map();
const lab = (name) => labs.get(name) ?? labs.set(name, { jobs: new Map(), orders: [] }).get(name);
const apply = (line) => {
  const { jobs } = lab(line.lab);
  if (line.word === 'start') jobs.set(line.id, { ...line, pausedMs: 0, pausedAt: null, cancelledAt: null });
  const job = jobs.get(line.id);
  if (line.word === 'cancel') job.cancelledAt ??= line.at;
  if (line.word === 'pause') job.pausedAt ??= line.at;
  if (line.word === 'told') job.told = true;
  if (line.word === 'resume' && job.pausedAt !== null) {
    job.pausedMs += line.at - job.pausedAt;
    job.pausedAt = null;
  }
};
if (existsSync(file))
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) apply(JSON.parse(line));
const note = (line) => {
  appendFileSync(file, `${JSON.stringify({ ...line, at: Date.now() })}\n`);
  apply({ ...line, at: Date.now() });
};

const answers = {
  20: { out: { y: 'NaN' } },
  21: { out: { y: null } },
  22: { out: { y: 1, unit: 'furlong' } },
  23: { out: { y: { value: 4 } } },
};
const progressOf = (job) => Math.min(1, ((job.pausedAt ?? Date.now()) - job.at - job.pausedMs) / Math.max(1, job.ms));
const statusOf = (job) => {
  if (job.cancelledAt !== null) return 'aborted';
  if (job.pausedAt !== null) return 'held';
  if (progressOf(job) < 1) return 'busy';
  return job.x === 13 ? 'broken' : job.x === 14 ? 'calibrating' : 'done';
};
const shown = (job) => ({
  id: job.id,
  key: job.key,
  status: statusOf(job),
  progress: progressOf(job),
  ...(statusOf(job) === 'broken' && { error: { kind: 'precipitated', text: 'it fell out' } }),
  ...(statusOf(job) === 'done' && (answers[job.x] ?? { out: { y: job.x * 2, sd: 0.5, unit: 'mg' }, cost: 1.5 })),
});

const client = mqtt.connect(url, {
  protocolVersion: 5,
  clientId: 'device',
  clean: false,
  username,
  password,
  reconnectPeriod: 100,
  properties: { sessionExpiryInterval: 300 },
  will: { topic: 'lab/presence', payload: 'offline', qos: 1, retain: true },
});
client.on('error', () => {});

/** Says how a job stands: retained, and as an answer to its command. */
const tell = (job) => {
  const name = `lab/${job.lab}/jobs/${job.name}`;
  client.publish(name, JSON.stringify(shown(job)), { qos: 1, retain: true });
  answer(
    job.to,
    job.key,
    shown(job),
    lab(job.lab).orders.find((order) => takes(order, 'tell')),
  );
};
const takes = (order, on) => order.on === on && order.times > 0 && order.times--;
/** Answers, in whatever way was ordered. */
const answer = (topic, correlation, document, order) => {
  if (topic === undefined) return;
  const send = (text) =>
    client.publish(topic, text, { qos: 1, properties: { correlationData: Buffer.from(correlation) } });
  const text = JSON.stringify(document);
  const fault = order?.fault;
  if (fault === 'silent') return;
  if (fault === 'html') return send('<!doctype html><title>Login</title>');
  if (fault === 'truncate') return send(text.slice(0, text.length / 2));
  if (fault === 'huge') return send(`{"items": [${'1,'.repeat(5_000_000)}1]}`);
  if (fault === 'late') return void setTimeout(() => send(text), order.ms);
  if (fault === 'twice') send(text);
  if (fault === 'stale') setTimeout(() => send(JSON.stringify({ ...document, status: 'busy', out: undefined })), 50);
  if (fault === 'other')
    client.publish(topic, '{"status": "done"}', { qos: 1, properties: { correlationData: Buffer.from('other') } });
  send(text);
};
const ends = (job) => {
  if (job.told || job.cancelledAt !== null) return;
  const left = job.ms * (1 - progressOf(job));
  setTimeout(() => {
    if (job.told || job.cancelledAt !== null || job.pausedAt !== null) return;
    if (progressOf(job) < 1) return ends(job);
    tell(job);
    note({ word: 'told', lab: job.lab, id: job.id });
  }, left + 1);
};

const handle = (name, { op, ...body }, to, key) => {
  const { jobs } = lab(name);
  if (op === 'run') {
    if (typeof body.x !== 'number') return { accepted: false, error: 'x has to be a number' };
    if (body.x > 1000) return { accepted: false, error: `x = ${body.x} is too hot` };
    const id = `j${jobs.size + 1}`;
    note({ word: 'start', lab: name, id, key, name: body.name, x: body.x, ms: body.ms ?? 0, follow: body.follow, to });
    const job = jobs.get(id);
    client.publish(`lab/${name}/jobs/${job.name}`, JSON.stringify(shown(job)), { qos: 1, retain: true });
    ends(job);
    return { accepted: true, ...shown(job) };
  }
  if (op === 'find') return [...jobs.values()].filter((job) => job.key === body.key).map(shown)[0] ?? { none: true };
  const job = jobs.get(body.id);
  if (job === undefined) return { gone: true };
  if (op !== 'status') {
    note({ word: op, lab: name, id: body.id });
    tell(job);
    if (op === 'resume') ends(job);
  }
  return shown(job);
};

client.on('message', (topic, payload, { properties = {} }) => {
  const [, name, kind] = topic.split('/');
  const body = JSON.parse(payload.toString());
  if (kind === 'orders') return void lab(name).orders.push(body);
  const key = properties.correlationData?.toString() ?? body.key;
  const order = lab(name).orders.find((each) => takes(each, body.op));
  if (order?.fault === 'deaf') return;
  if (order?.fault === 'busy') return answer(properties.responseTopic, key, { busy: true });
  // As a device that breaks down with a command in its hands.
  if (order?.fault === 'die') process.exit(1);
  if (order?.fault === 'begins late') return void setTimeout(() => handle(name, body, undefined, key), order.ms);
  answer(properties.responseTopic, key, handle(name, body, properties.responseTopic, key), order);
});
client.on('connect', () =>
  client.subscribe(['lab/+/cmd', 'lab/+/orders'], { qos: 1 }, () =>
    client.publish('lab/presence', 'online', { qos: 1, retain: true }, () => process.stdout.write('ready\n')),
  ),
);
for (const { jobs } of labs.values()) for (const job of jobs.values()) ends(job);
