import { ApiError } from '#wire/aws';
import { read } from './service.ts';

/** DescribeManagedPrefixLists: there are none. AWS's own name addresses of services that are not here. */
export const DescribeManagedPrefixLists = read('DescribeManagedPrefixLists', ({ PrefixListIds = [] }) => {
  const [id] = PrefixListIds;
  if (id === undefined) return { PrefixLists: [] };
  throw new ApiError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
});
