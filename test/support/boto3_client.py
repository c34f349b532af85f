"""Calls Amazon ECS, or the service that is named, through boto3: JSON requests on standard input, answers on standard output, one a line.

A request is {"operation", "input"} with either "caught" (the exception that is to be caught as its own class) or
"page_size" (the operation's paginator with pages of that size), {"waiter", "input"}, or {"model": true}. Every answer is walked along the
service's model: "problems" are values of another kind than the model says, "paths" all places that were looked at, and
"kinds" counts the values of each kind.
"""

import datetime
import json
import sys
import time

import boto3
import botocore
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError, WaiterError

DAY = 86_400


def plain(value):
    """What JSON can hold: instants as {"instant": epoch seconds}."""
    if isinstance(value, datetime.datetime):
        return {"instant": value.timestamp()}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def timestamp_problem(value):
    if not isinstance(value, datetime.datetime):
        return "no datetime"
    if value.utcoffset() is None:
        return "a datetime without a zone"
    # Milliseconds taken for seconds, or the other way round, are centuries away.
    if abs(value.timestamp() - time.time()) > DAY:
        return "a datetime of another day"
    return None


def scalar_problem(shape, value):
    kind = shape.type_name
    if kind == "timestamp":
        return timestamp_problem(value)
    if kind in ("integer", "long"):
        return None if type(value) is int else "no int"
    if kind in ("double", "float"):
        return None if type(value) is float else "no float"
    if kind == "boolean":
        return None if type(value) is bool else "no bool"
    if type(value) is not str:
        return "no str"
    if getattr(shape, "enum", []) and value not in shape.enum:
        return "none of the enum"
    return None


class Walk:
    """Compares an answer with the output shape of its operation."""

    def __init__(self):
        self.problems = []
        self.paths = set()
        self.kinds = {}

    def see(self, shape, value, path):
        kind = shape.type_name
        if kind == "structure":
            for name, each in value.items():
                if name in shape.members:
                    self.see(shape.members[name], each, "%s.%s" % (path, name))
        elif kind == "list":
            for each in value:
                self.see(shape.member, each, path + "[]")
        elif kind == "map":
            for each in value.values():
                self.see(shape.value, each, path + "{}")
        else:
            name = "enum" if getattr(shape, "enum", []) else kind
            self.kinds[name] = self.kinds.get(name, 0) + 1
            self.paths.add(path)
            problem = scalar_problem(shape, value)
            if problem is not None:
                self.problems.append({"path": path, "shape": shape.name, "value": plain(value), "problem": problem})


def describe_model(client):
    model = client.meta.service_model
    return {
        "boto3": boto3.__version__,
        "botocore": botocore.__version__,
        "operations": list(model.operation_names),
        "exceptions": [shape.name for shape in model.error_shapes],
        "paginators": [name for name in model.operation_names if client.can_paginate(xform_name(name))],
    }


def pages_of(client, request):
    paginator = client.get_paginator(xform_name(request["operation"]))
    pages = paginator.paginate(**request["input"], PaginationConfig={"PageSize": request["page_size"]})
    return [plain({key: each for key, each in page.items() if key != "ResponseMetadata"}) for page in pages]


def catch(client, request):
    """The call inside `except client.exceptions.X`, as a program that uses boto3 writes it."""
    typed = getattr(client.exceptions, request["caught"])
    try:
        getattr(client, xform_name(request["operation"]))(**request["input"])
    except typed as error:
        body = {key: plain(each) for key, each in error.response.items() if key not in ("ResponseMetadata", "Error")}
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        message = error.response["Error"].get("Message", "")
        return {"caught": type(error).__name__, "status": status, "message": message, "members": body}
    except ClientError as error:
        return {"missed": error.response["Error"]["Code"], "message": str(error)}
    return {"missed": "nothing: the call succeeded"}


def answer(client, request):
    if request.get("model"):
        return describe_model(client)
    try:
        if "caught" in request:
            return catch(client, request)
        if "waiter" in request:
            client.get_waiter(request["waiter"]).wait(**request["input"], WaiterConfig={"Delay": 1, "MaxAttempts": 20})
            return {"waited": True}
        if "page_size" in request:
            return {"pages": pages_of(client, request)}
        output = getattr(client, xform_name(request["operation"]))(**request["input"])
    except ParamValidationError as error:
        return {"unknown": str(error)}
    except WaiterError as error:
        return {"missed": str(error)}
    except ClientError as error:
        return {"missed": error.response["Error"]["Code"], "message": str(error)}
    walk = Walk()
    output.pop("ResponseMetadata")
    shape = client.meta.service_model.operation_model(request["operation"]).output_shape
    if shape is not None:
        walk.see(shape, output, request["operation"])
    return {
        "answer": plain(output),
        "problems": walk.problems,
        "paths": sorted(walk.paths),
        "kinds": walk.kinds,
    }


def main():
    service = sys.argv[2] if len(sys.argv) > 2 else "ecs"
    # DiscoverInstances would be sent to `data-` before the endpoint's name, which an address has not.
    config = Config(inject_host_prefix=False)
    client = boto3.client(service, endpoint_url=sys.argv[1], config=config)
    for line in sys.stdin:
        print(json.dumps(answer(client, json.loads(line))), flush=True)


main()
