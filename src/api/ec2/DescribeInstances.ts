import { ApiError } from '#wire/aws';
import { read } from './service.ts';

/** DescribeInstances: there are none, RunInstances is not served. Container instances are told of by ECS. */
export const DescribeInstances = read('DescribeInstances', ({ InstanceIds = [] }) => {
  if (InstanceIds.length === 0) return { Reservations: [] };
  const [id] = InstanceIds;
  if (InstanceIds.length === 1) {
    throw new ApiError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  }
  throw new ApiError('InvalidInstanceID.NotFound', `The instance IDs '${InstanceIds.join(', ')}' do not exist`);
});
