// A simulated reactor behind a SiLA 2 server: node reactor.mjs FOLDER PORT (0: any). It says "ready PORT". As in other SiLA 2
// servers, the UUIDs of executions are gone when the process is: FindExecution then gives the run of a key a new one.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';
import { readFeature } from '../../dist/lab-adapters/sila/feature.js';
import { Messages } from '../../dist/lab-adapters/sila/messages.js';
import { readMessage, written } from '../../dist/lab-adapters/sila/values.js';
import { Machine, page, progressOf, stateOf } from './machine.mjs';
import { yieldAt } from './physics.mjs';

const [folder, port] = process.argv.slice(2);
const machine = new Machine(folder);
const serverUuid = '33333333-3333-4333-8333-333333333333';
/** From the start of an execution on, ms. */
const lifetimeMs = 30 * 60_000;
const hottest = 300;

const xml = readFileSync(new URL('ReactorController.sila.xml', import.meta.url), 'utf8');
const reactor = await Messages.of(readFeature(xml));
const string = { kind: 'basic', basic: 'String' };
/** What every SiLA 2 server has; of it what clients use. */
const service = await Messages.of({
  id: 'org.silastandard/core/SiLAService/v1',
  package: 'sila2.org.silastandard.core.silaservice.v1',
  name: 'SiLAService',
  commands: [
    {
      id: 'GetFeatureDefinition',
      observable: false,
      parameters: [{ id: 'FeatureIdentifier', type: string }],
      responses: [{ id: 'FeatureDefinition', type: string }],
    },
  ],
  properties: [
    ...['ServerUUID', 'ServerName', 'ServerType', 'ServerDescription', 'ServerVersion', 'ServerVendorURL'].map(
      (id) => ({ id, observable: false, type: string }),
    ),
    { id: 'ImplementedFeatures', observable: false, type: { kind: 'list', of: string } },
  ],
  types: [],
  metadata: [],
});
const about = {
  ServerUUID: serverUuid,
  ServerName: 'reactor',
  ServerType: 'SimulatedReactor',
  ServerDescription: 'A simulated reactor for thin films.',
  ServerVersion: '1.0',
  ServerVendorURL: 'https://example.org',
  ImplementedFeatures: [service.feature.id, reactor.feature.id],
};

/** An error of SiLA 2: as gRPC's ABORTED, with the message in base64 for its words. */
class SilaError extends Error {
  constructor(told) {
    const type = service.standard('SiLAError');
    super(Buffer.from(type.encode(type.create(told)).finish()).toString('base64'));
    this.code = grpc.status.ABORTED;
    this.details = this.message;
  }
}
const framework = (errorType) => new SilaError({ frameworkError: { errorType, message: '' } });
const [notAccepted, invalidUuid, notFinished, invalidMetadata] = [0, 1, 2, 3].map((type) => () => framework(type));
const defined = ({ feature }, id, message) =>
  new SilaError({ definedExecutionError: { errorIdentifier: `${feature.id}/DefinedExecutionError/${id}`, message } });
const invalid = ({ feature }, command, parameter, message) =>
  new SilaError({
    validationError: { parameter: `${feature.id}/Command/${command}/Parameter/${parameter}`, message },
  });

/** UUIDs of this process, and the jobs that they stand for. */
const executions = new Map();
/** The UUID of a job, written down so that people find it: it is the job's name in an answer to what became of it. */
function executionOf(job) {
  for (const [uuid, known] of executions) if (known === job) return uuid;
  const uuid = randomUUID();
  executions.set(uuid, job);
  machine.note({ word: 'execution', id: job.id, key: job.key, uuid });
  return uuid;
}
const isAlive = (job) => Date.now() - job.at < lifetimeMs;
for (const job of machine.jobs.values()) if (isAlive(job)) executionOf(job);
function jobOf(bytes) {
  const { value } = service.standard('CommandExecutionUUID').decode(bytes);
  const job = executions.get(value);
  if (job === undefined || !isAlive(job)) throw invalidUuid();
  return job;
}

/** Parameters of a command. @throws {SilaError} naming the first that is missing or not as it has to be */
function parametersOf(messages, id, bytes) {
  const { parameters } = messages.feature.commands.find((command) => command.id === id);
  let given = {};
  try {
    given = readMessage(messages, `${id}_Parameters`, parameters, bytes);
  } catch {
    // Then all of them are missing.
  }
  for (const { id: name } of parameters)
    if (given[name] === undefined) throw invalid(messages, id, name, `Missing field: ${name}`);
  return given;
}
const bytesOf = (messages, name, fields, values) => Buffer.from(written(messages, name, fields, values).bytes);
const responses = (messages, id, values) =>
  bytesOf(
    messages,
    `${id}_Responses`,
    messages.feature.commands.find((command) => command.id === id).responses,
    values,
  );
const propertyReply = (messages, id, value) => {
  const property = messages.feature.properties.find((each) => each.id === id);
  const name = `${property.observable ? 'Subscribe' : 'Get'}_${id}_Responses`;
  return bytesOf(messages, name, [property], { [id]: value });
};
const standard = (name, values) => {
  const type = service.standard(name);
  return Buffer.from(type.encode(type.create(values)).finish());
};

const statuses = { running: 1, done: 2, broken: 3, cancelled: 3 };
const infoOf = (job, isOld) =>
  standard('ExecutionInfo', {
    commandStatus: isOld ? statuses.running : statuses[stateOf(job)],
    progressInfo: { value: isOld ? 0 : progressOf(job) },
  });

/** What each call does: `[verb, what it gives]`; a verb of null has no faults to order. */
const calls = {
  React: [
    'submit',
    (bytes, { isBusy, breaks }) => {
      const { Temperature, Seconds, Key } = parametersOf(reactor, 'React', bytes);
      if (!(Temperature <= hottest)) throw invalid(reactor, 'React', 'Temperature', `must be at most ${hottest}`);
      if (isBusy) throw notAccepted();
      const job = machine.begin(Key, { temperature: Temperature, seconds: Seconds }, breaks);
      return standard('CommandConfirmation', {
        commandExecutionUUID: { value: executionOf(job) },
        lifetimeOfExecution: { seconds: lifetimeMs / 1_000, nanos: 0 },
      });
    },
  ],
  React_Result: [
    'result',
    (bytes) => {
      const job = jobOf(bytes);
      const state = stateOf(job);
      if (state === 'running') throw notFinished();
      if (state === 'broken') throw defined(reactor, 'Precipitated', 'it fell out of solution');
      if (state === 'cancelled') throw defined(reactor, 'Aborted', 'as was asked for');
      return responses(reactor, 'React', { Yield: yieldAt(job.told.temperature), Batch: `film ${job.id}` });
    },
  ],
  FindExecution: [
    'find',
    (bytes) => {
      const job = machine.byKey(parametersOf(reactor, 'FindExecution', bytes).Key);
      return responses(reactor, 'FindExecution', { Execution: job === undefined ? '' : executionOf(job) });
    },
  ],
  Cancel: [
    'cancel',
    (bytes) => {
      const job = machine.byKey(parametersOf(reactor, 'Cancel', bytes).Key);
      if (job !== undefined) machine.cancel(job);
      return responses(reactor, 'Cancel', {});
    },
  ],
  Stop: [
    'stop',
    () => {
      machine.stopAll();
      return responses(reactor, 'Stop', {});
    },
  ],
};

/** A reply as it goes out, with what is ordered to be wrong with it. */
function withFault(bytes, fault, rpc) {
  const result = (values) => Buffer.from(reactor.of('React_Responses').encode(values).finish());
  if (fault === 'html') return Buffer.from(page);
  if (fault === 'truncated') return bytes.subarray(0, bytes.length / 2);
  if (rpc !== 'React_Result') return bytes;
  if (fault === 'nan') return result({ Yield: { value: Number.NaN }, Batch: { value: 'film' } });
  if (fault === 'huge') return result({ Yield: { value: 1 }, Batch: { value: 'x'.repeat(5_000_000) } });
  // A text in the place of the number: as field 1 of the wrapper, by its length.
  if (fault === 'type') return Buffer.concat([Buffer.from([0x0a, 14, 0x0a, 12]), Buffer.from('seventy-five')]);
  return bytes;
}

const isUnknownMetadata = (name) => /^sila-.*-bin$/.test(name);
/** Answers a call; `send` gets a reply, an error, or nothing while it is deaf. */
async function answer(rpc, { request, metadata }, send) {
  const [verb, act] = calls[rpc];
  try {
    if (Object.keys(metadata.getMap()).some(isUnknownMetadata)) throw invalidMetadata();
    let refusal = null;
    const { reply, fault, told } = await machine.call(verb, (how) => {
      try {
        return act(request, how);
      } catch (error) {
        refusal = error;
        return null;
      }
    });
    if (fault === 'none') return;
    if (fault === 'cut')
      throw Object.assign(new Error(), { code: grpc.status.UNAVAILABLE, details: 'Connection dropped' });
    if (fault === 'error') throw new SilaError({ undefinedExecutionError: { message: 'a valve is stuck' } });
    if (refusal !== null) throw refusal;
    const out = withFault(reply, fault, rpc);
    send(null, out);
    // Only a stream has room for more than one.
    if (fault === 'twice' && rpc === 'React_Info') send(null, out);
    // As soon as it can be thought to be on the line.
    setTimeout(told, 100);
  } catch (error) {
    send(error);
  }
}

const follow = (stream, message, isOver) => {
  const next = () => {
    if (stream.cancelled || stream.destroyed) return;
    stream.write(message());
    if (isOver()) stream.end();
    else setTimeout(next, 200);
  };
  next();
};

const implementation = {};
const definition = {};
const add = ({ feature }, rpc, responseStream, handle) => {
  const asIs = (bytes) => bytes;
  const path = `/${feature.package}.${feature.name}/${rpc}`;
  const codec = {
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
  definition[path] = { path, requestStream: false, responseStream, ...codec };
  implementation[path] = handle;
};
for (const rpc of Object.keys(calls)) add(reactor, rpc, false, (call, send) => void answer(rpc, call, send));
calls.React_Info = ['status', (bytes, { isOld }) => infoOf(jobOf(bytes), isOld)];
add(reactor, 'React_Info', true, (stream) => {
  // The first message is the one with what is ordered.
  let isFirst = true;
  void answer('React_Info', stream, (error, bytes) => {
    if (error !== null) stream.emit('error', error);
    else if (!isFirst) stream.write(bytes);
    else {
      isFirst = false;
      stream.write(bytes);
      const job = jobOf(stream.request);
      const isOver = () => stateOf(job) !== 'running';
      setTimeout(() => follow(stream, () => infoOf(job), isOver), 200);
    }
  });
});
add(reactor, 'Subscribe_Running', true, (stream) => {
  const running = () => [...machine.jobs.values()].filter((job) => stateOf(job) === 'running').length;
  follow(
    stream,
    () => propertyReply(reactor, 'Running', running()),
    () => false,
  );
});
for (const [id, value] of Object.entries(about))
  add(service, `Get_${id}`, false, (_, send) => send(null, propertyReply(service, id, value)));
add(service, 'GetFeatureDefinition', false, ({ request }, send) => {
  try {
    const { FeatureIdentifier: id } = parametersOf(service, 'GetFeatureDefinition', request);
    if (id !== reactor.feature.id) throw defined(service, 'UnimplementedFeature', `no definition of ${id} here`);
    send(null, responses(service, 'GetFeatureDefinition', { FeatureDefinition: xml }));
  } catch (error) {
    send(error);
  }
});

const server = new grpc.Server();
server.addService(definition, implementation);
server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, bound) => {
  if (error !== null) {
    process.stderr.write(`reactor: ${error.message}\n`);
    process.exit(1);
  }
  process.stdout.write(`ready ${bound}\n`);
});
