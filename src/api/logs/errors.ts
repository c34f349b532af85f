import { ApiError } from '#wire/aws';

/** The errors of the CloudWatch Logs API, with AWS's sentences. */

export function invalidParameter(message: string): ApiError {
  return new ApiError('InvalidParameterException', message);
}

/** As the service's framework words what a model cannot say. */
export function constraintViolation(value: string | number, member: string, constraint: string): ApiError {
  return invalidParameter(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

export function groupNotFound(): ApiError {
  return new ApiError('ResourceNotFoundException', 'The specified log group does not exist.');
}

export function streamNotFound(): ApiError {
  return new ApiError('ResourceNotFoundException', 'The specified log stream does not exist.');
}

export function groupExists(): ApiError {
  return new ApiError('ResourceAlreadyExistsException', 'The specified log group already exists');
}

export function streamExists(): ApiError {
  return new ApiError('ResourceAlreadyExistsException', 'The specified log stream already exists');
}
