import { invalidParameterCombination, missingParameter } from './errors.ts';
import { getResource } from './resources/kind.ts';
import { vpcs } from './resources/vpc.ts';
import { change } from './service.ts';

const attributes = {
  EnableDnsSupport: 'enableDnsSupport',
  EnableDnsHostnames: 'enableDnsHostnames',
  EnableNetworkAddressUsageMetrics: 'enableNetworkAddressUsageMetrics',
} as const;

/** ModifyVpcAttribute: one attribute at a time. */
export const ModifyVpcAttribute = change('ModifyVpcAttribute', {
  command: ({ VpcId, ...input }) => {
    const given = (Object.keys(attributes) as (keyof typeof attributes)[]).flatMap((name) => {
      const value = input[name]?.Value;
      return value === undefined ? [] : [{ name, value }];
    });
    const [attribute] = given;
    if (attribute === undefined) throw missingParameter('attribute');
    if (given.length > 1) {
      const names = given.map(({ name }) => name).join(', ');
      throw invalidParameterCombination(`Fields for multiple attribute types specified: ${names}`);
    }
    return { vpcId: VpcId, field: attributes[attribute.name], value: attribute.value };
  },
  apply: (tx, { vpcId, field, value }, { scope }) => {
    tx.vpcs.put({ ...getResource(vpcs, tx, scope, vpcId), [field]: value });
  },
  output: () => ({}),
});
