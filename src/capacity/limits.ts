/** Tasks of one cluster that may wait for an instance at a time. Source: "Amazon ECS service quotas". */
export const maxProvisioningTasks = 500;
