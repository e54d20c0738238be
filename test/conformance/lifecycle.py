"""The life of a task and of a service through boto3 as it comes: its waiters and paginators. Prints what it saw as JSON."""

import json
import sys

import boto3

image = sys.argv[1]
ecs = boto3.client("ecs")
soon = {"Delay": 1, "MaxAttempts": 120}


def register(text):
    answer = ecs.register_task_definition(
        family="boto",
        containerDefinitions=[
            {
                "name": "main",
                "image": image,
                "memory": 16,
                "command": ["sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait $!"],
                "environment": [{"name": "TEXT", "value": text}],
            }
        ],
    )
    return answer["taskDefinition"]["taskDefinitionArn"]


def pages(operation, key, **request):
    paginator = ecs.get_paginator(operation)
    found = list(paginator.paginate(PaginationConfig={"PageSize": 2}, **request))
    return [item for page in found for item in page[key]], len(found)


def service():
    return ecs.describe_services(services=["boto"])["services"][0]


seen = {}
first = register("first")

run = ecs.run_task(taskDefinition="boto", count=3, startedBy="lifecycle")
arns = [task["taskArn"] for task in run["tasks"]]
ecs.get_waiter("tasks_running").wait(tasks=arns, WaiterConfig=soon)
listed, count = pages("list_tasks", "taskArns", startedBy="lifecycle")
seen["run"] = {"failures": run["failures"], "listed": sorted(listed) == sorted(arns), "pages": count}
for arn in arns:
    ecs.stop_task(task=arn, reason="seen")
ecs.get_waiter("tasks_stopped").wait(tasks=arns, WaiterConfig=soon)
stopped = ecs.describe_tasks(tasks=arns)["tasks"]
seen["stopped"] = sorted({(t["stopCode"], t["stoppedReason"], t["containers"][0]["exitCode"]) for t in stopped})

# Without a minimum the update need not wait until new tasks count as healthy.
ecs.create_service(
    serviceName="boto",
    taskDefinition=first,
    desiredCount=2,
    deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 200},
)
ecs.get_waiter("services_stable").wait(services=["boto"], WaiterConfig=soon)
second = register("second")
ecs.update_service(service="boto", taskDefinition=second)
ecs.get_waiter("services_stable").wait(services=["boto"], WaiterConfig=soon)
tasks, _ = pages("list_tasks", "taskArns", serviceName="boto")
revisions = {task["taskDefinitionArn"] for task in ecs.describe_tasks(tasks=tasks)["tasks"]}
seen["updated"] = {"count": len(tasks), "second": revisions == {second}}
ecs.update_service(service="boto", desiredCount=5)
ecs.get_waiter("services_stable").wait(services=["boto"], WaiterConfig=soon)
tasks, count = pages("list_tasks", "taskArns", serviceName="boto")
seen["scaled"] = {"running": service()["runningCount"], "listed": len(tasks), "pages": count}
services, _ = pages("list_services", "serviceArns")
definitions, _ = pages("list_task_definitions", "taskDefinitionArns", familyPrefix="boto")
instances, _ = pages("list_container_instances", "containerInstanceArns")
seen["lists"] = [len(services), definitions == [first, second], len(instances)]

ecs.delete_service(service="boto", force=True)
ecs.get_waiter("services_inactive").wait(services=["boto"], WaiterConfig=soon)
seen["deleted"] = service()["status"]
try:
    ecs.update_service(service="boto", desiredCount=1)
except ecs.exceptions.ServiceNotActiveException as error:
    seen["refused"] = error.response["Error"]["Message"]
print(json.dumps(seen))
