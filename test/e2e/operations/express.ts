import { expect } from 'vitest';
import { testImage } from '../../support/installation.ts';
import type { OperationDriver } from './driver.ts';

const role = 'arn:aws:iam::000000000000:role/any';

/**
 * An Express service from its beginning to its end. Its tasks want a processor that no host here has, so that none runs.
 */
export async function driveExpress(driver: OperationDriver): Promise<void> {
  const { service } = await driver.answer('CreateExpressGatewayService', {
    serviceName: 'express',
    infrastructureRoleArn: role,
    executionRoleArn: role,
    primaryContainer: { image: testImage, containerPort: 8080 },
    cpuArchitecture: 'ARM64',
  });
  const { serviceArn } = service;
  expect(service.activeConfigurations[0].ingressPaths[0].endpoint).toMatch(
    /^https:\/\/express-[0-9a-f]{12}\.ecs\.us-east-1\.localhost$/,
  );
  const updated = await driver.answer('UpdateExpressGatewayService', {
    serviceArn,
    scalingTarget: { minTaskCount: 2, maxTaskCount: 4 },
  });
  expect(updated.service.targetConfiguration.scalingTarget).toMatchObject({ minTaskCount: 2, maxTaskCount: 4 });
  await driver.answer('DeleteExpressGatewayService', { serviceArn });
  await driver.installation.until('it is over', async () => {
    const described = await driver.answer('DescribeExpressGatewayService', { serviceArn, include: ['TAGS'] });
    return described.service.status.statusCode === 'INACTIVE';
  });
}
