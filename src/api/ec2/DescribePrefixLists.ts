import { ApiError } from '#wire/aws';
import { read } from './service.ts';

/** DescribePrefixLists: there are none. AWS's own name addresses of services that are not here. */
export const DescribePrefixLists = read('DescribePrefixLists', ({ PrefixListIds = [] }) => {
  const [id] = PrefixListIds;
  if (id === undefined) return { PrefixLists: [] };
  throw new ApiError('InvalidPrefixListId.NotFound', `The prefix list ID '${id}' does not exist`);
});
