"""What deploy tools do with secrets and parameters, by boto3. Prints what it found as JSON."""
import json

import boto3
from botocore.exceptions import ClientError

secrets = boto3.client("secretsmanager")
ssm = boto3.client("ssm")


def refused(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [type(error).__name__, error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return "not refused"


created = secrets.create_secret(Name="story/db", SecretString="one", Tags=[{"Key": "app", "Value": "web"}])
secrets.put_secret_value(SecretId=created["ARN"], SecretBinary=b"\x00\xff")
binary = secrets.get_secret_value(SecretId="story/db")
previous = secrets.get_secret_value(SecretId="story/db", VersionStage="AWSPREVIOUS")
for name in ["story/a", "story/b"]:
    secrets.create_secret(Name=name)
pages = secrets.get_paginator("list_secrets").paginate(
    Filters=[{"Key": "name", "Values": ["story/"]}], PaginationConfig={"PageSize": 2}
)
names = [[secret["Name"] for secret in page["SecretList"]] for page in pages]
secrets.delete_secret(SecretId="story/a", RecoveryWindowInDays=7)

ssm.put_parameter(Name="/story/url", Value="https://one", Type="String")
ssm.put_parameter(Name="/story/key", Value="hush", Type="SecureString", Tags=[{"Key": "app", "Value": "web"}])
ssm.put_parameter(Name="/story/url", Value="https://two", Overwrite=True)
by_path = ssm.get_paginator("get_parameters_by_path").paginate(Path="/story", WithDecryption=True)
values = {each["Name"]: each["Value"] for page in by_path for each in page["Parameters"]}

print(
    json.dumps(
        {
            "binary": list(binary["SecretBinary"]),
            "previous": previous["SecretString"],
            "stages": sorted(secrets.describe_secret(SecretId="story/db")["VersionIdsToStages"].values()),
            "names": names,
            "password": len(secrets.get_random_password(PasswordLength=16)["RandomPassword"]),
            "values": values,
            "first": ssm.get_parameter(Name="/story/url:1")["Parameter"]["Value"],
            "invalid": ssm.get_parameters(Names=["/story/url", "/story/none"])["InvalidParameters"],
            "tags": ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/story/key")["TagList"],
            "refused": [
                refused(secrets.get_secret_value, SecretId="story/none"),
                refused(secrets.get_secret_value, SecretId="story/a"),
                refused(secrets.create_secret, Name="story/db"),
                refused(ssm.get_parameter, Name="/story/none"),
                refused(ssm.put_parameter, Name="/story/url", Value="x", Type="String"),
            ],
        }
    )
)
