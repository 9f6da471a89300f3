import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Counterpart, debianCounterpart, freePort, startCounterpart } from '../support/counterparts.js';

const run = promisify(execFile);

/** A real cluster of one node, this machine, as whoever runs the tests. */
export interface Cluster {
  /** What leads a shell to its commands. */
  readonly through: readonly string[];
  /** Runs one of its commands. */
  ask(...command: readonly string[]): Promise<string>;
  controller: Counterpart;
  node: Counterpart;
  startController(): Promise<void>;
  startNode(): Promise<void>;
  /** Waits until the node takes jobs, and puts it back to service. */
  ready(): Promise<void>;
  end(): Promise<void>;
}

/** Slurm's controller and node daemon from Debian's packages, on loopback; or why there is none. */
export async function startSlurm(folder: string): Promise<Cluster | { lacking: string }> {
  const installed = await debianCounterpart('slurmctld', 'slurmd', 'slurm-client');
  if ('lacking' in installed) return installed;
  const { root, env } = installed;
  const plugins = join(env.LD_LIBRARY_PATH!, 'slurm-wlm');
  await Promise.all(['state', 'spool'].map((each) => mkdir(join(folder, each), { recursive: true })));
  const [host, user] = [hostname().split('.')[0]!, userInfo().username];
  await writeFile(
    join(folder, 'slurm.conf'),
    `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
AuthType=auth/none
CredType=cred/none
PluginDir=${plugins}
SlurmUser=${user}
SlurmdUser=${user}
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
MailProg=/bin/true
MpiDefault=none
KillWait=2
MessageTimeout=2
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
    (await run(program!, args, { env: { ...process.env, ...conf } })).stdout.trim();
  const cluster: Cluster = {
    through: ['env', ...given],
    ask,
    controller: null as never,
    node: null as never,
    startController: async () => {
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
    ready: async () => {
      for (let [good, left] = [0, 100]; good < 10 && left > 0; left--) {
        const state = await ask('sinfo', '-h', '-o', '%T').catch(() => '');
        good = /^(?:idle|mixed|allocated)$/.test(state) ? good + 1 : 0;
        // It takes a node out of service where a job was launched twice.
        if (/drain|down/.test(state))
          await ask('scontrol', 'update', `nodename=${host}`, 'state=resume').catch(() => '');
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
