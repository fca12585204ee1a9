"""Checks a JSON request on standard input against one schema of a machine-readable description.

    validate_request.py SPECIFICATION SCHEMA

SCHEMA is the name of a schema of an OpenAPI description, `#/…` for a place in the file, or `POST /path` for what an
operation takes. `nullable` of OpenAPI 3.0 is understood. Ends with 0 where the request is valid, with 1 and the first
complaints on standard output where it is not.
"""

import json
import sys

import jsonschema


def modern(node):
    """The same schema in JSON Schema 2020-12."""
    if isinstance(node, list):
        return [modern(part) for part in node]
    if not isinstance(node, dict):
        return node
    node = {key: modern(value) for key, value in node.items()}
    if node.pop("nullable", False) is True and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
    # Voyage's description says that an input is an object, and at once that it is a text or a list.
    if node.get("type") == "object" and "oneOf" in node and "properties" not in node:
        del node["type"]
    for bound, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(node.get(bound), bool):
            exclusive = node.pop(bound)
            if exclusive:
                node[bound] = node.pop(inclusive)
    return node


def locate(specification, name):
    if name.startswith("#/"):
        return {"$ref": name}
    if " " not in name:
        return {"$ref": f"#/components/schemas/{name}"}
    method, path = name.split(" ", 1)
    body = specification["paths"][path][method.lower()]["requestBody"]
    while "$ref" in body:
        body = follow(specification, body["$ref"])
    return body["content"]["application/json"]["schema"]


def follow(specification, reference):
    target = specification
    for part in reference.removeprefix("#/").split("/"):
        target = target[part.replace("~1", "/").replace("~0", "~")]
    return target


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        specification = modern(json.load(file))
    schema = dict(locate(specification, sys.argv[2]))
    for part in ("components", "$defs"):
        if part in specification:
            schema[part] = specification[part]
    request = json.load(sys.stdin)
    complaints = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(request)]
    # a misspelt field is valid where objects are open: every field must be one that the schema names
    known = set()

    def collect(node):
        while "$ref" in node:
            node = follow(specification, node["$ref"])
        known.update(node.get("properties", {}))
        for key in ("allOf", "anyOf", "oneOf"):
            for part in node.get(key, []):
                collect(part)

    collect(schema)
    complaints += [f"unknown field {name}" for name in request if name not in known]
    for complaint in complaints[:5]:
        print(complaint[:300])
    sys.exit(1 if complaints else 0)


main()
