/** Addresses that are the same on every host, as AWS has them. */

/** Where a host answers DNS, in every VPC. Source: "DNS attributes for your VPC". */
export const resolverAddress = '169.254.169.253';
/** Where a host answers its tasks: metadata, credentials. Source: "Task metadata endpoint". */
export const endpointAddress = '169.254.170.2';
