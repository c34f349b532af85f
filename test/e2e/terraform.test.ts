import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Installation, startedInstallation } from '../support/installation.ts';
import { TerraformStack, terraformHere } from '../support/terraform.ts';

/** An unmodified Terraform applies a stack, plans no difference, and destroys it. */

let installation: Installation;

describe.skipIf(!(await terraformHere()))('Terraform', () => {
  beforeAll(async () => {
    installation = await startedInstallation();
  });

  afterAll(async () => {
    await installation?.[Symbol.asyncDispose]();
  });

  it('with a VPC and all that belongs to it', async () => {
    using stack = new TerraformStack('vpc', installation.environment());
    await stack.apply();
    await stack.planIsEmpty();
    await stack.destroy();
    const { Vpcs } = await installation.aws('ec2', 'describe-vpcs');
    expect(Vpcs).toHaveLength(1);
  });

  it('with a service behind a load balancer, its names, zones and certificate', { timeout: 400_000 }, async () => {
    using stack = new TerraformStack('shop', installation.environment());
    await stack.apply();
    await stack.planIsEmpty();
    expect(await stack.output('account')).toBe('000000000000');
    const { LoadBalancers } = await installation.aws('elbv2', 'describe-load-balancers', '--names', 'shop');
    expect(LoadBalancers).toMatchObject([{ State: { Code: 'active' } }]);
    await stack.destroy();
    const left: readonly Answer[] = await Promise.all([
      installation.aws('elbv2', 'describe-target-groups'),
      installation.aws('servicediscovery', 'list-namespaces'),
      installation.aws('route53', 'list-hosted-zones'),
      installation.aws('acm', 'list-certificates'),
    ]);
    expect(left.map((answer) => Object.values(answer as object).find(Array.isArray))).toEqual([[], [], [], []]);
  });
});
