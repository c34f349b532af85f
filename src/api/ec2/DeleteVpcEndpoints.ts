import { ApiError } from '#wire/aws';
import { getResource, keyOf } from './resources/kind.ts';
import { vpcEndpoints } from './resources/vpc-endpoint.ts';
import { change } from './service.ts';

/** DeleteVpcEndpoints: those that are there; of the others the answer says why not. */
export const DeleteVpcEndpoints = change('DeleteVpcEndpoints', {
  command: ({ VpcEndpointIds }) => VpcEndpointIds,
  apply: (tx, ids, { scope }) =>
    ids.flatMap((id) => {
      try {
        getResource(vpcEndpoints, tx, scope, id);
        tx.vpcEndpoints.delete(keyOf(scope, id));
        return [];
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return [{ ResourceId: id, Error: { Code: error.code, Message: error.message } }];
      }
    }),
  output: (Unsuccessful) => ({ Unsuccessful }),
});
