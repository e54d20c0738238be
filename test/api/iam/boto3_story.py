"""What deploy tools do with IAM, through boto3 as it comes: its waiters, paginators and decoded documents. Prints it as JSON."""

import json

import boto3

iam = boto3.client("iam")
soon = {"Delay": 1, "MaxAttempts": 10}
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
policy = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ecs:RunTask", "ecs:Describe*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:ResourceTag/it's (a) test!": "a+b & c"}},
        }
    ],
}
execution = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
seen = {}


def pages(operation, key, **request):
    found = list(iam.get_paginator(operation).paginate(PaginationConfig={"PageSize": 2}, **request))
    return [item for page in found for item in page[key]], len(found)


def refusal(call, **request):
    try:
        call(**request)
    except iam.exceptions.ClientError as error:
        return [type(error).__name__, error.response["ResponseMetadata"]["HTTPStatusCode"]]


role = iam.create_role(
    RoleName="task", AssumeRolePolicyDocument=json.dumps(trust), Tags=[{"Key": "team", "Value": "a"}]
)["Role"]
iam.get_waiter("role_exists").wait(RoleName="task", WaiterConfig=soon)
arn = iam.create_policy(PolicyName="run", PolicyDocument=json.dumps(policy, indent=2))["Policy"]["Arn"]
iam.get_waiter("policy_exists").wait(PolicyArn=arn, WaiterConfig=soon)
iam.attach_role_policy(RoleName="task", PolicyArn=arn)
iam.attach_role_policy(RoleName="task", PolicyArn=execution)
iam.put_role_policy(RoleName="task", PolicyName="inline", PolicyDocument=json.dumps(policy))
seen["documents"] = [
    role["AssumeRolePolicyDocument"] == trust,
    iam.get_role(RoleName="task")["Role"]["AssumeRolePolicyDocument"] == trust,
    iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]["Document"] == policy,
    iam.get_role_policy(RoleName="task", PolicyName="inline")["PolicyDocument"] == policy,
]
attached, _ = pages("list_attached_role_policies", "AttachedPolicies", RoleName="task")
seen["attached"] = [each["PolicyName"] for each in attached]
for name in ["u1", "u2", "u3", "u4", "u5"]:
    iam.create_user(UserName=name, Path="/many/")
iam.get_waiter("user_exists").wait(UserName="u5", WaiterConfig=soon)
users, count = pages("list_users", "Users", PathPrefix="/many/")
seen["users"] = [[each["UserName"] for each in users], count]
seen["refused"] = [
    refusal(iam.delete_role, RoleName="task"),
    refusal(iam.get_role, RoleName="none"),
    refusal(iam.create_user, UserName="U1"),
    refusal(iam.create_policy, PolicyName="bad", PolicyDocument="{"),
    refusal(iam.create_group, GroupName="a b"),
    refusal(iam.create_instance_profile, InstanceProfileName="none"),
]
for each in attached:
    iam.detach_role_policy(RoleName="task", PolicyArn=each["PolicyArn"])
iam.delete_role_policy(RoleName="task", PolicyName="inline")
seen["profiles"] = iam.list_instance_profiles_for_role(RoleName="task")["InstanceProfiles"]
iam.delete_role(RoleName="task")
iam.delete_policy(PolicyArn=arn)
seen["left"] = refusal(iam.get_role, RoleName="task")
print(json.dumps(seen))
