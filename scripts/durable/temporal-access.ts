import { loadClientConnectConfig } from '@temporalio/envconfig';
import { InvalidInputError } from '../../models/domain/errors.js';

type Connect = NonNullable<ReturnType<typeof loadClientConnectConfig>['connectionOptions']>;

/** How a Temporal server lets us in: TLS, with a certificate of ours or without, and an API key. */
export type TemporalAccess = Pick<Connect, 'tls' | 'apiKey' | 'metadata'>;

/**
 * The variables by which Temporal's own programs are let in to a server: TEMPORAL_API_KEY, TEMPORAL_TLS,
 * TEMPORAL_TLS_CLIENT_CERT_PATH and _KEY_PATH (or _DATA), TEMPORAL_TLS_SERVER_CA_CERT_PATH, TEMPORAL_TLS_SERVER_NAME,
 * TEMPORAL_GRPC_META_*. Its configuration file is not read: what counts stands in the environment.
 *
 * @throws {InvalidInputError} if a file cannot be read or the settings do not go together
 */
export function temporalAccess(environment: NodeJS.ProcessEnv): TemporalAccess {
  if (environment.TEMPORAL_ADDRESS === undefined || environment.TEMPORAL_ADDRESS === '') return {};
  const given = Object.entries(environment).filter(([name, value]) => name.startsWith('TEMPORAL_') && value !== '');
  const has = (name: string) => given.some(([known]) => known.startsWith(`TEMPORAL_TLS_CLIENT_${name}`));
  const fault = (message: string) =>
    new InvalidInputError('environment', [
      {
        path: 'TEMPORAL_TLS',
        message,
        remedy: 'see https://docs.temporal.io/references/client-environment-configuration',
      },
    ]);
  if (has('CERT') !== has('KEY')) throw fault('a client certificate and its key are wanted together');
  if (environment.TEMPORAL_TLS_DISABLE_HOST_VERIFICATION)
    throw fault(
      'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION is not supported: name the CA by TEMPORAL_TLS_SERVER_CA_CERT_PATH',
    );
  try {
    const { connectionOptions } = loadClientConnectConfig({
      disableFile: true,
      overrideEnvVars: Object.fromEntries(given) as Record<string, string>,
    });
    const { tls, apiKey, metadata } = connectionOptions ?? {};
    return {
      ...(tls === undefined || tls === null ? {} : { tls }),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(metadata === undefined ? {} : { metadata }),
    };
  } catch (error) {
    throw fault((error as Error).message);
  }
}
