import type { ContainerInstance, ContainerInstanceArn, InstanceAttribute, Scope } from '#model';
import type { RoadsteadTx } from '#store';
import { ApiError } from '#wire/aws';
import type { AccessRequest, OperationContext } from '../../operation.ts';
import { resolveCluster } from '../cluster/resolve.ts';
import { invalidParameter } from '../errors.ts';
import { limits } from '../limits.ts';
import { clusterArnFrom, containerInstanceArnFrom } from '../references.ts';
import { checkCustomAttribute, customAttributeLimit, isReservedAttribute } from './attributes.ts';

interface AttributeInput {
  readonly name: string | undefined;
  readonly value?: string | undefined;
  readonly targetType?: string | undefined;
  readonly targetId?: string | undefined;
}

interface AttributesInput {
  readonly cluster?: string | undefined;
  readonly attributes: readonly AttributeInput[];
}

/** An attribute of a user, and the instance that it is to be set on or taken from. */
export interface TargetedAttribute {
  readonly attribute: InstanceAttribute;
  readonly containerInstanceArn: ContainerInstanceArn;
  /** As the caller wrote it. */
  readonly targetId: string;
}

/** PutAttributes and DeleteAttributes need access to the instance, or to its cluster when there may be several. */
export function attributesAccess(action: string, input: AttributesInput, ctx: OperationContext): AccessRequest {
  const [only, ...others] = input.attributes;
  const resource =
    only?.targetId === undefined || only.targetId === '' || others.length > 0
      ? clusterArnFrom(ctx.scope, input.cluster)
      : containerInstanceArnFrom(ctx.scope, input.cluster, only.targetId);
  return { action, resource };
}

/**
 * Checks the attributes of PutAttributes (`withValues`) or DeleteAttributes: 1 to 10 of them, each a name that is the
 * user's to give and a target: an ARN, or an id together with its type. InvalidParameterException otherwise.
 */
export function targetedAttributes(
  scope: Scope,
  input: AttributesInput,
  options: { readonly withValues: boolean },
): readonly TargetedAttribute[] {
  if (input.attributes.length === 0) throw invalidParameter('Attributes cannot be empty.');
  if (input.attributes.length > limits.attributesPerCall) {
    throw invalidParameter(`Attributes cannot have more than ${limits.attributesPerCall} elements.`);
  }
  return input.attributes.map((given) => {
    const { targetId = '', targetType } = given;
    const attribute = checkedAttribute(given, options.withValues);
    if (targetId === '') throw invalidParameter('targetId can not be blank.');
    if (targetType === undefined && !targetId.startsWith('arn:')) {
      throw invalidParameter('targetType must be specified when targetId is not a full ARN.');
    }
    const containerInstanceArn = containerInstanceArnFrom(scope, input.cluster, targetId);
    return { attribute, containerInstanceArn, targetId };
  });
}

function checkedAttribute({ name = '', value }: AttributeInput, withValue: boolean): InstanceAttribute {
  if (name === '' || name.length > 128) throw invalidParameter('Attribute names must have 1 to 128 characters.');
  if (isReservedAttribute(name)) {
    throw invalidParameter(
      `The attribute name ${name} is reserved: ecs., com.amazonaws. and roadstead. begin no custom one.`,
    );
  }
  if (value !== undefined && !withValue) {
    throw invalidParameter(`The attribute ${name} is deleted by its name: leave its value out.`);
  }
  if (value === '') throw invalidParameter(`Invalid value for attribute ${name}`);
  const attribute = value === undefined ? { name } : { name, value };
  checkCustomAttribute(attribute);
  return attribute;
}

/**
 * Changes the attributes of instances of one cluster, each instance once with all that is for it. TargetNotFoundException
 * when one is unknown, deregistered or in another cluster. An attribute is no reason for an event, so `version` stays.
 */
export function changeAttributes(
  tx: RoadsteadTx,
  cluster: string | undefined,
  attributes: readonly TargetedAttribute[],
  change: (instance: ContainerInstance, attributes: readonly InstanceAttribute[]) => readonly InstanceAttribute[],
  ctx: OperationContext,
): void {
  const { clusterArn } = resolveCluster(tx, ctx.scope, cluster);
  for (const [arn, forInstance] of Map.groupBy(attributes, (each) => each.containerInstanceArn)) {
    const instance = tx.containerInstances.find(arn);
    if (instance === undefined || instance.status === 'INACTIVE' || instance.clusterArn !== clusterArn) {
      throw new ApiError('TargetNotFoundException', `Could not find ${forInstance[0]?.targetId ?? arn}`);
    }
    const after = change(
      instance,
      forInstance.map((each) => each.attribute),
    );
    if (after !== instance.attributes) tx.containerInstances.put({ ...instance, attributes: after });
  }
}

/** The instance's attributes with these set. AttributeLimitExceededException when more than ten would be its user's. */
export function withAttributes(
  instance: ContainerInstance,
  put: readonly InstanceAttribute[],
): readonly InstanceAttribute[] {
  const byName = new Map(instance.attributes.map((attribute) => [attribute.name, attribute]));
  const isSet = ({ name, value }: InstanceAttribute): boolean => byName.has(name) && byName.get(name)?.value === value;
  if (put.every(isSet)) return instance.attributes;
  for (const attribute of put) byName.set(attribute.name, attribute);
  const after = [...byName.values()];
  if (after.length > instance.attributes.length && customCount(after) > customAttributeLimit) {
    throw new ApiError(
      'AttributeLimitExceededException',
      `You can apply up to ${customAttributeLimit} custom attributes for each resource.`,
    );
  }
  return after;
}

function customCount(attributes: readonly InstanceAttribute[]): number {
  return attributes.filter(({ name }) => !isReservedAttribute(name)).length;
}

/** An attribute of an instance as the API shows it. */
export function presentAttribute(containerInstanceArn: ContainerInstanceArn, { name, value }: InstanceAttribute) {
  return { name, ...(value === undefined ? {} : { value }), targetId: containerInstanceArn };
}
