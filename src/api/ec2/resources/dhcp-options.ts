import type { DhcpOptions } from '#model';
import { presentTags } from '../tags.ts';
import { type Kind, keyOf, notFoundAs } from './kind.ts';

/** Source of the filters: DescribeDhcpOptions. */
export const dhcpOptions: Kind<DhcpOptions> = {
  type: 'dhcp-options',
  prefix: 'dopt',
  table: (view) => view.dhcpOptions,
  find: (view, scope, id) => view.dhcpOptions.find(keyOf(scope, id)),
  idOf: (options) => options.dhcpOptionsId,
  put: (tx, options) => tx.dhcpOptions.put(options),
  notFound: notFoundAs('InvalidDhcpOptionID.NotFound', 'dhcpOption ID'),
  filters: {
    'dhcp-options-id': (options) => options.dhcpOptionsId,
    key: (options) => options.configurations.map(({ key }) => key),
    'owner-id': (options) => options.accountId,
    value: (options) => options.configurations.flatMap(({ values }) => values),
  },
};

export function presentDhcpOptions({ dhcpOptionsId, accountId, configurations, tags }: DhcpOptions) {
  return {
    DhcpOptionsId: dhcpOptionsId,
    OwnerId: accountId,
    DhcpConfigurations: configurations.map(({ key, values }) => ({
      Key: key,
      Values: values.map((Value) => ({ Value })),
    })),
    Tags: presentTags(tags),
  };
}
