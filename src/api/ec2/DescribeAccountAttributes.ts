import { findDefaultNetwork } from '#network';
import { read } from './service.ts';

/** DescribeAccountAttributes. Of its limits, those of interfaces and groups hold here. */
export const DescribeAccountAttributes = read('DescribeAccountAttributes', (input, view, { scope, settings }) => {
  const perInterface = String(settings.quotas.securityGroupsPerAwsvpcConfiguration);
  const all = {
    'supported-platforms': 'VPC',
    'vpc-max-security-groups-per-interface': perInterface,
    'max-elastic-ips': '5',
    'max-instances': '20',
    'vpc-max-elastic-ips': '5',
    'default-vpc': findDefaultNetwork(view, scope)?.vpc.vpcId ?? 'none',
  };
  const wanted: readonly string[] = input.AttributeNames ?? [];
  return {
    AccountAttributes: Object.entries(all)
      .filter(([name]) => wanted.length === 0 || wanted.includes(name))
      .map(([name, value]) => ({ AttributeName: name, AttributeValues: [{ AttributeValue: value }] })),
  };
});
