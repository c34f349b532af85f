import { balancersOf } from '#balancing';
import {
  type ListenerAction,
  type LoadBalancer,
  type TargetGroup,
  targetGroupsOf,
  type WeightedTargetGroup,
} from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { invalidConfiguration, notHere, validationError } from './errors.ts';
import { getTargetGroup } from './find.ts';
import { limits } from './limits.ts';
import type { ActionInput } from './service.ts';

/**
 * The action of a rule or of a listener's default. There is exactly one: those that come before another (`authenticate-oidc`,
 * `authenticate-cognito`, `jwt-validation`) are not part of Roadstead. Source: Action in the API reference.
 */
export function checkedAction(inputs: readonly ActionInput[] | undefined): ListenerAction {
  for (const { Type } of inputs ?? []) {
    if (Type === 'authenticate-oidc' || Type === 'authenticate-cognito' || Type === 'jwt-validation') {
      throw notHere(`The action type '${Type}'`);
    }
  }
  const [action, ...more] = inputs ?? [];
  if (action === undefined) throw validationError('An action must be specified');
  if (more.length > 0) {
    throw invalidConfiguration('You can specify only one action of type forward, redirect or fixed-response');
  }
  switch (action.Type) {
    case 'forward':
      return checkedForward(action);
    case 'redirect':
      return checkedRedirect(action);
    case 'fixed-response':
      return checkedFixedResponse(action);
    case 'authenticate-cognito':
    case 'authenticate-oidc':
    case 'jwt-validation':
    default:
      throw validationError("Action type must be one of 'redirect,fixed-response,forward'");
  }
}

function checkedForward({ TargetGroupArn, ForwardConfig }: ActionInput): ListenerAction {
  const groups: readonly WeightedTargetGroup[] =
    ForwardConfig?.TargetGroups?.map(({ TargetGroupArn: arn = '', Weight = 1 }) => ({
      targetGroupArn: arn,
      weight: Weight,
    })) ?? (TargetGroupArn === undefined ? [] : [{ targetGroupArn: TargetGroupArn, weight: 1 }]);
  if (groups.length === 0) throw validationError('A target group ARN must be specified');
  if (groups.length > limits.targetGroupsPerAction) {
    throw new ApiError(
      'TooManyTargetGroups',
      `A rule can forward to at most ${limits.targetGroupsPerAction} target groups`,
    );
  }
  if (new Set(groups.map(({ targetGroupArn }) => targetGroupArn)).size < groups.length) {
    throw validationError('Target groups must be unique in a forward action');
  }
  const [first] = groups;
  if (TargetGroupArn !== undefined && ForwardConfig !== undefined && TargetGroupArn !== first?.targetGroupArn) {
    throw invalidConfiguration('You cannot specify a target group ARN and a forward configuration that differ');
  }
  for (const { weight } of groups) {
    if (weight < 0 || weight > limits.highestWeight) {
      throw validationError(`Weight '${weight}' must be between '0' and '${limits.highestWeight}'`);
    }
  }
  const { Enabled, DurationSeconds } = ForwardConfig?.TargetGroupStickinessConfig ?? {};
  if (Enabled !== true) return { type: 'forward', targetGroups: groups };
  if (DurationSeconds === undefined || DurationSeconds < 1 || DurationSeconds > limits.longestStickinessSeconds) {
    throw validationError(
      `Target group stickiness duration must be between 1 and ${limits.longestStickinessSeconds} seconds`,
    );
  }
  return { type: 'forward', targetGroups: groups, stickinessSeconds: DurationSeconds };
}

function checkedRedirect({ RedirectConfig: config }: ActionInput): ListenerAction {
  if (config === undefined) throw validationError('A redirect configuration must be specified');
  const redirect = {
    type: 'redirect' as const,
    protocol: config.Protocol ?? '#{protocol}',
    host: config.Host ?? '#{host}',
    port: config.Port ?? '#{port}',
    path: config.Path ?? '/#{path}',
    query: config.Query ?? '#{query}',
    statusCode: config.StatusCode ?? 'HTTP_302',
  };
  if (!/^(HTTP|HTTPS|#\{protocol\})$/.test(redirect.protocol)) {
    throw validationError(`Protocol '${redirect.protocol}' must be one of 'HTTP,HTTPS,#{protocol}'`);
  }
  const port = Number(redirect.port);
  if (redirect.port !== '#{port}' && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw validationError(`Port '${redirect.port}' must be a number between 1 and 65535 or '#{port}'`);
  }
  if (!redirect.path.startsWith('/'))
    throw validationError(
      "The Path parameter must be a valid path, should start with a '/', and may contain up to one of each of these placeholders: '#{path}', '#{host}', '#{port}'.",
    );
  const { protocol, host, path, query } = redirect;
  if ([protocol, host, redirect.port, path, query].join() === '#{protocol},#{host},#{port},/#{path},#{query}') {
    throw invalidConfiguration(
      'The following RedirectConfig parameters cannot all be left at their defaults: protocol, host, port, path and query. The request would be redirected to itself',
    );
  }
  return redirect;
}

const contentTypes = ['text/plain', 'text/css', 'text/html', 'application/javascript', 'application/json'];

function checkedFixedResponse({ FixedResponseConfig: config }: ActionInput): ListenerAction {
  if (config === undefined) throw validationError('A fixed response configuration must be specified');
  const { StatusCode, ContentType, MessageBody } = config;
  if (!/^[245]\d\d$/.test(StatusCode)) {
    throw validationError(`The value '${StatusCode}' for status code is not valid: it must match ^(2|4|5)\\d\\d$`);
  }
  if (ContentType !== undefined && !contentTypes.includes(ContentType)) {
    throw validationError(`Content type '${ContentType}' must be one of '${contentTypes.join(',')}'`);
  }
  if (MessageBody !== undefined && Buffer.byteLength(MessageBody) > 1024) {
    throw validationError('The message body can have at most 1024 characters');
  }
  return {
    type: 'fixed-response',
    statusCode: StatusCode,
    ...(ContentType === undefined ? {} : { contentType: ContentType }),
    ...(MessageBody === undefined ? {} : { messageBody: MessageBody }),
  };
}

const forHttp = ['HTTP', 'HTTPS'];

/** Which target groups a listener of a protocol may forward to. */
const groupProtocols: Readonly<Record<string, readonly string[]>> = {
  HTTP: forHttp,
  HTTPS: forHttp,
  TCP: ['TCP', 'TCP_UDP'],
  TLS: ['TCP', 'TLS'],
  UDP: ['UDP', 'TCP_UDP'],
  TCP_UDP: ['TCP_UDP'],
};

/** Checks that the action fits the listener that is to have it, and that its target groups may be of this load balancer. */
export function requireFitting(
  view: RoadsteadView,
  action: ListenerAction,
  { balancer, protocol }: { readonly balancer: LoadBalancer; readonly protocol: string },
  ctx: Pick<OperationContext, 'scope'>,
): void {
  if (action.type !== 'forward') {
    if (forHttp.includes(protocol)) return;
    throw invalidConfiguration(
      `Action type '${action.type}' is not supported for listeners with protocol '${protocol}'`,
    );
  }
  if (!forHttp.includes(protocol) && action.stickinessSeconds !== undefined) {
    throw invalidConfiguration(`Target group stickiness is not supported for listeners with protocol '${protocol}'`);
  }
  for (const arn of targetGroupsOf(action)) {
    const group = getTargetGroup(view, ctx.scope, arn);
    requireCompatible(group, protocol);
    if (group.vpcId !== balancer.vpcId) {
      throw invalidConfiguration(
        `The target group '${arn}' is in the VPC '${group.vpcId}' and the load balancer is in the VPC '${balancer.vpcId}': they must be in the same VPC`,
      );
    }
    const others = balancersOf(view, arn).filter(({ loadBalancerArn }) => loadBalancerArn !== balancer.loadBalancerArn);
    if (others.length === 0) continue;
    throw new ApiError(
      'TargetGroupAssociationLimit',
      `The following target groups cannot be associated with more than one load balancer: ${arn}`,
    );
  }
}

function requireCompatible(group: TargetGroup, protocol: string): void {
  if (groupProtocols[protocol]?.includes(group.protocol) === true) return;
  throw new ApiError(
    'IncompatibleProtocols',
    `The listener protocol '${protocol}' is not supported with a target group with the protocol '${group.protocol}'`,
  );
}

/** As the API shows it: the only member of `Actions`. */
export function presentAction(action: ListenerAction, protocol: string) {
  if (action.type === 'redirect') {
    const { protocol: Protocol, host: Host, port: Port, path: Path, query: Query, statusCode: StatusCode } = action;
    return { Type: 'redirect' as const, Order: 1, RedirectConfig: { Protocol, Port, Host, Path, Query, StatusCode } };
  }
  if (action.type === 'fixed-response') {
    const { statusCode: StatusCode, contentType, messageBody } = action;
    const FixedResponseConfig = {
      StatusCode,
      ...(contentType === undefined ? {} : { ContentType: contentType }),
      ...(messageBody === undefined ? {} : { MessageBody: messageBody }),
    };
    return { Type: 'fixed-response' as const, Order: 1, FixedResponseConfig };
  }
  const [only, ...more] = action.targetGroups;
  const { stickinessSeconds } = action;
  const stickiness =
    stickinessSeconds === undefined ? { Enabled: false } : { Enabled: true, DurationSeconds: stickinessSeconds };
  return {
    Type: 'forward' as const,
    ...(more.length === 0 && only !== undefined ? { TargetGroupArn: only.targetGroupArn } : {}),
    Order: 1,
    ForwardConfig: {
      TargetGroups: action.targetGroups.map(({ targetGroupArn: TargetGroupArn, weight: Weight }) => ({
        TargetGroupArn,
        Weight,
      })),
      ...(forHttp.includes(protocol) ? { TargetGroupStickinessConfig: stickiness } : {}),
    },
  };
}
