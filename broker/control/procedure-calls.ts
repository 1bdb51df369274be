import { getEventIteratorSchemaDetails } from '@orpc/contract';
import { OpenAPIHandler } from '@orpc/openapi/node';
import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/node';
import type { StandardHandlerOptions } from '@orpc/server/standard';
import { BrokerError, toBrokerError } from '../domain/errors.ts';
import type { Logger } from '../observe/logger.ts';
import type { CallContext } from './call-context.ts';
import type { StreamLimit } from './checks/stream-limit.ts';
import { brokerErrorOf, controlError } from './control-problem.ts';
import { withMappedErrors } from './mapped-events.ts';
import type { ControlRouter } from './router.ts';

/** The two forms of the control API, as handlers of Node's HTTP server. */
export interface ProcedureCalls {
  readonly rpc: RPCHandler<CallContext>;
  readonly rest: OpenAPIHandler<CallContext>;
}

/** Serves the procedures of a router: whatever they throw is answered as one of our errors. */
export function procedureCalls(router: ControlRouter, streams: StreamLimit, logger: Logger): ProcedureCalls {
  const toControlError = (thrown: unknown): ORPCError<string, unknown> => {
    const error = isLibraryError(thrown) ? brokerErrorOf(thrown) : toBrokerError(thrown);
    if (error.code === 'internal') logger.error({ err: thrown }, 'A request of the control API failed.');
    return controlError(error);
  };
  const options = (): StandardHandlerOptions<CallContext> => ({
    interceptors: [
      async (call) => {
        try {
          return await call.next();
        } catch (thrown) {
          // What a procedure throws has been mapped below: this is a request that cannot be read.
          throw isLibraryError(thrown) && thrown.cause instanceof BrokerError
            ? thrown
            : controlError(unreadable(thrown));
        }
      },
    ],
    clientInterceptors: [
      async (call) => {
        try {
          const isStream = getEventIteratorSchemaDetails(call.procedure['~orpc'].outputSchema) !== undefined;
          if (isStream) streams.enter(call.context.response);
          return withMappedErrors(await call.next(), toControlError);
        } catch (thrown) {
          throw toControlError(thrown);
        }
      },
    ],
  });
  return {
    rpc: new RPCHandler<CallContext>(router, options()),
    rest: new OpenAPIHandler<CallContext>(router, options()),
  };
}

function unreadable(thrown: unknown): BrokerError {
  if (isLibraryError(thrown)) return brokerErrorOf(thrown);
  return new BrokerError('bad-request', 'The request has not the form that the control API takes.', {
    cause: thrown,
  });
}

function isLibraryError(thrown: unknown): thrown is ORPCError<string, unknown> {
  return thrown instanceof ORPCError;
}
