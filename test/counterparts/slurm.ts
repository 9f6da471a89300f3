import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Counterpart, debianCounterpart, startCounterpart } from '../support/counterparts.js';

const run = promisify(execFile);

/** A real cluster of one node, this machine, as whoever runs the tests. */
export interface Cluster {
  /** What leads a shell to its commands. */
  readonly through: readonly string[];
  /** Runs one of its commands. */
  ask(...command: readonly string[]): Promise<string>;
  /** What it says of its jobs and node, with the ends of its daemons' logs. */
  told(): Promise<string>;
  controller: Counterpart;
  node: Counterpart;
  startController(): Promise<void>;
  startNode(): Promise<void>;
  /** Waits until so many looks (2) say that the node takes jobs, and puts it back to service. @throws {Error} with the daemons' logs where that takes over ten minutes */
  ready(times?: number): Promise<void>;
  end(): Promise<void>;
}

/** Slurm's controller and node daemon from Debian's packages, on loopback; or why there is none. */
export async function startSlurm(folder: string): Promise<Cluster | { lacking: string }> {
  const installed = await debianCounterpart('slurmctld', 'slurmd', 'slurm-client');
  if ('lacking' in installed) return installed;
  const { root, env } = installed;
  const plugins = join(env.LD_LIBRARY_PATH!, 'slurm-wlm');
  await Promise.all(['state', 'spool'].map((each) => mkdir(join(folder, each), { recursive: true })));
  const ports = [
    await listenPort(20_000 + 2 * (process.pid % 6_000)),
    await listenPort(20_001 + 2 * (process.pid % 6_000)),
  ];
  const [host, user] = [hostname().split('.')[0]!, userInfo().username];
  // A controller that is killed forgets its last jobs, and their numbers, which each start therefore leaves behind.
  let controllers = 0;
  const configure = () =>
    writeFile(
      join(folder, 'slurm.conf'),
      `ClusterName=test
FirstJobId=${1_000 * ++controllers}
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${ports[0]}
SlurmdPort=${ports[1]}
AuthType=auth/none
CredType=cred/none
PluginDir=${plugins}
SlurmUser=${user}
SlurmdUser=${user}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
MpiDefault=none
KillWait=2
MessageTimeout=5
SlurmdParameters=config_overrides
ReturnToService=2
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=${host} NodeAddr=127.0.0.1 CPUs=8 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
    );
  const conf = {
    ...env,
    LD_LIBRARY_PATH: `${env.LD_LIBRARY_PATH}:${plugins}`,
    SLURM_CONF: join(folder, 'slurm.conf'),
  };
  const given = Object.entries(conf).map(([name, value]) => `${name}=${value}`);
  const ask = async (...[program, ...args]: readonly string[]) =>
    (await run(program!, args, { env: { ...process.env, ...conf }, timeout: 300_000 })).stdout.trim();
  const told = async () => {
    const asked = [
      ['squeue', '-t', 'all', '-o', '%i %T %r %j %S'],
      ['scontrol', 'show', 'node', '-o'],
    ].map((command) => ask(...command).catch((error: Error) => error.message));
    const logs = ['slurmctld.log', 'slurmd.log'].map((name) =>
      readFile(join(folder, name), 'utf8').then(
        (text) => text.split('\n').slice(-40).join('\n'),
        () => '',
      ),
    );
    return (await Promise.all([...asked, ...logs])).join('\n---\n');
  };
  let broken: Error | null = null;
  const cluster: Cluster = {
    through: ['env', ...given],
    ask,
    told,
    controller: null as never,
    node: null as never,
    startController: async () => {
      await configure();
      cluster.controller = await startCounterpart(join(root, 'usr/sbin/slurmctld-wlm'), ['-D'], {
        env: conf,
        ready: /Running as primary controller/,
      });
    },
    startNode: async () => {
      cluster.node = await startCounterpart(
        join(root, 'usr/sbin/slurmd-wlm'),
        ['-D', '-d', join(root, 'usr/sbin/slurmstepd-wlm')],
        { env: conf, ready: /started on/ },
      );
      await cluster.ready();
    },
    ready: async (times = 2) => {
      // One that did not come back is not waited for again by each test.
      if (broken !== null) throw broken;
      const limit = Date.now() + 600_000;
      for (let [good, state] = [0, '']; good < times; ) {
        state = await ask('sinfo', '-h', '-o', '%T').catch((error: Error) => error.message);
        good = /^(?:idle|mixed|allocated)$/.test(state) ? good + 1 : 0;
        // It takes a node out of service where a job was launched twice.
        if (/drain|down/.test(state))
          await ask('scontrol', 'update', `nodename=${host}`, 'state=resume').catch(() => '');
        if (good === 0 && Date.now() > limit) {
          broken = new Error(`the cluster takes no jobs: ${state}\n${await told()}`);
          throw broken;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    },
    end: async () => {
      await ask('scancel', '--quiet', '--user', user).catch(() => '');
      await cluster.controller?.kill();
      await cluster.node?.kill();
    },
  };
  await cluster.startController();
  await cluster.startNode();
  return cluster;
}

/**
 * A port from this one on that nobody listens on, below those that the system gives to outgoing connections: a daemon that was
 * killed needs its own again.
 */
async function listenPort(from: number): Promise<number> {
  for (let port = from; ; port += 2) {
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
