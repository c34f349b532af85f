import { ApiError } from '#wire/aws';

/** The errors of the EC2 API. Source: "Error codes for the Amazon EC2 API"; sentences as observed where it has none. */

export function invalidParameterValue(message: string): ApiError {
  return new ApiError('InvalidParameterValue', message);
}

export function invalidParameterCombination(message: string): ApiError {
  return new ApiError('InvalidParameterCombination', message);
}

export function missingParameter(name: string): ApiError {
  return new ApiError('MissingParameter', `The request must contain the parameter ${name}`);
}

/** For what AWS has and this does not: says so, and what to do instead. */
export function unsupported(message: string): ApiError {
  return new ApiError('UnsupportedOperation', message);
}

export function dependencyViolation(message: string): ApiError {
  return new ApiError('DependencyViolation', message);
}

export function limitExceeded(code: string, message: string): ApiError {
  return new ApiError(code, message);
}
