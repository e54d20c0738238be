/** The lengths, ranges and patterns of IAM's members, which the SDK's schemas leave out. */
import { type Constraint, constraintCheck } from '../../protocol/constraints.ts';

const name = (max: number): Constraint => ({ min: 1, max, pattern: String.raw`[\w+=,.@-]+` });
const ARN: Constraint = { min: 20, max: 2048 };
const PATH: Constraint = { min: 1, max: 512, pattern: String.raw`(\u002F)|(\u002F[\u0021-\u007E]+\u002F)` };
const POLICY_PATH: Constraint = { min: 1, max: 512, pattern: String.raw`((/[A-Za-z0-9\.,\+@=_-]+)*)/` };
const DOCUMENT: Constraint = { min: 1, max: 131_072, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` };
const CLIENT_ID: Constraint = { min: 1, max: 255 };
const TAG_TEXT = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;
const TAG_KEY: Constraint = { min: 1, max: 128, pattern: `${TAG_TEXT}+` };

/** By member: `Tags[].Key` is of the structures in a list. A name with an operation before it goes first. */
const CONSTRAINTS: Readonly<Record<string, Constraint>> = {
  UserName: name(128),
  'CreateUser.UserName': name(64),
  NewUserName: name(64),
  GroupName: name(128),
  NewGroupName: name(128),
  RoleName: name(64),
  PolicyName: name(128),
  AWSServiceName: name(128),
  CustomSuffix: name(64),
  Path: PATH,
  NewPath: PATH,
  'CreatePolicy.Path': POLICY_PATH,
  PathPrefix: { min: 1, max: 512, pattern: String.raw`\u002F[\u0021-\u007F]*` },
  'ListPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedUserPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedGroupPolicies.PathPrefix': POLICY_PATH,
  'ListAttachedRolePolicies.PathPrefix': POLICY_PATH,
  'ListEntitiesForPolicy.PathPrefix': PATH,
  PolicyArn: ARN,
  PermissionsBoundary: ARN,
  PolicySourceArn: ARN,
  VersionId: { pattern: String.raw`v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` },
  PolicyDocument: DOCUMENT,
  AssumeRolePolicyDocument: DOCUMENT,
  Description: { max: 1000, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*` },
  'CreatePolicy.Description': { max: 1000 },
  MaxSessionDuration: { min: 3600, max: 43_200 },
  MaxItems: { min: 1, max: 1000 },
  Marker: { min: 1, max: 320, pattern: String.raw`[\u0020-\u00FF]+` },
  AccessKeyId: { min: 16, max: 128, pattern: String.raw`[\w]+` },
  DeletionTaskId: { min: 1, max: 1000 },
  OpenIDConnectProviderArn: ARN,
  Url: { min: 1, max: 255 },
  ClientIDList: { max: 100 },
  'ClientIDList[]': CLIENT_ID,
  ClientID: CLIENT_ID,
  ThumbprintList: { max: 5 },
  'ThumbprintList[]': { min: 40, max: 40 },
  Tags: { max: 50 },
  'Tags[].Key': TAG_KEY,
  'Tags[].Value': { max: 256, pattern: `${TAG_TEXT}*` },
  TagKeys: { max: 50 },
  'TagKeys[]': TAG_KEY,
  'PolicyInputList[]': DOCUMENT,
  'PermissionsBoundaryPolicyInputList[]': DOCUMENT,
  ResourcePolicy: DOCUMENT,
  'ActionNames[]': { min: 3, max: 128 },
  'ResourceArns[]': { min: 1, max: 2048 },
  'ContextEntries[].ContextKeyName': { min: 5, max: 256 },
};

/** Throws ValidationError, which names every value that breaks a constraint of its member. */
export const checkConstraints = constraintCheck(CONSTRAINTS, { code: 'ValidationError' });
