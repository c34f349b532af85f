import { CreateCapacityProvider } from './ecs/CreateCapacityProvider.ts';
import { CreateCluster } from './ecs/CreateCluster.ts';
import { CreateService } from './ecs/CreateService.ts';
import { DeleteAccountSetting } from './ecs/DeleteAccountSetting.ts';
import { DeleteCapacityProvider } from './ecs/DeleteCapacityProvider.ts';
import { DeleteCluster } from './ecs/DeleteCluster.ts';
import { DeleteService } from './ecs/DeleteService.ts';
import { DeleteTaskDefinitions } from './ecs/DeleteTaskDefinitions.ts';
import { DeregisterContainerInstance } from './ecs/DeregisterContainerInstance.ts';
import { DeregisterTaskDefinition } from './ecs/DeregisterTaskDefinition.ts';
import { DescribeCapacityProviders } from './ecs/DescribeCapacityProviders.ts';
import { DescribeClusters } from './ecs/DescribeClusters.ts';
import { DescribeContainerInstances } from './ecs/DescribeContainerInstances.ts';
import { DescribeServices } from './ecs/DescribeServices.ts';
import { DescribeTaskDefinition } from './ecs/DescribeTaskDefinition.ts';
import { DescribeTasks } from './ecs/DescribeTasks.ts';
import { DiscoverPollEndpoint } from './ecs/DiscoverPollEndpoint.ts';
import { ListAccountSettings } from './ecs/ListAccountSettings.ts';
import { ListClusters } from './ecs/ListClusters.ts';
import { ListContainerInstances } from './ecs/ListContainerInstances.ts';
import { ListServices } from './ecs/ListServices.ts';
import { ListTagsForResource } from './ecs/ListTagsForResource.ts';
import { ListTaskDefinitionFamilies } from './ecs/ListTaskDefinitionFamilies.ts';
import { ListTaskDefinitions } from './ecs/ListTaskDefinitions.ts';
import { ListTasks } from './ecs/ListTasks.ts';
import { PutAccountSetting } from './ecs/PutAccountSetting.ts';
import { PutAccountSettingDefault } from './ecs/PutAccountSettingDefault.ts';
import { PutClusterCapacityProviders } from './ecs/PutClusterCapacityProviders.ts';
import { RegisterContainerInstance } from './ecs/RegisterContainerInstance.ts';
import { RegisterTaskDefinition } from './ecs/RegisterTaskDefinition.ts';
import { RunTask } from './ecs/RunTask.ts';
import { StartTask } from './ecs/StartTask.ts';
import { StopTask } from './ecs/StopTask.ts';
import { SubmitAttachmentStateChanges } from './ecs/SubmitAttachmentStateChanges.ts';
import { SubmitContainerStateChange } from './ecs/SubmitContainerStateChange.ts';
import { SubmitTaskStateChange } from './ecs/SubmitTaskStateChange.ts';
import { TagResource } from './ecs/TagResource.ts';
import { UntagResource } from './ecs/UntagResource.ts';
import { UpdateCapacityProvider } from './ecs/UpdateCapacityProvider.ts';
import { UpdateCluster } from './ecs/UpdateCluster.ts';
import { UpdateClusterSettings } from './ecs/UpdateClusterSettings.ts';
import { UpdateContainerInstancesState } from './ecs/UpdateContainerInstancesState.ts';
import { UpdateService } from './ecs/UpdateService.ts';
import type { Operation } from './operation.ts';
import { CreateAccount } from './roadstead/CreateAccount.ts';
import { DescribeNetwork } from './roadstead/DescribeNetwork.ts';
import { DescribePlatform } from './roadstead/DescribePlatform.ts';
import { InterruptSpot } from './roadstead/InterruptSpot.ts';
import { ListAccounts } from './roadstead/ListAccounts.ts';

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
  RunTask,
  StartTask,
  StopTask,
  DescribeTasks,
  ListTasks,
  CreateService,
  UpdateService,
  DescribeServices,
  ListServices,
  DeleteService,
  RegisterContainerInstance,
  DeregisterContainerInstance,
  DescribeContainerInstances,
  ListContainerInstances,
  UpdateContainerInstancesState,
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
  CreateAccount,
  ListAccounts,
  DescribeNetwork,
  DescribePlatform,
  InterruptSpot,
];
