import { hasDnsHostnames, hasDnsSupport } from '#model';
import { invalidParameterValue } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { read } from './service.ts';

/** DescribeVpcAttribute. */
export const DescribeVpcAttribute = read('DescribeVpcAttribute', ({ Attribute, VpcId }, view, { scope }) => {
  const vpc = getResource(vpcs, view, scope, VpcId);
  switch (Attribute) {
    case 'enableDnsSupport':
      return { VpcId, EnableDnsSupport: { Value: hasDnsSupport(vpc) } };
    case 'enableDnsHostnames':
      return { VpcId, EnableDnsHostnames: { Value: hasDnsHostnames(vpc) } };
    case 'enableNetworkAddressUsageMetrics':
      return { VpcId, EnableNetworkAddressUsageMetrics: { Value: vpc.enableNetworkAddressUsageMetrics === true } };
    default:
      throw invalidParameterValue(
        `Value (${String(Attribute)}) for parameter attribute is invalid. Unknown attribute.`,
      );
  }
});
