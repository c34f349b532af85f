import { ApiError } from '#wire/aws';

/** The errors of Elastic Load Balancing, with AWS's codes and sentences. */

export function validationError(message: string): ApiError {
  return new ApiError('ValidationError', message);
}

export function invalidConfiguration(message: string): ApiError {
  return new ApiError('InvalidConfigurationRequest', message);
}

export function notPermitted(message: string): ApiError {
  return new ApiError('OperationNotPermitted', message);
}

export function loadBalancerNotFound(reference: string): ApiError {
  return new ApiError('LoadBalancerNotFound', `Load balancers '[${reference}]' not found`);
}

export function targetGroupNotFound(): ApiError {
  return new ApiError('TargetGroupNotFound', 'One or more target groups not found');
}

export function listenerNotFound(): ApiError {
  return new ApiError('ListenerNotFound', 'One or more listeners not found');
}

export function ruleNotFound(): ApiError {
  return new ApiError('RuleNotFound', 'One or more rules not found');
}

/** What AWS has and this version has not. */
export function notHere(what: string): ApiError {
  return invalidConfiguration(`${what} is not part of this version of Roadstead.`);
}
