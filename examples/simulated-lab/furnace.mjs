// A simulated furnace on a broker of MQTT 5: node furnace.mjs FOLDER URL [TOPIC]. It says "ready".
// TOPIC/presence retains online, offline as its will. TOPIC/cmd takes {op: run | find | status | result | cancel | stop, ...} and
// answers on the response topic; the key of a job is the correlation data of its command.
import mqtt from 'mqtt';
import { jsonText, Machine, progressOf, stateOf } from './machine.mjs';
import { shrinkageAt } from './physics.mjs';

const [folder, url, topic = 'lab/furnace'] = process.argv.slice(2);
const machine = new Machine(folder);
const presence = `${topic}/presence`;
const client = mqtt.connect(url, {
  protocolVersion: 5,
  clientId: `device-${topic.replaceAll('/', '-')}`,
  // The broker keeps commands for a device that is away.
  clean: false,
  properties: { sessionExpiryInterval: 3_600 },
  reconnectPeriod: 200,
  will: { topic: presence, payload: 'offline', qos: 1, retain: true },
});
// It goes on trying; a broker that is away is nothing that a furnace could mend.
client.on('error', ({ message }) => process.stderr.write(`furnace: ${message}\n`));

const shown = (job, isOld) => ({
  id: job.id,
  key: job.key,
  status: isOld ? 'running' : stateOf(job),
  progress: isOld ? 0 : progressOf(job),
  ...(stateOf(job) === 'broken' && { error: { kind: 'coil', text: 'a coil burnt out' } }),
});

const resultOf = (job) => {
  const state = stateOf(job);
  if (state !== 'done') return { error: `the job is ${state}` };
  return { shrinkage: shrinkageAt(job.told.celsius, job.told.minutes), unit: '%' };
};

/** What is done, and the answer. @param isAgain - the broker delivers the same command once more */
function carryOut({ op, ...body }, key, isAgain, { isBusy, breaks, isOld }) {
  if (op === 'run') {
    const known = isAgain ? machine.byKey(key) : undefined;
    if (known !== undefined) return { accepted: true, ...shown(known) };
    if (isBusy) return { busy: true };
    const wrong = ['celsius', 'minutes', 'seconds'].filter((name) => typeof body[name] !== 'number');
    if (wrong.length > 0) return { accepted: false, error: `missing or no number: ${wrong.join(', ')}` };
    if (body.celsius > 1_200) return { accepted: false, error: `${body.celsius} °C is more than it can bear` };
    return { accepted: true, ...shown(machine.begin(key, body, breaks)) };
  }
  if (op === 'stop') {
    machine.stopAll();
    return { stopped: true };
  }
  if (op === 'find') {
    const job = machine.byKey(body.key);
    return job === undefined ? { none: true } : shown(job);
  }
  const job = machine.jobs.get(body.id);
  if (job === undefined) return { gone: true };
  if (op === 'cancel') machine.cancel(job);
  return op === 'result' ? resultOf(job) : shown(job, isOld);
}

client.on('message', async (_, payload, { dup, properties = {} }) => {
  const { responseTopic, correlationData } = properties;
  let body = {};
  try {
    body = JSON.parse(payload.toString());
  } catch {
    // It is no command that it knows.
  }
  const key = correlationData?.toString() ?? '';
  const verb = body.op === 'run' ? 'submit' : body.op;
  // Up to the ledger's line this runs before the broker is told that the command has come.
  const { reply, fault, told } = await machine.call(verb, (how) => carryOut(body, key, dup, how));
  if (fault === 'cut' || fault === 'none' || responseTopic === undefined) return;
  const text = jsonText(fault === 'error' ? { error: 'internal' } : reply, fault, 'shrinkage');
  const send = (then) => client.publish(responseTopic, text, { qos: 1, properties: { correlationData } }, then);
  if (fault === 'twice') send();
  send(told);
});
client.on('connect', () =>
  client.subscribe(`${topic}/cmd`, { qos: 1 }, () =>
    client.publish(presence, 'online', { qos: 1, retain: true }, () => process.stdout.write('ready\n')),
  ),
);
