/** Policies that AWS manages for people, whatever service they use, with the documents that AWS publishes. */
import { actions, type AwsPolicySource } from './source.ts';

export const GENERAL_POLICIES: readonly AwsPolicySource[] = [
  {
    id: 'ANPA34SN6YCLNSZWWPS7E',
    name: 'AdministratorAccess',
    path: '/',
    version: 1,
    createdAt: Date.parse('2015-02-06T18:39:46Z'),
    updatedAt: Date.parse('2015-02-06T18:39:46Z'),
    document: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  },
  {
    id: 'ANPALHG27PL3YBRYSN4HT',
    name: 'PowerUserAccess',
    path: '/',
    version: 12,
    createdAt: Date.parse('2015-02-06T18:39:47Z'),
    updatedAt: Date.parse('2026-02-12T17:59:14Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
        {
          Effect: 'Allow',
          Action: [
            ...actions('account', 'GetAccountInformation GetGovCloudAccountInformation GetPrimaryEmail ListRegions'),
            ...actions('iam', 'CreateServiceLinkedRole DeleteServiceLinkedRole ListRoles'),
            ...actions('organizations', 'DescribeEffectivePolicy DescribeOrganization'),
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPATMJ5T63DJOLG2WPDQ',
    name: 'IAMFullAccess',
    path: '/',
    version: 2,
    createdAt: Date.parse('2015-02-06T18:40:38Z'),
    updatedAt: Date.parse('2019-06-21T19:40:00Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...actions('iam', '*'),
            ...actions(
              'organizations',
              'DescribeAccount DescribeOrganization DescribeOrganizationalUnit DescribePolicy ListChildren ListParents ListPoliciesForTarget ListRoots ListPolicies ListTargetsForPolicy',
            ),
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPALX6RHJC5OXFALFNF6',
    name: 'IAMReadOnlyAccess',
    path: '/',
    version: 4,
    createdAt: Date.parse('2015-02-06T18:40:39Z'),
    updatedAt: Date.parse('2018-01-25T19:11:27Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            'iam:GenerateCredentialReport',
            'iam:GenerateServiceLastAccessedDetails',
            'iam:Get*',
            'iam:List*',
            'iam:SimulateCustomPolicy',
            'iam:SimulatePrincipalPolicy',
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPAOAGVS3FUMPKKQOIZK',
    name: 'AmazonEC2ContainerRegistryReadOnly',
    path: '/',
    version: 3,
    createdAt: Date.parse('2015-12-21T17:04:15Z'),
    updatedAt: Date.parse('2019-12-10T20:56:32Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...actions(
              'ecr',
              'GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer GetRepositoryPolicy DescribeRepositories ListImages DescribeImages BatchGetImage GetLifecyclePolicy GetLifecyclePolicyPreview ListTagsForResource DescribeImageScanFindings',
            ),
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPA26ZNZUW2KAWMBKKL3',
    name: 'AmazonEC2ContainerRegistryPowerUser',
    path: '/',
    version: 3,
    createdAt: Date.parse('2015-12-21T17:05:33Z'),
    updatedAt: Date.parse('2019-12-10T20:48:08Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: [
            ...actions(
              'ecr',
              'GetAuthorizationToken BatchCheckLayerAvailability GetDownloadUrlForLayer GetRepositoryPolicy DescribeRepositories ListImages DescribeImages BatchGetImage GetLifecyclePolicy GetLifecyclePolicyPreview ListTagsForResource DescribeImageScanFindings InitiateLayerUpload UploadLayerPart CompleteLayerUpload PutImage',
            ),
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPA52GJG75OTRLGUILQ3',
    name: 'CloudWatchLogsFullAccess',
    path: '/',
    version: 8,
    createdAt: Date.parse('2015-02-06T18:40:02Z'),
    updatedAt: Date.parse('2026-02-12T18:00:33Z'),
    document: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'CloudWatchLogsFullAccess',
          Effect: 'Allow',
          Action: [
            'logs:*',
            'cloudwatch:GenerateQuery',
            'cloudwatch:GenerateQueryResultsSummary',
            'observabilityadmin:GetS3TableIntegration',
            'observabilityadmin:ListS3TableIntegrations',
            'observabilityadmin:ListTelemetryPipelines',
          ],
          Resource: '*',
        },
      ],
    },
  },
  {
    id: 'ANPAZGJFUPM5NUCF2N4ES',
    name: 'AmazonSSMReadOnlyAccess',
    path: '/',
    version: 1,
    createdAt: Date.parse('2015-05-29T17:44:19Z'),
    updatedAt: Date.parse('2015-05-29T17:44:19Z'),
    document: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['ssm:Describe*', 'ssm:Get*', 'ssm:List*'], Resource: '*' }],
    },
  },
];
