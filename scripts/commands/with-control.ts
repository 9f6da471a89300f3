import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { AthanorError } from '../../models/domain/errors.js';
import { type Config, readConfig } from '../config.js';
import type { Control } from '../durable/control-contract.js';
import type { Services } from '../local/services.js';
import type { Terminal } from './terminal.js';

/** An address at which nothing listens: reading the store needs no Temporal server. */
const nowhere = '127.0.0.1:9';

/**
 * Does something that only reads the store. PostgreSQL is started if there is one to be started; a Temporal server is
 * used if one runs, and started again if it died. A campaign home that was never used stays as it is, and where a person
 * ended the servers ('athanor down'), PostgreSQL runs no longer than this does.
 *
 * @param empty - what is answered where nothing was ever stored; NOT_FOUND where absent
 */
export async function withControl<T>(
  terminal: Terminal,
  work: (control: Control, temporalUi: string | null) => Promise<T>,
  empty?: () => T,
): Promise<T> {
  const config = readConfig(terminal.environment);
  if (config.databaseUrl === null && !(await hasCluster(config))) {
    if (empty !== undefined) return empty();
    throw new AthanorError(
      'NOT_FOUND',
      `there is no campaign in ${config.home} yet; ATHANOR_HOME and DATABASE_URL say where to look`,
    );
  }
  const { deadServers, ensurePostgres, ensureServices, findServices, leaveEnded } = await import(
    '../local/services.js'
  );
  const { url } = await ensurePostgres(config, terminal.note);
  try {
    if ((await deadServers(config)).includes('Temporal')) {
      // What only reads can do without it, but campaigns stand still until somebody starts it again.
      terminal.note('Temporal has died; starting it again');
      await ensureServices(config, terminal.note).catch((error: Error) => terminal.note(error.message));
    }
    const { temporalAddress, temporalUi } = await findServices(config);
    const { connect } = await import('../durable/control.js');
    const { temporalNamespace: namespace, temporalAccess: access } = config;
    const control = await connect({
      databaseUrl: url,
      temporalAddress: temporalAddress ?? nowhere,
      namespace,
      jobs: config.shared ?? config.home,
      // A local server has none of this.
      temporalAccess: temporalAddress === null ? {} : access,
    });
    try {
      return await work(control, temporalUi);
    } finally {
      await control.close();
    }
  } finally {
    await leaveEnded(config, terminal.note).catch((error: Error) => terminal.note(error.message));
  }
}

/** Does something that changes campaigns; both servers are started if need be. */
export async function withServices<T>(
  terminal: Terminal,
  work: (control: Control, services: Services, config: Config) => Promise<T>,
): Promise<T> {
  const config = readConfig(terminal.environment);
  const { ensureServices } = await import('../local/services.js');
  const services = await ensureServices(config, terminal.note);
  const { connect } = await import('../durable/control.js');
  const { databaseUrl, temporalAddress, temporalAccess, temporalNamespace: namespace } = services;
  const control = await connect({
    databaseUrl,
    temporalAddress,
    temporalAccess,
    namespace,
    jobs: config.shared ?? config.home,
  });
  try {
    return await work(control, services, config);
  } finally {
    await control.close();
  }
}

/** Whether this home has a PostgreSQL of its own, running or not. */
async function hasCluster(config: Config): Promise<boolean> {
  return (await lstat(join(config.home, 'postgres')).catch(() => null)) !== null;
}
