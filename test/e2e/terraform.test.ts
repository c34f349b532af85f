import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Installation, startedInstallation } from '../support/installation.ts';
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
});
