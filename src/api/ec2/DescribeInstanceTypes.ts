import { ApiError } from '#wire/aws';
import { read } from './service.ts';

/** DescribeInstanceTypes: there are none, as there are no instances. */
export const DescribeInstanceTypes = read('DescribeInstanceTypes', ({ InstanceTypes = [] }) => {
  if (InstanceTypes.length === 0) return { InstanceTypes: [] };
  throw new ApiError(
    'InvalidInstanceType',
    `The following supplied instance types do not exist: [${InstanceTypes.join(', ')}]`,
  );
});
