import { ApiError } from '#wire/aws';

/** The errors of the ACM API. Where a sentence says no otherwise it is observed; AWS documents few of them. */

export function validationException(message: string): ApiError {
  return new ApiError('ValidationException', message);
}

export function certificateNotFound(arn: string): ApiError {
  return new ApiError('ResourceNotFoundException', `Could not find certificate ${arn}.`);
}

export function certificateInUse(arn: string, accountId: string): ApiError {
  return new ApiError('ResourceInUseException', `Certificate ${arn} in account ${accountId} is in use.`);
}

export function tooManyCertificates(limit: number): ApiError {
  return new ApiError('LimitExceededException', `Error: you have reached your limit of ${limit} certificates.`);
}

export function tooManyTags(limit: number): ApiError {
  return new ApiError('TooManyTagsException', `A certificate can have no more than ${limit} tags.`);
}

export function invalidTag(message: string): ApiError {
  return new ApiError('InvalidTagException', message);
}

export function invalidDomainValidation(message: string): ApiError {
  return new ApiError('InvalidDomainValidationOptionsException', message);
}

/** Not there in this version. */
export function notServedHere(what: string): ApiError {
  return validationException(`${what} cannot be used: it is not part of this version of Roadstead.`);
}
