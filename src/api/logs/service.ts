import type * as CloudWatchLogs from '@aws-sdk/client-cloudwatch-logs';
import { Fault } from '#base';
import { ApiError, type InputOf, type OperationName, type OutputOf } from '#wire/aws';
import { type Operation, operation, type PerformParts, type ServiceToken } from '../operation.ts';

/** The CloudWatch Logs API, version 2014-03-28. */
export const logs: ServiceToken<typeof CloudWatchLogs> = {
  service: 'cloudwatch-logs',
  invalidToken: { message: 'The specified nextToken is invalid.' },
};

type Logs = typeof CloudWatchLogs;

/** An operation on streams or events; what the disk refuses is answered in the words of CloudWatch Logs. */
export function eventOperation<Op extends OperationName<Logs>, C, R>(
  name: Op,
  parts: PerformParts<InputOf<Logs, Op>, OutputOf<Logs, Op>, C, R>,
): Operation {
  return operation(logs, name, {
    ...parts,
    perform: async (store, command, context) => {
      try {
        return await parts.perform(store, command, context);
      } catch (error) {
        throw error instanceof Fault ? unavailable(error) : error;
      }
    },
  });
}

function unavailable(fault: Fault): ApiError {
  if (fault.code === 'LogsBusy') return new ApiError('ThrottlingException', 'Rate exceeded', { cause: fault });
  return new ApiError('ServiceUnavailableException', `The service cannot complete the request. ${fault.message}`, {
    status: 503,
    cause: fault,
  });
}
