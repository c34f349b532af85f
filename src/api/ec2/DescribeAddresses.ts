import { scopeKey } from '#model';
import type { RoadsteadView } from '#store';
import { ApiError } from '#wire/aws';
import type { OperationContext } from '../operation.ts';
import { elasticIps, presentAddress } from './resources/elastic-ip.ts';
import { list, read } from './service.ts';

/** DescribeAddresses. */
export const DescribeAddresses = read('DescribeAddresses', (input, view, ctx) => {
  const { AllocationIds = [], PublicIps = [] } = input;
  const ids = [...AllocationIds, ...PublicIps.map((address) => allocationIdOf(address, view, ctx))];
  const { records } = list(elasticIps, { Filters: input.Filters, ids }, view, ctx);
  return { Addresses: records.map(presentAddress) };
});

function allocationIdOf(address: string, view: RoadsteadView, { scope }: Pick<OperationContext, 'scope'>): string {
  for (const found of view.elasticIps.by('address', address)) {
    if (scopeKey(found) === scopeKey(scope)) return found.allocationId;
  }
  throw new ApiError('InvalidAddress.NotFound', `Address '${address}' not found.`);
}
