import { codeDeployArn, scopeKey } from '#model';
import { ApiError } from '#wire/aws';
import { operation } from '../operation.ts';
import { applicationExists, onlyEcs } from './errors.ts';
import { hasApplication } from './find.ts';
import { limits } from './limits.ts';
import { codedeploy } from './service.ts';
import { tagsFrom } from './tags.ts';

/** CreateApplication, for the compute platform ECS. */
export const CreateApplication = operation(codedeploy, 'CreateApplication', {
  authorize: ({ applicationName }, ctx) => ({
    action: 'codedeploy:CreateApplication',
    resource: codeDeployArn(ctx.scope, 'application', applicationName),
  }),
  command: ({ applicationName, computePlatform, tags }, ctx) => {
    if (computePlatform !== 'ECS') throw onlyEcs();
    return {
      ...ctx.scope,
      applicationId: ctx.ids.uuid(),
      applicationName,
      tags: tagsFrom(tags),
      createdAt: ctx.now,
    };
  },
  apply: (tx, application, ctx) => {
    if (hasApplication(tx, ctx.scope, application.applicationName)) {
      throw applicationExists(application.applicationName);
    }
    if (tx.codeDeployApplications.count('scope', scopeKey(ctx.scope)) >= limits.applicationsPerRegion) {
      const message = `There can be no more than ${limits.applicationsPerRegion} applications.`;
      throw new ApiError('ApplicationLimitExceededException', message);
    }
    tx.codeDeployApplications.put(application);
    return application.applicationId;
  },
  output: (applicationId) => ({ applicationId }),
});
