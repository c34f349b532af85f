import { AddTagsToCertificate } from './acm/AddTagsToCertificate.ts';
import { DeleteCertificate } from './acm/DeleteCertificate.ts';
import { DescribeCertificate } from './acm/DescribeCertificate.ts';
import { ExportCertificate } from './acm/ExportCertificate.ts';
import { GetCertificate } from './acm/GetCertificate.ts';
import { ImportCertificate } from './acm/ImportCertificate.ts';
import { ListCertificates } from './acm/ListCertificates.ts';
import { ListTagsForCertificate } from './acm/ListTagsForCertificate.ts';
import { RemoveTagsFromCertificate } from './acm/RemoveTagsFromCertificate.ts';
import { RenewCertificate } from './acm/RenewCertificate.ts';
import { RequestCertificate } from './acm/RequestCertificate.ts';
import { UpdateCertificateOptions } from './acm/UpdateCertificateOptions.ts';
import { BatchGetApplicationRevisions } from './codedeploy/BatchGetApplicationRevisions.ts';
import { BatchGetApplications } from './codedeploy/BatchGetApplications.ts';
import { BatchGetDeploymentGroups } from './codedeploy/BatchGetDeploymentGroups.ts';
import { BatchGetDeployments } from './codedeploy/BatchGetDeployments.ts';
import { BatchGetDeploymentTargets } from './codedeploy/BatchGetDeploymentTargets.ts';
import { ContinueDeployment } from './codedeploy/ContinueDeployment.ts';
import { CreateApplication } from './codedeploy/CreateApplication.ts';
import { CreateDeployment } from './codedeploy/CreateDeployment.ts';
import { CreateDeploymentConfig } from './codedeploy/CreateDeploymentConfig.ts';
import { CreateDeploymentGroup } from './codedeploy/CreateDeploymentGroup.ts';
import { DeleteApplication } from './codedeploy/DeleteApplication.ts';
import { DeleteDeploymentConfig } from './codedeploy/DeleteDeploymentConfig.ts';
import { DeleteDeploymentGroup } from './codedeploy/DeleteDeploymentGroup.ts';
import { GetApplication } from './codedeploy/GetApplication.ts';
import { GetApplicationRevision } from './codedeploy/GetApplicationRevision.ts';
import { GetDeployment } from './codedeploy/GetDeployment.ts';
import { GetDeploymentConfig } from './codedeploy/GetDeploymentConfig.ts';
import { GetDeploymentGroup } from './codedeploy/GetDeploymentGroup.ts';
import { GetDeploymentTarget } from './codedeploy/GetDeploymentTarget.ts';
import { ListApplicationRevisions } from './codedeploy/ListApplicationRevisions.ts';
import { ListApplications } from './codedeploy/ListApplications.ts';
import { ListDeploymentConfigs } from './codedeploy/ListDeploymentConfigs.ts';
import { ListDeploymentGroups } from './codedeploy/ListDeploymentGroups.ts';
import { ListDeployments } from './codedeploy/ListDeployments.ts';
import { ListDeploymentTargets } from './codedeploy/ListDeploymentTargets.ts';
import { ListTagsForResource as ListTagsForCodeDeployResource } from './codedeploy/ListTagsForResource.ts';
import { PutLifecycleEventHookExecutionStatus } from './codedeploy/PutLifecycleEventHookExecutionStatus.ts';
import { RegisterApplicationRevision } from './codedeploy/RegisterApplicationRevision.ts';
import { StopDeployment } from './codedeploy/StopDeployment.ts';
import { TagResource as TagCodeDeployResource } from './codedeploy/TagResource.ts';
import { UntagResource as UntagCodeDeployResource } from './codedeploy/UntagResource.ts';
import { UpdateApplication } from './codedeploy/UpdateApplication.ts';
import { UpdateDeploymentGroup } from './codedeploy/UpdateDeploymentGroup.ts';
import { ec2Operations } from './ec2/operations.ts';
import { AssociateGatewayWithCluster } from './ecs/AssociateGatewayWithCluster.ts';
import { ContinueServiceDeployment } from './ecs/ContinueServiceDeployment.ts';
import { CreateCapacityProvider } from './ecs/CreateCapacityProvider.ts';
import { CreateCluster } from './ecs/CreateCluster.ts';
import { CreateDaemon } from './ecs/CreateDaemon.ts';
import { CreateExpressGatewayService } from './ecs/CreateExpressGatewayService.ts';
import { CreateGateway } from './ecs/CreateGateway.ts';
import { CreateService } from './ecs/CreateService.ts';
import { CreateTaskSet } from './ecs/CreateTaskSet.ts';
import { DeleteAccountSetting } from './ecs/DeleteAccountSetting.ts';
import { DeleteAttributes } from './ecs/DeleteAttributes.ts';
import { DeleteCapacityProvider } from './ecs/DeleteCapacityProvider.ts';
import { DeleteCluster } from './ecs/DeleteCluster.ts';
import { DeleteDaemon } from './ecs/DeleteDaemon.ts';
import { DeleteDaemonTaskDefinition } from './ecs/DeleteDaemonTaskDefinition.ts';
import { DeleteExpressGatewayService } from './ecs/DeleteExpressGatewayService.ts';
import { DeleteGateway } from './ecs/DeleteGateway.ts';
import { DeleteService } from './ecs/DeleteService.ts';
import { DeleteTaskDefinitions } from './ecs/DeleteTaskDefinitions.ts';
import { DeleteTaskSet } from './ecs/DeleteTaskSet.ts';
import { DeregisterContainerInstance } from './ecs/DeregisterContainerInstance.ts';
import { DeregisterTaskDefinition } from './ecs/DeregisterTaskDefinition.ts';
import { DescribeCapacityProviders } from './ecs/DescribeCapacityProviders.ts';
import { DescribeClusters } from './ecs/DescribeClusters.ts';
import { DescribeContainerInstances } from './ecs/DescribeContainerInstances.ts';
import { DescribeDaemon } from './ecs/DescribeDaemon.ts';
import { DescribeDaemonDeployments } from './ecs/DescribeDaemonDeployments.ts';
import { DescribeDaemonRevisions } from './ecs/DescribeDaemonRevisions.ts';
import { DescribeDaemonTaskDefinition } from './ecs/DescribeDaemonTaskDefinition.ts';
import { DescribeExpressGatewayService } from './ecs/DescribeExpressGatewayService.ts';
import { DescribeGateway } from './ecs/DescribeGateway.ts';
import { DescribeGatewayResources } from './ecs/DescribeGatewayResources.ts';
import { DescribeGatewayRoute } from './ecs/DescribeGatewayRoute.ts';
import { DescribeServiceDeployments } from './ecs/DescribeServiceDeployments.ts';
import { DescribeServiceRevisions } from './ecs/DescribeServiceRevisions.ts';
import { DescribeServices } from './ecs/DescribeServices.ts';
import { DescribeTaskDefinition } from './ecs/DescribeTaskDefinition.ts';
import { DescribeTaskSets } from './ecs/DescribeTaskSets.ts';
import { DescribeTasks } from './ecs/DescribeTasks.ts';
import { DisassociateGatewayFromCluster } from './ecs/DisassociateGatewayFromCluster.ts';
import { DiscoverPollEndpoint } from './ecs/DiscoverPollEndpoint.ts';
import { ExecuteCommand } from './ecs/ExecuteCommand.ts';
import { GetTaskProtection } from './ecs/GetTaskProtection.ts';
import { ListAccountSettings } from './ecs/ListAccountSettings.ts';
import { ListAttributes } from './ecs/ListAttributes.ts';
import { ListClusters } from './ecs/ListClusters.ts';
import { ListContainerInstances } from './ecs/ListContainerInstances.ts';
import { ListDaemonDeployments } from './ecs/ListDaemonDeployments.ts';
import { ListDaemons } from './ecs/ListDaemons.ts';
import { ListDaemonTaskDefinitions } from './ecs/ListDaemonTaskDefinitions.ts';
import { ListGatewayClusterAssociations } from './ecs/ListGatewayClusterAssociations.ts';
import { ListGatewayRoutes } from './ecs/ListGatewayRoutes.ts';
import { ListGateways } from './ecs/ListGateways.ts';
import { ListServiceDeployments } from './ecs/ListServiceDeployments.ts';
import { ListServices } from './ecs/ListServices.ts';
import { ListServicesByNamespace } from './ecs/ListServicesByNamespace.ts';
import { ListTagsForResource } from './ecs/ListTagsForResource.ts';
import { ListTaskDefinitionFamilies } from './ecs/ListTaskDefinitionFamilies.ts';
import { ListTaskDefinitions } from './ecs/ListTaskDefinitions.ts';
import { ListTasks } from './ecs/ListTasks.ts';
import { PutAccountSetting } from './ecs/PutAccountSetting.ts';
import { PutAccountSettingDefault } from './ecs/PutAccountSettingDefault.ts';
import { PutAttributes } from './ecs/PutAttributes.ts';
import { PutClusterCapacityProviders } from './ecs/PutClusterCapacityProviders.ts';
import { RegisterContainerInstance } from './ecs/RegisterContainerInstance.ts';
import { RegisterDaemonTaskDefinition } from './ecs/RegisterDaemonTaskDefinition.ts';
import { RegisterTaskDefinition } from './ecs/RegisterTaskDefinition.ts';
import { RunTask } from './ecs/RunTask.ts';
import { StartTask } from './ecs/StartTask.ts';
import { StopServiceDeployment } from './ecs/StopServiceDeployment.ts';
import { StopTask } from './ecs/StopTask.ts';
import { SubmitAttachmentStateChanges } from './ecs/SubmitAttachmentStateChanges.ts';
import { SubmitContainerStateChange } from './ecs/SubmitContainerStateChange.ts';
import { SubmitTaskStateChange } from './ecs/SubmitTaskStateChange.ts';
import { TagResource } from './ecs/TagResource.ts';
import { UntagResource } from './ecs/UntagResource.ts';
import { UpdateCapacityProvider } from './ecs/UpdateCapacityProvider.ts';
import { UpdateCluster } from './ecs/UpdateCluster.ts';
import { UpdateClusterSettings } from './ecs/UpdateClusterSettings.ts';
import { UpdateContainerAgent } from './ecs/UpdateContainerAgent.ts';
import { UpdateContainerInstancesState } from './ecs/UpdateContainerInstancesState.ts';
import { UpdateDaemon } from './ecs/UpdateDaemon.ts';
import { UpdateExpressGatewayService } from './ecs/UpdateExpressGatewayService.ts';
import { UpdateGateway } from './ecs/UpdateGateway.ts';
import { UpdateService } from './ecs/UpdateService.ts';
import { UpdateServicePrimaryTaskSet } from './ecs/UpdateServicePrimaryTaskSet.ts';
import { UpdateTaskProtection } from './ecs/UpdateTaskProtection.ts';
import { UpdateTaskSet } from './ecs/UpdateTaskSet.ts';
import { AddListenerCertificates } from './elbv2/AddListenerCertificates.ts';
import { AddTags } from './elbv2/AddTags.ts';
import { CreateListener } from './elbv2/CreateListener.ts';
import { CreateLoadBalancer } from './elbv2/CreateLoadBalancer.ts';
import { CreateRule } from './elbv2/CreateRule.ts';
import { CreateTargetGroup } from './elbv2/CreateTargetGroup.ts';
import { DeleteListener } from './elbv2/DeleteListener.ts';
import { DeleteLoadBalancer } from './elbv2/DeleteLoadBalancer.ts';
import { DeleteRule } from './elbv2/DeleteRule.ts';
import { DeleteTargetGroup } from './elbv2/DeleteTargetGroup.ts';
import { DeregisterTargets } from './elbv2/DeregisterTargets.ts';
import { DescribeAccountLimits } from './elbv2/DescribeAccountLimits.ts';
import { DescribeCapacityReservation } from './elbv2/DescribeCapacityReservation.ts';
import { DescribeListenerAttributes } from './elbv2/DescribeListenerAttributes.ts';
import { DescribeListenerCertificates } from './elbv2/DescribeListenerCertificates.ts';
import { DescribeListeners } from './elbv2/DescribeListeners.ts';
import { DescribeLoadBalancerAttributes } from './elbv2/DescribeLoadBalancerAttributes.ts';
import { DescribeLoadBalancers } from './elbv2/DescribeLoadBalancers.ts';
import { DescribeRules } from './elbv2/DescribeRules.ts';
import { DescribeSSLPolicies } from './elbv2/DescribeSSLPolicies.ts';
import { DescribeTags } from './elbv2/DescribeTags.ts';
import { DescribeTargetGroupAttributes } from './elbv2/DescribeTargetGroupAttributes.ts';
import { DescribeTargetGroups } from './elbv2/DescribeTargetGroups.ts';
import { DescribeTargetHealth } from './elbv2/DescribeTargetHealth.ts';
import { ModifyListener } from './elbv2/ModifyListener.ts';
import { ModifyListenerAttributes } from './elbv2/ModifyListenerAttributes.ts';
import { ModifyLoadBalancerAttributes } from './elbv2/ModifyLoadBalancerAttributes.ts';
import { ModifyRule } from './elbv2/ModifyRule.ts';
import { ModifyTargetGroup } from './elbv2/ModifyTargetGroup.ts';
import { ModifyTargetGroupAttributes } from './elbv2/ModifyTargetGroupAttributes.ts';
import { RegisterTargets } from './elbv2/RegisterTargets.ts';
import { RemoveListenerCertificates } from './elbv2/RemoveListenerCertificates.ts';
import { RemoveTags } from './elbv2/RemoveTags.ts';
import { SetIpAddressType } from './elbv2/SetIpAddressType.ts';
import { SetRulePriorities } from './elbv2/SetRulePriorities.ts';
import { SetSecurityGroups } from './elbv2/SetSecurityGroups.ts';
import { SetSubnets } from './elbv2/SetSubnets.ts';
import { CreateLogGroup } from './logs/CreateLogGroup.ts';
import { CreateLogStream } from './logs/CreateLogStream.ts';
import { DeleteLogGroup } from './logs/DeleteLogGroup.ts';
import { DeleteLogStream } from './logs/DeleteLogStream.ts';
import { DeleteRetentionPolicy } from './logs/DeleteRetentionPolicy.ts';
import { DescribeLogGroups } from './logs/DescribeLogGroups.ts';
import { DescribeLogStreams } from './logs/DescribeLogStreams.ts';
import { FilterLogEvents } from './logs/FilterLogEvents.ts';
import { GetLogEvents } from './logs/GetLogEvents.ts';
import { ListTagsForResource as ListTagsForLogResource } from './logs/ListTagsForResource.ts';
import { ListTagsLogGroup } from './logs/ListTagsLogGroup.ts';
import { PutLogEvents } from './logs/PutLogEvents.ts';
import { PutLogGroupDeletionProtection } from './logs/PutLogGroupDeletionProtection.ts';
import { PutRetentionPolicy } from './logs/PutRetentionPolicy.ts';
import { TagLogGroup } from './logs/TagLogGroup.ts';
import { TagResource as TagLogResource } from './logs/TagResource.ts';
import { UntagLogGroup } from './logs/UntagLogGroup.ts';
import { UntagResource as UntagLogResource } from './logs/UntagResource.ts';
import type { Operation } from './operation.ts';
import { CreateAccount } from './roadstead/CreateAccount.ts';
import { DescribeNetwork } from './roadstead/DescribeNetwork.ts';
import { DescribePlatform } from './roadstead/DescribePlatform.ts';
import { DescribeUsage } from './roadstead/DescribeUsage.ts';
import { InterruptSpot } from './roadstead/InterruptSpot.ts';
import { ListAccounts } from './roadstead/ListAccounts.ts';
import { ListEvents } from './roadstead/ListEvents.ts';
import { AssociateVPCWithHostedZone } from './route53/AssociateVPCWithHostedZone.ts';
import { ChangeResourceRecordSets } from './route53/ChangeResourceRecordSets.ts';
import { ChangeTagsForResource } from './route53/ChangeTagsForResource.ts';
import { CreateHostedZone } from './route53/CreateHostedZone.ts';
import { DeleteHostedZone } from './route53/DeleteHostedZone.ts';
import { DisassociateVPCFromHostedZone } from './route53/DisassociateVPCFromHostedZone.ts';
import { GetChange } from './route53/GetChange.ts';
import { GetHostedZone } from './route53/GetHostedZone.ts';
import { GetHostedZoneCount } from './route53/GetHostedZoneCount.ts';
import { ListHostedZones } from './route53/ListHostedZones.ts';
import { ListHostedZonesByName } from './route53/ListHostedZonesByName.ts';
import { ListHostedZonesByVPC } from './route53/ListHostedZonesByVPC.ts';
import { ListResourceRecordSets } from './route53/ListResourceRecordSets.ts';
import { ListTagsForResource as ListTagsForZone } from './route53/ListTagsForResource.ts';
import { ListTagsForResources } from './route53/ListTagsForResources.ts';
import { UpdateHostedZoneComment } from './route53/UpdateHostedZoneComment.ts';
import { CreateHttpNamespace } from './servicediscovery/CreateHttpNamespace.ts';
import { CreatePrivateDnsNamespace } from './servicediscovery/CreatePrivateDnsNamespace.ts';
import { CreatePublicDnsNamespace } from './servicediscovery/CreatePublicDnsNamespace.ts';
import { CreateService as CreateDiscoveryService } from './servicediscovery/CreateService.ts';
import { DeleteNamespace } from './servicediscovery/DeleteNamespace.ts';
import { DeleteService as DeleteDiscoveryService } from './servicediscovery/DeleteService.ts';
import { DeleteServiceAttributes } from './servicediscovery/DeleteServiceAttributes.ts';
import { DeregisterInstance } from './servicediscovery/DeregisterInstance.ts';
import { DiscoverInstances } from './servicediscovery/DiscoverInstances.ts';
import { DiscoverInstancesRevision } from './servicediscovery/DiscoverInstancesRevision.ts';
import { GetInstance } from './servicediscovery/GetInstance.ts';
import { GetInstancesHealthStatus } from './servicediscovery/GetInstancesHealthStatus.ts';
import { GetNamespace } from './servicediscovery/GetNamespace.ts';
import { GetOperation } from './servicediscovery/GetOperation.ts';
import { GetService } from './servicediscovery/GetService.ts';
import { GetServiceAttributes } from './servicediscovery/GetServiceAttributes.ts';
import { ListInstances } from './servicediscovery/ListInstances.ts';
import { ListNamespaces } from './servicediscovery/ListNamespaces.ts';
import { ListOperations } from './servicediscovery/ListOperations.ts';
import { ListServices as ListDiscoveryServices } from './servicediscovery/ListServices.ts';
import { ListTagsForResource as ListTagsForDiscoveryResource } from './servicediscovery/ListTagsForResource.ts';
import { RegisterInstance } from './servicediscovery/RegisterInstance.ts';
import { TagResource as TagDiscoveryResource } from './servicediscovery/TagResource.ts';
import { UntagResource as UntagDiscoveryResource } from './servicediscovery/UntagResource.ts';
import { UpdateHttpNamespace } from './servicediscovery/UpdateHttpNamespace.ts';
import { UpdateInstanceCustomHealthStatus } from './servicediscovery/UpdateInstanceCustomHealthStatus.ts';
import { UpdatePrivateDnsNamespace } from './servicediscovery/UpdatePrivateDnsNamespace.ts';
import { UpdatePublicDnsNamespace } from './servicediscovery/UpdatePublicDnsNamespace.ts';
import { UpdateService as UpdateDiscoveryService } from './servicediscovery/UpdateService.ts';
import { UpdateServiceAttributes } from './servicediscovery/UpdateServiceAttributes.ts';
import { ResumeSession } from './ssm/ResumeSession.ts';
import { TerminateSession } from './ssm/TerminateSession.ts';
import { GetCallerIdentity } from './sts/GetCallerIdentity.ts';

/** Every operation Roadstead serves, one per file. A new one is a file and a line here. */
export const operations: readonly Operation[] = [
  CreateCluster,
  DescribeClusters,
  ListClusters,
  UpdateCluster,
  UpdateClusterSettings,
  DeleteCluster,
  PutClusterCapacityProviders,
  CreateCapacityProvider,
  DeleteCapacityProvider,
  DescribeCapacityProviders,
  UpdateCapacityProvider,
  RegisterTaskDefinition,
  DescribeTaskDefinition,
  ListTaskDefinitions,
  ListTaskDefinitionFamilies,
  DeregisterTaskDefinition,
  DeleteTaskDefinitions,
  RegisterDaemonTaskDefinition,
  DescribeDaemonTaskDefinition,
  ListDaemonTaskDefinitions,
  DeleteDaemonTaskDefinition,
  CreateDaemon,
  UpdateDaemon,
  DeleteDaemon,
  DescribeDaemon,
  ListDaemons,
  ListDaemonDeployments,
  DescribeDaemonDeployments,
  DescribeDaemonRevisions,
  RunTask,
  StartTask,
  StopTask,
  DescribeTasks,
  ExecuteCommand,
  ListTasks,
  GetTaskProtection,
  UpdateTaskProtection,
  CreateService,
  UpdateService,
  DescribeServices,
  ListServices,
  ListServicesByNamespace,
  DeleteService,
  CreateExpressGatewayService,
  UpdateExpressGatewayService,
  DescribeExpressGatewayService,
  DeleteExpressGatewayService,
  CreateGateway,
  UpdateGateway,
  DeleteGateway,
  DescribeGateway,
  DescribeGatewayResources,
  ListGateways,
  AssociateGatewayWithCluster,
  DisassociateGatewayFromCluster,
  ListGatewayClusterAssociations,
  DescribeGatewayRoute,
  ListGatewayRoutes,
  CreateTaskSet,
  DescribeTaskSets,
  UpdateTaskSet,
  UpdateServicePrimaryTaskSet,
  DeleteTaskSet,
  ListServiceDeployments,
  DescribeServiceDeployments,
  DescribeServiceRevisions,
  StopServiceDeployment,
  ContinueServiceDeployment,
  RegisterContainerInstance,
  DeregisterContainerInstance,
  DescribeContainerInstances,
  ListContainerInstances,
  UpdateContainerInstancesState,
  UpdateContainerAgent,
  PutAttributes,
  DeleteAttributes,
  ListAttributes,
  DiscoverPollEndpoint,
  SubmitTaskStateChange,
  SubmitContainerStateChange,
  SubmitAttachmentStateChanges,
  TagResource,
  UntagResource,
  ListTagsForResource,
  PutAccountSetting,
  PutAccountSettingDefault,
  DeleteAccountSetting,
  ListAccountSettings,
  CreateLoadBalancer,
  DescribeLoadBalancers,
  DeleteLoadBalancer,
  ModifyLoadBalancerAttributes,
  DescribeLoadBalancerAttributes,
  SetSecurityGroups,
  SetSubnets,
  SetIpAddressType,
  CreateTargetGroup,
  DescribeTargetGroups,
  ModifyTargetGroup,
  DeleteTargetGroup,
  ModifyTargetGroupAttributes,
  DescribeTargetGroupAttributes,
  RegisterTargets,
  DeregisterTargets,
  DescribeTargetHealth,
  CreateListener,
  DescribeListeners,
  ModifyListener,
  DeleteListener,
  ModifyListenerAttributes,
  DescribeListenerAttributes,
  AddListenerCertificates,
  RemoveListenerCertificates,
  DescribeListenerCertificates,
  CreateRule,
  DescribeRules,
  ModifyRule,
  DeleteRule,
  SetRulePriorities,
  AddTags,
  RemoveTags,
  DescribeTags,
  DescribeSSLPolicies,
  DescribeAccountLimits,
  DescribeCapacityReservation,
  CreateLogGroup,
  DeleteLogGroup,
  DescribeLogGroups,
  PutLogGroupDeletionProtection,
  PutRetentionPolicy,
  DeleteRetentionPolicy,
  CreateLogStream,
  DeleteLogStream,
  DescribeLogStreams,
  PutLogEvents,
  GetLogEvents,
  FilterLogEvents,
  TagLogResource,
  UntagLogResource,
  ListTagsForLogResource,
  TagLogGroup,
  UntagLogGroup,
  ListTagsLogGroup,
  CreateHttpNamespace,
  CreatePrivateDnsNamespace,
  CreatePublicDnsNamespace,
  CreateDiscoveryService,
  DeleteNamespace,
  DeleteDiscoveryService,
  DeleteServiceAttributes,
  DeregisterInstance,
  DiscoverInstances,
  DiscoverInstancesRevision,
  GetInstance,
  GetInstancesHealthStatus,
  GetNamespace,
  GetOperation,
  GetService,
  GetServiceAttributes,
  ListInstances,
  ListNamespaces,
  ListOperations,
  ListDiscoveryServices,
  ListTagsForDiscoveryResource,
  RegisterInstance,
  TagDiscoveryResource,
  UntagDiscoveryResource,
  UpdateHttpNamespace,
  UpdateInstanceCustomHealthStatus,
  UpdatePrivateDnsNamespace,
  UpdatePublicDnsNamespace,
  UpdateDiscoveryService,
  UpdateServiceAttributes,
  CreateAccount,
  ListAccounts,
  ListEvents,
  DescribeNetwork,
  DescribePlatform,
  DescribeUsage,
  InterruptSpot,
  ...ec2Operations,
  AssociateVPCWithHostedZone,
  ChangeResourceRecordSets,
  ChangeTagsForResource,
  CreateHostedZone,
  DeleteHostedZone,
  DisassociateVPCFromHostedZone,
  GetChange,
  GetHostedZone,
  GetHostedZoneCount,
  ListHostedZones,
  ListHostedZonesByName,
  ListHostedZonesByVPC,
  ListResourceRecordSets,
  ListTagsForZone,
  ListTagsForResources,
  UpdateHostedZoneComment,
  AddTagsToCertificate,
  DeleteCertificate,
  DescribeCertificate,
  ExportCertificate,
  GetCertificate,
  ImportCertificate,
  ListCertificates,
  ListTagsForCertificate,
  RemoveTagsFromCertificate,
  RenewCertificate,
  RequestCertificate,
  UpdateCertificateOptions,
  GetCallerIdentity,
  ResumeSession,
  TerminateSession,
  BatchGetApplicationRevisions,
  BatchGetApplications,
  BatchGetDeploymentGroups,
  BatchGetDeploymentTargets,
  BatchGetDeployments,
  ContinueDeployment,
  CreateApplication,
  CreateDeployment,
  CreateDeploymentConfig,
  CreateDeploymentGroup,
  DeleteApplication,
  DeleteDeploymentConfig,
  DeleteDeploymentGroup,
  GetApplication,
  GetApplicationRevision,
  GetDeployment,
  GetDeploymentConfig,
  GetDeploymentGroup,
  GetDeploymentTarget,
  ListApplicationRevisions,
  ListApplications,
  ListDeploymentConfigs,
  ListDeploymentGroups,
  ListDeploymentTargets,
  ListDeployments,
  ListTagsForCodeDeployResource,
  PutLifecycleEventHookExecutionStatus,
  RegisterApplicationRevision,
  StopDeployment,
  TagCodeDeployResource,
  UntagCodeDeployResource,
  UpdateApplication,
  UpdateDeploymentGroup,
];
