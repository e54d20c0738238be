/** Policies that AWS manages for people who use ECS, and for the roles that ECS itself, its tasks and its instances take, with the documents that AWS publishes. */
import { actions, type AwsPolicySource } from './source.ts';

export const ECS_POLICIES: readonly AwsPolicySource[] = [
  {
    id: 'ANPA3QLQQX6XNVUKFYXH5',
    name: 'AmazonECS_FullAccess',
    path: '/',
    version: 22,
    createdAt: Date.parse('2017-11-07T21:36:54Z'),
    updatedAt: Date.parse('2026-09-02T14:47:07Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ECSIntegrationsManagementPolicy',
          Effect: 'Allow',
          Action: [
            ...actions(
              'application-autoscaling',
              'DeleteScalingPolicy DeregisterScalableTarget DescribeScalableTargets DescribeScalingActivities DescribeScalingPolicies PutScalingPolicy RegisterScalableTarget',
            ),
            ...actions(
              'appmesh',
              'DescribeVirtualGateway DescribeVirtualNode ListMeshes ListVirtualGateways ListVirtualNodes',
            ),
            ...actions(
              'autoscaling',
              'CreateAutoScalingGroup CreateLaunchConfiguration DeleteAutoScalingGroup DeleteLaunchConfiguration Describe* UpdateAutoScalingGroup',
            ),
            ...actions('cloudformation', 'CreateStack DeleteStack DescribeStack* UpdateStack'),
            ...actions('cloudwatch', 'DeleteAlarms DescribeAlarms GetMetricStatistics PutMetricAlarm'),
            ...actions(
              'codedeploy',
              'BatchGetApplicationRevisions BatchGetApplications BatchGetDeploymentGroups BatchGetDeployments ContinueDeployment CreateApplication CreateDeployment CreateDeploymentGroup GetApplication GetApplicationRevision GetDeployment GetDeploymentConfig GetDeploymentGroup GetDeploymentTarget ListApplicationRevisions ListApplications ListDeploymentConfigs ListDeploymentGroups ListDeployments ListDeploymentTargets RegisterApplicationRevision StopDeployment',
            ),
            ...actions(
              'ec2',
              'AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupIngress CancelSpotFleetRequests CreateInternetGateway CreateLaunchTemplate CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateVpc DeleteLaunchTemplate DeleteSubnet DeleteVpc Describe* DetachInternetGateway DisassociateRouteTable ModifySubnetAttribute ModifyVpcAttribute RequestSpotFleet RunInstances',
            ),
            ...actions('ecs', '*'),
            ...actions('elasticfilesystem', 'DescribeAccessPoints DescribeFileSystems'),
            ...actions(
              'elasticloadbalancing',
              'CreateListener CreateLoadBalancer CreateRule CreateTargetGroup DeleteListener DeleteLoadBalancer DeleteRule DeleteTargetGroup DescribeListeners DescribeLoadBalancers DescribeRules DescribeTargetGroups',
            ),
            ...actions(
              'events',
              'DeleteRule DescribeRule ListRuleNamesByTarget ListTargetsByRule PutRule PutTargets RemoveTargets',
            ),
            ...actions('fsx', 'DescribeFileSystems'),
            ...actions('iam', 'ListAttachedRolePolicies ListInstanceProfiles ListRoles'),
            ...actions('lambda', 'ListFunctions'),
            ...actions('logs', 'CreateLogGroup DescribeLogGroups FilterLogEvents'),
            ...actions(
              'route53',
              'CreateHostedZone DeleteHostedZone GetHealthCheck GetHostedZone ListHostedZonesByName',
            ),
            ...actions(
              'servicediscovery',
              'CreatePrivateDnsNamespace CreateService DeleteService GetNamespace GetOperation GetService ListNamespaces ListServices UpdateService',
            ),
            ...actions('sns', 'ListTopics'),
          ],
          Resource: ['*'],
        },
        {
          Sid: 'SSMPolicy',
          Effect: 'Allow',
          Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
          Resource: 'arn:aws:ssm:*:*:parameter/aws/service/ecs*',
        },
        {
          Sid: 'ManagedCloudformationResourcesCleanupPolicy',
          Effect: 'Allow',
          Action: ['ec2:DeleteInternetGateway', 'ec2:DeleteRoute', 'ec2:DeleteRouteTable', 'ec2:DeleteSecurityGroup'],
          Resource: ['*'],
          Condition: { StringLike: { 'ec2:ResourceTag/aws:cloudformation:stack-name': 'EC2ContainerService-*' } },
        },
        {
          Sid: 'TasksPassRolePolicy',
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['*'],
          Condition: { StringLike: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
        {
          Sid: 'InfrastructurePassRolePolicy',
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['arn:aws:iam::*:role/ecsInfrastructureRole'],
          Condition: { StringEquals: { 'iam:PassedToService': 'ecs.amazonaws.com' } },
        },
        {
          Sid: 'InstancePassRolePolicy',
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['arn:aws:iam::*:role/ecsInstanceRole*'],
          Condition: { StringLike: { 'iam:PassedToService': ['ec2.amazonaws.com', 'ec2.amazonaws.com.cn'] } },
        },
        {
          Sid: 'AutoScalingPassRolePolicy',
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['arn:aws:iam::*:role/ecsAutoscaleRole*'],
          Condition: {
            StringLike: {
              'iam:PassedToService': [
                'application-autoscaling.amazonaws.com',
                'application-autoscaling.amazonaws.com.cn',
              ],
            },
          },
        },
        {
          Sid: 'ServiceLinkedRoleCreationPolicy',
          Effect: 'Allow',
          Action: 'iam:CreateServiceLinkedRole',
          Resource: '*',
          Condition: {
            StringLike: {
              'iam:AWSServiceName': [
                'ecs.amazonaws.com',
                'autoscaling.amazonaws.com',
                'ecs.application-autoscaling.amazonaws.com',
                'spot.amazonaws.com',
                'spotfleet.amazonaws.com',
              ],
            },
          },
        },
        {
          Sid: 'ELBTaggingPolicy',
          Effect: 'Allow',
          Action: ['elasticloadbalancing:AddTags'],
          Resource: '*',
          Condition: {
            StringEquals: {
              'elasticloadbalancing:CreateAction': [
                'CreateTargetGroup',
                'CreateRule',
                'CreateListener',
                'CreateLoadBalancer',
              ],
            },
          },
        },
        {
          Sid: 'CloudFormationTagOnCreate',
          Effect: 'Allow',
          Action: ['cloudformation:TagResource', 'cloudformation:UntagResource'],
          Resource: '*',
          Condition: { StringEquals: { 'cloudformation:CreateAction': ['CreateStack', 'UpdateStack'] } },
        },
      ],
    },
  },
  {
    id: 'ANPAZPE3WVQW6NHOK26I7',
    name: 'AmazonECSTaskExecutionRolePolicy',
    path: '/service-role/',
    version: 1,
    createdAt: Date.parse('2017-11-16T18:48:22Z'),
    updatedAt: Date.parse('2017-11-16T18:48:22Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'ecr:GetAuthorizationToken',
            'ecr:BatchCheckLayerAvailability',
            'ecr:GetDownloadUrlForLayer',
            'ecr:BatchGetImage',
            'logs:CreateLogStream',
            'logs:PutLogEvents',
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPA5NYVRH2UZDDFXLQNY',
    name: 'AmazonEC2ContainerServiceforEC2Role',
    path: '/service-role/',
    version: 10,
    createdAt: Date.parse('2015-03-19T18:45:18Z'),
    updatedAt: Date.parse('2026-02-12T17:59:52Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...actions('ec2', 'DescribeTags'),
            ...actions(
              'ecs',
              'CreateCluster DeregisterContainerInstance DiscoverPollEndpoint Poll RegisterContainerInstance StartTelemetrySession UpdateContainerInstancesState Submit*',
            ),
            ...actions('ecr', 'GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer BatchGetImage'),
            ...actions('logs', 'CreateLogStream PutLogEvents'),
          ],
          Resource: '*',
        },
        {
          Effect: 'Allow',
          Action: 'ecs:TagResource',
          Resource: '*',
          Condition: { StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'RegisterContainerInstance'] } },
        },
        {
          Effect: 'Allow',
          Action: ['ecs:ListTagsForResource'],
          Resource: ['arn:aws:ecs:*:*:task/*/*', 'arn:aws:ecs:*:*:container-instance/*/*'],
        },
      ],
    },
  },
  {
    id: 'ANPAPMDBPQIRMK6ZK5O6V',
    name: 'AmazonEC2ContainerServiceEventsRole',
    path: '/service-role/',
    version: 3,
    createdAt: Date.parse('2017-05-30T16:51:35Z'),
    updatedAt: Date.parse('2023-03-06T22:25:12Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['ecs:RunTask'], Resource: ['*'] },
        {
          Effect: 'Allow',
          Action: 'iam:PassRole',
          Resource: ['*'],
          Condition: { StringLike: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' } },
        },
        {
          Effect: 'Allow',
          Action: 'ecs:TagResource',
          Resource: '*',
          Condition: { StringEquals: { 'ecs:CreateAction': ['RunTask'] } },
        },
      ],
    },
  },
  {
    id: 'ANPAHWB3UQ3C6MACCUED3',
    name: 'AmazonEC2ContainerServiceRole',
    path: '/service-role/',
    version: 2,
    createdAt: Date.parse('2015-04-09T16:14:19Z'),
    updatedAt: Date.parse('2016-08-11T13:08:01Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...actions('ec2', 'AuthorizeSecurityGroupIngress Describe*'),
            ...actions(
              'elasticloadbalancing',
              'DeregisterInstancesFromLoadBalancer DeregisterTargets Describe* RegisterInstancesWithLoadBalancer RegisterTargets',
            ),
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPA75Q7NZQ7VVPOWBY3V',
    name: 'AmazonECSServiceRolePolicy',
    path: '/aws-service-role/',
    version: 24,
    createdAt: Date.parse('2017-10-14T01:18:58Z'),
    updatedAt: Date.parse('2026-04-22T23:12:09Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ECSTaskManagement',
          Effect: 'Allow',
          Action: [
            ...actions(
              'ec2',
              'AttachNetworkInterface AssociateTrunkInterface CreateNetworkInterface CreateNetworkInterfacePermission DeleteNetworkInterface DeleteNetworkInterfacePermission Describe* DetachNetworkInterface DisassociateTrunkInterface',
            ),
            ...actions(
              'elasticloadbalancing',
              'DeregisterInstancesFromLoadBalancer DeregisterTargets Describe* RegisterInstancesWithLoadBalancer RegisterTargets',
            ),
            ...actions(
              'route53',
              'ChangeResourceRecordSets CreateHealthCheck DeleteHealthCheck Get* List* UpdateHealthCheck',
            ),
            ...actions(
              'servicediscovery',
              'DeregisterInstance Get* List* RegisterInstance UpdateInstanceCustomHealthStatus',
            ),
          ],
          Resource: '*',
        },
        { Sid: 'AutoScaling', Effect: 'Allow', Action: ['autoscaling:Describe*'], Resource: '*' },
        {
          Sid: 'AutoScalingManagement',
          Effect: 'Allow',
          Action: [
            ...actions(
              'autoscaling',
              'DeletePolicy PutScalingPolicy SetInstanceProtection UpdateAutoScalingGroup PutLifecycleHook DeleteLifecycleHook CompleteLifecycleAction RecordLifecycleActionHeartbeat TerminateInstanceInAutoScalingGroup',
            ),
          ],
          Resource: '*',
          Condition: { Null: { 'autoscaling:ResourceTag/AmazonECSManaged': 'false' } },
        },
        {
          Sid: 'AutoScalingPlanManagement',
          Effect: 'Allow',
          Action: [
            'autoscaling-plans:CreateScalingPlan',
            'autoscaling-plans:DeleteScalingPlan',
            'autoscaling-plans:DescribeScalingPlans',
            'autoscaling-plans:DescribeScalingPlanResources',
          ],
          Resource: '*',
        },
        {
          Sid: 'EventBridge',
          Effect: 'Allow',
          Action: ['events:DescribeRule', 'events:ListTargetsByRule'],
          Resource: 'arn:aws:events:*:*:rule/ecs-managed-*',
        },
        {
          Sid: 'EventBridgeRuleManagement',
          Effect: 'Allow',
          Action: ['events:PutRule', 'events:PutTargets'],
          Resource: '*',
          Condition: { StringEquals: { 'events:ManagedBy': 'ecs.amazonaws.com' } },
        },
        {
          Sid: 'CWAlarmManagement',
          Effect: 'Allow',
          Action: ['cloudwatch:DeleteAlarms', 'cloudwatch:DescribeAlarms', 'cloudwatch:PutMetricAlarm'],
          Resource: 'arn:aws:cloudwatch:*:*:alarm:*',
        },
        {
          Sid: 'ECSTagging',
          Effect: 'Allow',
          Action: ['ec2:CreateTags'],
          Resource: 'arn:aws:ec2:*:*:network-interface/*',
        },
        {
          Sid: 'CWLogGroupManagement',
          Effect: 'Allow',
          Action: ['logs:CreateLogGroup', 'logs:DescribeLogGroups', 'logs:PutRetentionPolicy'],
          Resource: 'arn:aws:logs:*:*:log-group:/aws/ecs/*',
        },
        {
          Sid: 'CWLogStreamManagement',
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
          Resource: 'arn:aws:logs:*:*:log-group:/aws/ecs/*:log-stream:*',
        },
        { Sid: 'ExecuteCommandSessionManagement', Effect: 'Allow', Action: ['ssm:DescribeSessions'], Resource: '*' },
        {
          Sid: 'ExecuteCommand',
          Effect: 'Allow',
          Action: ['ssm:StartSession'],
          Resource: ['arn:aws:ecs:*:*:task/*', 'arn:aws:ssm:*:*:document/AmazonECS-ExecuteInteractiveCommand'],
        },
        {
          Sid: 'OpenDataChannel',
          Effect: 'Allow',
          Action: ['ssmmessages:OpenDataChannel'],
          Resource: ['arn:aws:ssm:*:*:session/*'],
          Condition: { StringEquals: { 'aws:PrincipalAccount': '${aws:ResourceAccount}' } },
        },
        {
          Sid: 'CloudMapResourceCreation',
          Effect: 'Allow',
          Action: ['servicediscovery:CreateHttpNamespace', 'servicediscovery:CreateService'],
          Resource: '*',
          Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['AmazonECSManaged'] } },
        },
        {
          Sid: 'CloudMapResourceTagging',
          Effect: 'Allow',
          Action: 'servicediscovery:TagResource',
          Resource: '*',
          Condition: { StringLike: { 'aws:RequestTag/AmazonECSManaged': '*' } },
        },
        {
          Sid: 'CloudMapResourceDeletion',
          Effect: 'Allow',
          Action: ['servicediscovery:DeleteService'],
          Resource: '*',
          Condition: { Null: { 'aws:ResourceTag/AmazonECSManaged': 'false' } },
        },
        {
          Sid: 'CloudMapResourceDiscovery',
          Effect: 'Allow',
          Action: ['servicediscovery:DiscoverInstances', 'servicediscovery:DiscoverInstancesRevision'],
          Resource: '*',
        },
        {
          Sid: 'CloudMapResourceAttributeManagement',
          Effect: 'Allow',
          Action: ['servicediscovery:UpdateServiceAttributes'],
          Resource: '*',
          Condition: { Null: { 'aws:ResourceTag/AmazonECSManaged': 'false' } },
        },
        {
          Sid: 'ReadOnlyPermissionsForInstanceEventWindows',
          Effect: 'Allow',
          Action: ['ec2:DescribeInstanceEventWindows'],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPASDYFFMFI5R7KLTWHE',
    name: 'AmazonECSInfrastructureRolePolicyForLoadBalancers',
    path: '/',
    version: 6,
    createdAt: Date.parse('2025-07-17T16:37:07Z'),
    updatedAt: Date.parse('2026-02-12T18:01:05Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ELBReadOperations',
          Effect: 'Allow',
          Action: [
            'elasticloadbalancing:DescribeListeners',
            'elasticloadbalancing:DescribeRules',
            'elasticloadbalancing:DescribeTargetGroups',
            'elasticloadbalancing:DescribeTargetHealth',
          ],
          Resource: '*',
        },
        {
          Sid: 'TargetGroupOperations',
          Effect: 'Allow',
          Action: ['elasticloadbalancing:RegisterTargets', 'elasticloadbalancing:DeregisterTargets'],
          Resource: 'arn:aws:elasticloadbalancing:*:*:targetgroup/*/*',
        },
        {
          Sid: 'ALBModifyListeners',
          Effect: 'Allow',
          Action: 'elasticloadbalancing:ModifyListener',
          Resource: ['arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*'],
        },
        {
          Sid: 'NLBModifyListeners',
          Effect: 'Allow',
          Action: 'elasticloadbalancing:ModifyListener',
          Resource: ['arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*'],
        },
        {
          Sid: 'ALBModifyRules',
          Effect: 'Allow',
          Action: 'elasticloadbalancing:ModifyRule',
          Resource: ['arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*/*'],
        },
      ],
    },
  },
];
