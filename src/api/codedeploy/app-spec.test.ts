import { describe, expect, it } from 'vitest';
import { readAppSpec } from './app-spec.ts';

const yaml = `
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: "arn:aws:ecs:us-east-1:1:task-definition/web:2"
        LoadBalancerInfo:
          ContainerName: "app"
          ContainerPort: 80
        PlatformVersion: "LATEST"
        NetworkConfiguration:
          AwsvpcConfiguration:
            Subnets: ["subnet-1", "subnet-2"]
            SecurityGroups: ["sg-1"]
            AssignPublicIp: "ENABLED"
`;

const read = {
  taskDefinition: 'arn:aws:ecs:us-east-1:1:task-definition/web:2',
  containerName: 'app',
  containerPort: 80,
  platformVersion: 'LATEST',
  networkConfiguration: {
    subnets: ['subnet-1', 'subnet-2'],
    securityGroups: ['sg-1'],
    assignPublicIp: 'ENABLED',
  },
};

describe('an AppSpec', () => {
  it('is read as YAML', () => {
    expect(readAppSpec(yaml)).toEqual(read);
  });

  it('is read as JSON, in any case, without what may be left out', () => {
    const properties = { taskDefinition: 'web:2', loadBalancerInfo: { containerName: 'app', containerPort: '80' } };
    const target = { type: 'AWS::ECS::Service', properties };
    const json = JSON.stringify({ version: '0.0', resources: [{ anything: target }], hooks: [] });
    expect(readAppSpec(json)).toEqual({ taskDefinition: 'web:2', containerName: 'app', containerPort: 80 });
  });

  it.each([
    ['', 'The AppSpec is empty.'],
    ['a: [', 'neither YAML nor JSON'],
    ['text', 'The AppSpec must have members.'],
    [yaml.replace('0.0', '1.0'), 'version of the AppSpec must be 0.0'],
    [yaml.replace('AWS::ECS::Service', 'AWS::Lambda::Function'), 'must be AWS::ECS::Service'],
    [yaml.replace('ContainerPort: 80', 'ContainerPort: 80000'), 'must be a port'],
    [yaml.replace('          ContainerPort: 80\n', ''), 'The AppSpec has no ContainerPort.'],
    [yaml.replace('TaskDefinition:', 'TaskDefinitions:'), 'does not know'],
    [yaml.replace('["subnet-1", "subnet-2"]', '[]'), 'names no subnet'],
    [yaml.replace('"ENABLED"', '"YES"'), 'must be ENABLED or DISABLED'],
    [`${yaml}Hooks:\n  - BeforeInstall: "check"\n`, 'AWS Lambda is not part of this version'],
    [
      yaml.replace('PlatformVersion: "LATEST"', 'CapacityProviderStrategy: [{CapacityProvider: FARGATE_SPOT}]'),
      'CapacityProviderStrategy of an AppSpec is not part',
    ],
    [`version: 0\nResources: &r [*r]`, 'AppSpec'],
    [' '.repeat(300_000) + 'x', 'has more than 262144 characters'],
  ])('is refused: %j', (content, message) => {
    expect(() => readAppSpec(content)).toThrow(message);
  });
});
