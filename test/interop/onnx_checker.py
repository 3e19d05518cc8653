"""Answers questions about ONNX files with the onnx package; used by onnx-checker.test.ts.

check FILE...   runs onnx.checker with shape inference on each file; prints {file: null or the complaint}
schema          prints the messages of the format: {message: {field number: [name, type, repeated]}}
write FILE      writes a small model with the helpers of the package
"""
import json
import sys

import onnx
from onnx import TensorProto, checker, helper, onnx_ml_pb2


def check(paths):
    answers = {}
    for path in paths:
        try:
            checker.check_model(path, full_check=True)
            answers[path] = None
        except Exception as complaint:  # every complaint is an answer
            answers[path] = str(complaint)
    return answers


def schema():
    messages = {}

    def visit(descriptor):
        messages[descriptor.full_name] = {
            field.number: [field.name, field_type(field), field.label == field.LABEL_REPEATED]
            for field in descriptor.fields
        }
        for inner in descriptor.nested_types:
            visit(inner)

    def field_type(field):
        if field.message_type is not None:
            return field.message_type.full_name
        names = {"INT64": "int64", "UINT64": "uint64", "INT32": "int32", "STRING": "string",
                 "BYTES": "bytes", "FLOAT": "float", "DOUBLE": "double"}
        for name, text in names.items():
            if field.type == getattr(field, "TYPE_" + name):
                return text
        return field.enum_type.full_name

    for message in onnx_ml_pb2.DESCRIPTOR.message_types_by_name.values():
        visit(message)
    return messages


def write(path):
    node = helper.make_node("Gemm", ["x", "w", "b"], ["y"], alpha=0.5, transB=1)
    graph = helper.make_graph(
        [node],
        "from python",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 2])],
        [
            helper.make_tensor("w", TensorProto.FLOAT, [2, 3], [1, 2, 3, 4, 5, 6]),
            helper.make_tensor("b", TensorProto.FLOAT, [2], [0.5, -0.5]),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {"author": "onnx " + onnx.__version__})
    onnx.save(model, path)
    return onnx.__version__


if __name__ == "__main__":
    command, arguments = sys.argv[1], sys.argv[2:]
    answer = {"check": lambda: check(arguments), "schema": schema, "write": lambda: write(arguments[0])}
    print(json.dumps(answer[command]()))
