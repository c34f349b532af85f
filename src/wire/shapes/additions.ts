import type { Additions } from '../aws/snapshot.ts';

/**
 * Members that the open-source ECS agent's own copy of the API model has and the published one lacks, by service and
 * structure. The numbers are those of the client's schemas: 0 is text.
 */
export const additions: Readonly<Record<string, Additions>> = {
  ecs: {
    RegisterContainerInstanceRequest: { clientToken: 0 },
    DiscoverPollEndpointRequest: { zoneId: 0 },
    DiscoverPollEndpointResponse: { systemLogsEndpoint: 0 },
  },
};

/** Values that the service is documented to take and the published model's enums lack, by service and enum. */
export const enumAdditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  ecs: { SettingName: ['dualStackIPv6'] },
};
