import { presentRouteTable, routeTables } from './resources/route-table.ts';
import { list, read } from './service.ts';

/** DescribeRouteTables. */
export const DescribeRouteTables = read('DescribeRouteTables', (input, view, ctx) => {
  const { records, page } = list(routeTables, { ...input, ids: input.RouteTableIds }, view, ctx);
  return { RouteTables: records.map((each) => presentRouteTable(each, view)), ...page };
});
