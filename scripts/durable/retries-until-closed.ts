import type { InterceptingCall, Interceptor } from '@grpc/grpc-js';
import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';

/**
 * How calls to Temporal are tried again, for connections that are closed while some are: the SDK makes such a call once more on the
 * closed channel, from a timer, which would end the process. Here it is made no more, and nobody waits for its answer.
 */
export const retriesUntilClosed: Interceptor[] = [
  makeGrpcRetryInterceptor(defaultGrpcRetryOptions()),
  (options, nextCall) => {
    try {
      return nextCall(options) as InterceptingCall;
    } catch {
      return noCall as unknown as InterceptingCall;
    }
  },
];

/** A call that never ends. */
const noCall = {
  start: () => undefined,
  sendMessage: () => undefined,
  sendMessageWithContext: () => undefined,
  startRead: () => undefined,
  halfClose: () => undefined,
  cancelWithStatus: () => undefined,
  getPeer: () => '',
  getAuthContext: () => null,
};
