import { codeDeployArn } from '#model';
import { operation } from '../operation.ts';
import { batchLimitExceeded } from './errors.ts';
import { findDeployment } from './find.ts';
import { limits } from './limits.ts';
import { presentDeployment } from './present.ts';
import { codedeploy } from './service.ts';

/** BatchGetDeployments: one that is not there fails all. */
export const BatchGetDeployments = operation(codedeploy, 'BatchGetDeployments', {
  authorize: (_, ctx) => ({
    action: 'codedeploy:BatchGetDeployments',
    resource: codeDeployArn(ctx.scope, 'deploymentgroup', '*'),
  }),
  command: ({ deploymentIds }) => {
    const most = limits.batch.deployments;
    if (deploymentIds.length > most) throw batchLimitExceeded(most);
    return deploymentIds;
  },
  read: (view, ids, ctx) => ids.map((id) => findDeployment(view, ctx.scope, id)),
  output: (deployments) => ({ deploymentsInfo: deployments.map(presentDeployment) }),
});
