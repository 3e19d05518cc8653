"""NumPy's answers for einsum, linear algebra and what else NumPy users reach for; writes arrays.json beside itself.

Each case has a name, its operands as {shape, values}, further arguments, and the results. Tolerance of the test: float64 with
another order of sums, 1e-11 relative to the largest result; factors are compared by what they are unique in.
"""
import json
import pathlib

import numpy as np

random = np.random.RandomState(7)


def pack(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "values": [value.item() for value in array.ravel()]}


def numbers(*shape):
    return np.round(random.standard_normal(shape), 3)


cases = []


def add(name, operands, results, **more):
    """results: arrays, or what gives them of the operands"""
    results = results(*operands) if callable(results) else results
    results = results if isinstance(results, (list, tuple)) else [results]
    cases.append({"name": name, "operands": [pack(x) for x in operands], "results": [pack(x) for x in results], **more})


a, b, c = numbers(3, 4), numbers(4, 5), numbers(5, 2)
batches, square = numbers(2, 3, 4), numbers(3, 3)
for equation, operands in [
    ("ij,jk->ik", [a, b]), ("ij,jk", [a, b]), ("ij,jk->ki", [a, b]), ("ji,kj->ik", [a.T, b.T]), ("ij,ij->", [a, a]),
    ("i,j->ij", [a[0], b[0]]), ("i,i", [a[0], a[1]]), ("ii", [square]), ("ii->i", [square]), ("ij->ji", [a]), ("ij->j", [a]),
    ("ij->", [a]), ("ba", [a]), ("bij,bjk->bik", [batches, numbers(2, 4, 2)]), ("...ij,...jk->...ik", [batches, numbers(2, 4, 2)]),
    ("...ij,...jk", [numbers(5, 1, 3, 4), numbers(2, 4, 2)]), ("...ii->...", [numbers(2, 3, 3)]), ("...ii->...i", [numbers(2, 3, 3)]),
    ("i...,i...->...", [numbers(3, 2, 2), numbers(3, 2)]), ("...", [a]), ("ij,jk,kl->il", [a, b, c]),
    ("ij,jk,kl,li->", [a, b, c, numbers(2, 3)]), ("bhqd,bhkd->bhqk", [numbers(2, 2, 3, 4), numbers(2, 2, 5, 4)]),
    ("bhqk,bkhd->bqhd", [numbers(2, 2, 3, 5), numbers(2, 5, 2, 4)]), ("i,j,k->kji", [a[0], b[0], c[0]]),
    ("iij,jk->ik", [numbers(3, 3, 2), numbers(2, 4)]), ("ijj,jk->ik", [numbers(2, 3, 3), numbers(3, 4)]),
    ("aij,bjk,cki->abc", [numbers(2, 3, 2), numbers(3, 2, 4), numbers(2, 4, 3)]), ("ij,k->ij", [a, numbers(3)]),
    ("ab,ab,ab->a", [a, a + 1, a - 1]), ("iii->i", [numbers(3, 3, 3)]), ("Ij,jK->KI", [a, b]), (" i j , j -> i ", [a, b[:, 0]]),
    ("ij,jk,kl,lm,mn->in", [numbers(2, 9), numbers(9, 2), numbers(2, 9), numbers(9, 2), numbers(2, 3)]),
    ("ij,ik->jk", [a, numbers(3, 2)]), ("bi,bi->b", [a, a + 1]), ("bi,bj->bij", [a, numbers(3, 2)]),
]:
    add("einsum", operands, np.einsum(equation, *operands), equation=equation)

stack = numbers(2, 2, 3, 3) + 2 * np.eye(3)
symmetric = numbers(5, 5)
symmetric = symmetric + symmetric.T
definite = symmetric @ symmetric + np.eye(5)
for name, matrix in [("one", square), ("stack", stack), ("even", numbers(6, 6))]:
    add("det", [matrix], np.linalg.det(matrix))
    add("logDet", [matrix], list(np.linalg.slogdet(matrix)))
    add("inverse", [matrix], np.linalg.inv(matrix))
for matrix, side in [(square, numbers(3)), (square, numbers(3, 2)), (stack, numbers(2, 2, 3, 1))]:
    add("solve", [matrix, side], np.linalg.solve(matrix, side))
add("cholesky", [definite], np.linalg.cholesky(definite))
add("cholesky", [np.stack([definite, 2 * definite])], np.linalg.cholesky(np.stack([definite, 2 * definite])))
for matrix in [numbers(5, 3), numbers(3, 5), numbers(2, 4, 4)]:
    # Signs are not settled: what is compared is |r|.
    add("qr", [matrix], np.abs(np.linalg.qr(matrix)[1] if matrix.ndim == 2 else np.stack([np.linalg.qr(m)[1] for m in matrix])))
    add("svd", [matrix], np.linalg.svd(matrix, compute_uv=False))
    add("pinv", [matrix], np.linalg.pinv(matrix))
    add("matrixRank", [matrix], np.linalg.matrix_rank(matrix))
deficient = np.outer(numbers(4), numbers(3))
add("matrixRank", [deficient], np.linalg.matrix_rank(deficient))
add("pinv", [deficient], np.linalg.pinv(deficient))
add("eigh", [symmetric], np.linalg.eigh(symmetric)[0])
for matrix, side in [(numbers(6, 3), numbers(6)), (numbers(6, 3), numbers(6, 2)), (numbers(3, 5), numbers(3))]:
    add("lstsq", [matrix, side], np.linalg.lstsq(matrix, side, rcond=None)[0])
add("lstsq", [deficient, numbers(4)], lambda matrix, side: np.linalg.lstsq(matrix, side, rcond=None)[0])

x, y, whole = numbers(3, 4), numbers(3, 4) + 0.01, np.array([[7, -7, 5], [-5, 6, -6]])
divisors = np.array([[3, 3, -3], [-3, -4, 4]])
for options in [{}, {"offset": 1}, {"offset": -2}, {"offset": 4}]:
    add("diagonal", [x], np.diagonal(x, **options), options=options)
    add("trace", [x], np.trace(x, **options), options=options)
add("diagonal", [batches], np.diagonal(batches, axis1=0, axis2=2), options={"axes": [0, 2]})
for k in [-1, 0, 2]:
    add("tril", [x], np.tril(x, k), args=[k])
    add("triu", [batches], np.triu(batches, k), args=[k])
add("outer", [x, y[0]], np.outer(x, y[0]))
add("kron", [x, square], np.kron(x, square))
add("kron", [x[0], square], np.kron(x[0], square))
add("dot", [x, b], x @ b)
add("dot", [x[0], x[1]], x[0] @ x[1])
add("dot", [x, numbers(2, 4, 3)], np.dot)
add("tensorDot", [batches, numbers(3, 4)], lambda left, right: np.tensordot(left, right, 2), args=[2])
add("tensorDot", [batches, x], np.tensordot(batches, x, ([1, 2], [0, 1])), args=[[[1, 2], [0, 1]]])
add("tensorDot", [batches, x], np.tensordot(batches, x, ([2], [1])), args=[[[-1], [1]]])
for power in [0, 1, 5]:
    add("matrixPower", [square], np.linalg.matrix_power(square, power), args=[power])
for order in [1, 2, 3, 0, float("inf"), float("-inf")]:
    add("norm", [x], np.linalg.norm(x, order, axis=1, keepdims=True), options={"order": str(order) if abs(order) == float("inf") else order, "axes": 1, "keepDims": True})
add("norm", [x], np.linalg.norm(x), options={})
for axis in [0, 1]:
    add("sort", [x], np.sort(x, axis), options={"axis": axis})
    add("argSort", [x], np.argsort(x, axis, kind="stable"), options={"axis": axis})
    add("argMin", [x], np.argmin(x, axis), args=[axis])
    add("roll", [x], np.roll(x, -5, axis), args=[-5, axis])
    add("diff", [x], np.diff(x, axis=axis), args=[axis])
    add("repeat", [x], np.repeat(x, 3, axis), args=[3, axis])
    add("prod", [x], np.prod(x, axis), options={"axes": axis})
    add("median", [x], np.median(x, axis), options={"axes": axis})
    add("variance", [x], np.var(x, axis, ddof=1), options={"axes": axis, "ddof": 1})
    add("deviation", [x], np.std(x, axis), options={"axes": axis})
    add("logSumExp", [x], np.log(np.sum(np.exp(x), axis)), options={"axes": axis})
    add("cumulativeSum", [x], np.cumsum(x, axis), options={"axis": axis})
ties = np.array([2, 1, 2, 0, 1, 0], float)
add("argSort", [ties], np.argsort(ties, kind="stable"), options={})
add("argSort", [ties], np.argsort(-ties, kind="stable"), options={"descending": True})
add("prod", [numbers(2, 5, 3)], np.prod, options={})
for q in [0.0, 0.1, 0.5, 1.0, [0.25, 0.6]]:
    add("quantile", [batches], np.quantile(batches, q, axis=(0, 2)), args=[q], options={"axes": [0, 2]})
add("tile", [x], np.tile(x, [2, 1, 3]), args=[[2, 1, 3]])
add("tile", [x], np.tile(x, 2), args=[2])
add("moveAxis", [batches], np.moveaxis(batches, 0, -1), args=[0, -1])
add("swapAxes", [batches], np.swapaxes(batches, 0, 2), args=[0, -1])
add("clip", [x], np.clip(x, -0.5, 0.25), args=[-0.5, 0.25])
add("remainder", [x, y], np.remainder(x, y))
add("floorDivide", [x, y], np.floor_divide(x, y))
add("remainder", [whole, divisors], np.remainder(whole, divisors), dtype="int32")
add("floorDivide", [whole, divisors], np.floor_divide(whole, divisors), dtype="int32")
tiny = np.array([1e-12, -1e-9, 1e-5, 0.3, -0.5, 3.0, 0.0, 20.0])
for name, f in [("log1p", np.log1p), ("expm1", np.expm1), ("sinh", np.sinh), ("cosh", np.cosh), ("tan", np.tan)]:
    add(name, [tiny], f(tiny))
unit = np.array([-1.0, -0.7, 0.0, 0.2, 1.0])
add("asin", [unit[1:4]], np.arcsin(unit[1:4]))
add("acos", [unit[1:4]], np.arccos(unit[1:4]))
add("atan", [x], np.arctan(x))
grid = np.array([[1.0, -1.0, 2.0, -3.0, 0.0, 1.5, -2.0], [2.0, 2.0, -1.0, -1.0, 1.5, 0.0, 0.0]])
add("atan2", [grid[0], grid[1]], np.arctan2(grid[0], grid[1]))
for axis in [0, 1]:
    add("cumulativeProduct", [x], np.cumprod(x, axis), options={"axis": axis})
add("log2", [np.abs(x)], np.log2(np.abs(x)))
add("log10", [np.abs(x)], np.log10(np.abs(x)))
line = np.arange(7.0)
for text, index in [("::-1", slice(None, None, -1)), ("5:1:-2", slice(5, 1, -2)), ("-2:-6:-3", slice(-2, -6, -3)), ("1:-1:2", slice(1, -1, 2)),
                    ("3::-1", slice(3, None, -1)), (":2:-1", slice(None, 2, -1)), ("9:-9:-1", slice(9, -9, -1)), ("2:5:-1", slice(2, 5, -1)),
                    ("-100:3", slice(-100, 3)), ("4:100", slice(4, 100)), ("5:2", slice(5, 2))]:
    add("slice", [line], line[index], args=[[[index.start, index.stop, index.step]]], text=text)
add("slice", [batches], batches[-1, ::-1, 1], args=[[-1, [None, None, -1], 1]])

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"numpy": np.__version__, "cases": cases}, separators=(",", ":")) + "\n")
