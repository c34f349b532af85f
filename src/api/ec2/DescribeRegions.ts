import type { Region, Scope } from '#model';
import { invalidParameterValue } from './errors.ts';
import { filterTest } from './filters.ts';
import { read } from './service.ts';

/** Those that every AWS account has. Any other name is served as well: a region is a part of every key here. */
const regions = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
];

/** DescribeRegions: AWS's, and the installation's own. */
export const DescribeRegions = read('DescribeRegions', (input, view, { scope, settings }) => {
  const { RegionNames = [] } = input;
  const malformed = RegionNames.find((name) => !/^[a-z]{2}(-[a-z]+)+-\d+$/.test(name));
  if (malformed !== undefined) throw invalidParameterValue(`Invalid region names: [${malformed}]`);
  const names = RegionNames.length > 0 ? RegionNames : [...new Set([...regions, settings.region, scope.region])].sort();
  const test = filterTest({ filters }, input.Filters);
  return {
    Regions: names
      .map((name) => ({ ...scope, region: name as Region }))
      .filter((each) => test(each, view))
      .map(({ region }) => ({
        RegionName: region,
        Endpoint: endpointOf(region),
        OptInStatus: 'opt-in-not-required',
      })),
  };
});

/** Source: DescribeRegions. */
const filters = {
  endpoint: ({ region }: Scope) => endpointOf(region),
  'opt-in-status': () => 'opt-in-not-required',
  'region-name': ({ region }: Scope) => region,
};

function endpointOf(region: string): string {
  return `ec2.${region}.amazonaws.com`;
}
