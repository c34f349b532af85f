import type * as Ecs from '@aws-sdk/client-ecs';
import { networkModeOf, type TaskDefinition } from '#model';
import type { InputOf } from '#wire/aws';
import { invalidParameter } from '../../errors.ts';
import { checkedRoleArn } from '../../role-arns.ts';
import { firstRepeated } from '../../task-definition/rules/rule.ts';
import { requireNamedPort, type Subject } from './subject.ts';

export type ConnectInput = NonNullable<InputOf<typeof Ecs, 'CreateService'>['serviceConnectConfiguration']>;
type ServiceInput = NonNullable<ConnectInput['services']>[number];
type AliasInput = NonNullable<ServiceInput['clientAliases']>[number];

const maxNamespaceLength = 1024;
const maxPort = 65_535;

/**
 * Checks a Service Connect configuration; one that is not enabled asks for nothing. `defaultNamespace` is the cluster's.
 * Source: "Service Connect" in the developer guide and ServiceConnectConfiguration in the API reference; the texts about
 * the namespace, client aliases, DNS names and port names are observed.
 */
export function checkServiceConnect(
  input: ConnectInput | undefined,
  subject: Subject,
  defaultNamespace: string | undefined,
): void {
  if (input?.enabled !== true) return;
  const namespace = input.namespace ?? defaultNamespace ?? '';
  if (namespace === '') throw invalidParameter('Namespace is missing');
  if (namespace.length > maxNamespaceLength) {
    throw invalidParameter(`The namespace cannot be longer than ${maxNamespaceLength} characters.`);
  }
  checkWhereItRuns(subject);
  const services = input.services ?? [];
  for (const service of services) checkService(service, subject);
  const repeated = firstRepeated(services.map(({ portName, discoveryName }) => discoveryName ?? portName));
  if (repeated !== undefined) throw invalidParameter(`Duplicate discoveryName found: ${repeated}`);
  const endpoint = firstRepeated(services.flatMap((service) => endpointsOf(service, namespace)));
  if (endpoint !== undefined) throw invalidParameter(`Duplicate client alias found: ${endpoint}`);
  if (input.accessLogConfiguration !== undefined && input.logConfiguration === undefined) {
    throw invalidParameter('accessLogConfiguration requires a logConfiguration in the serviceConnectConfiguration.');
  }
  checkLogDriver(input.logConfiguration?.logDriver, subject);
  const settings = firstRepeated((input.containerConfigurations ?? []).flatMap((each) => Object.keys(each)));
  if (settings !== undefined) throw invalidParameter(`Duplicate container configuration found: ${settings}`);
}

/** What has no Service Connect proxy: "Service Connect concepts", considerations. */
function checkWhereItRuns({ definition, launchType, deploymentController }: Subject): void {
  if (deploymentController !== undefined) throw noConnect(`the ${deploymentController} deployment controller`);
  if (launchType === 'EXTERNAL') throw noConnect('the EXTERNAL launch type');
  if (definition === undefined) return;
  if (definition.runtimePlatform?.operatingSystemFamily?.startsWith('WINDOWS') === true) {
    throw noConnect('Windows containers');
  }
  const mode = networkModeOf(definition);
  if (mode !== 'awsvpc' && mode !== 'bridge') throw noConnect(`networkMode '${mode}'`);
  if (mode === 'bridge') checkBridged(definition);
  if (definition.memory === undefined) {
    throw invalidParameter("Service Connect requires that 'memory' be defined at the task level.");
  }
}

/** Each container's network is one that others know of: it is no container's own to name. */
function checkBridged({ containerDefinitions }: TaskDefinition): void {
  if (containerDefinitions.some(({ hostname }) => hostname !== undefined)) {
    throw noConnect('the hostname of a container');
  }
  if (containerDefinitions.some(({ links = [] }) => links.length > 0)) throw noConnect('links');
}

function noConnect(what: string): Error {
  return invalidParameter(`Service Connect is not supported with ${what}.`);
}

function checkService(service: ServiceInput, subject: Subject): void {
  const { clientAliases = [], portName, discoveryName, ingressPortOverride, timeout, tls } = service;
  if (clientAliases.length === 0) throw invalidParameter('clientAliases must have 1 element.');
  if (clientAliases.length > 1) {
    throw invalidParameter(`${clientAliases.length} clientAliases exceeds the max limit of 1`);
  }
  for (const alias of clientAliases) checkAlias(alias);
  if (discoveryName !== undefined && !/^[a-z0-9_][a-z0-9_-]{0,63}$/.test(discoveryName)) {
    throw invalidParameter(
      "The discovery name that you provided is invalid. Up to 64 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), and hyphens (-). A hyphen can't be the first character.",
    );
  }
  checkPort('ingressPortOverride', ingressPortOverride);
  const { appProtocol } = requireNamedPort(subject, portName);
  checkTimeout(timeout, appProtocol);
  if (tls !== undefined) checkTls(tls, subject.definition);
}

function checkAlias({ port, dnsName, testTrafficRules }: AliasInput): void {
  checkPort('The port of a client alias', port);
  if (dnsName !== undefined && !/^[a-z0-9_.][a-z0-9_.-]{0,126}$/.test(dnsName)) {
    throw invalidParameter(
      "The DNS name that you provided is invalid. The name must be a valid DNS name but doesn't need to be fully-qualified. Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), and periods (.). A hyphen can't be the first character.",
    );
  }
  if (testTrafficRules?.header.name === '') {
    throw invalidParameter('The header of testTrafficRules must have a name.');
  }
}

function checkPort(what: string, port: number | undefined): void {
  if (port === undefined || (Number.isInteger(port) && port >= 0 && port <= maxPort)) return;
  throw invalidParameter(`${what} must be between 0 and ${maxPort}`);
}

function checkTimeout(timeout: ServiceInput['timeout'], appProtocol: string | undefined): void {
  for (const member of ['idleTimeoutSeconds', 'perRequestTimeoutSeconds'] as const) {
    if ((timeout?.[member] ?? 0) < 0) throw invalidParameter(`${member} must be at least 0`);
  }
  if (timeout?.perRequestTimeoutSeconds === undefined || appProtocol !== undefined) return;
  throw invalidParameter(
    'perRequestTimeoutSeconds is only valid for port mappings with the appProtocol http, http2 or grpc.',
  );
}

function checkTls(tls: NonNullable<ServiceInput['tls']>, definition: TaskDefinition | undefined): void {
  if (definition !== undefined && networkModeOf(definition) !== 'awsvpc') {
    throw invalidParameter("Service Connect TLS requires networkMode 'awsvpc'.");
  }
  const authority = tls.issuerCertificateAuthority.awsPcaAuthorityArn ?? '';
  if (authority === '' || (tls.roleArn ?? '') === '') {
    throw invalidParameter('Service Connect TLS requires an issuerCertificateAuthority and a roleArn.');
  }
  checkedRoleArn('tls.roleArn', tls.roleArn ?? '');
}

function endpointsOf({ portName, discoveryName, clientAliases }: ServiceInput, namespace: string): string[] {
  const otherwise = `${discoveryName ?? portName}.${namespace}`;
  return (clientAliases ?? []).map(({ dnsName = otherwise, port }) => `${dnsName}:${port}`);
}

const fargateDrivers = ['awslogs', 'splunk', 'awsfirelens'];

function checkLogDriver(driver: string | undefined, { launchType }: Subject): void {
  if (driver === undefined || launchType !== 'FARGATE' || fargateDrivers.includes(driver)) return;
  throw invalidParameter(`${driver} is not a valid log driver. Must be one of [${fargateDrivers.join(',')}]`);
}
