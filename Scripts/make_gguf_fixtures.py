#!/usr/bin/env python3
"""Write the GGUF files of Tests/LMCoreTests/Fixtures/GGUF, and the weights that gguf-py restores from their blocks.

Usage: make_gguf_fixtures.py            (rewrites the folder; the same bytes each time)
Needs gguf 0.19.0 and numpy. Documentation/Fixtures.md describes the files.
"""
import os
import warnings

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import GGUFReader, GGUFValueType, GGUFWriter
from gguf.constants import GGML_QUANT_SIZES
from gguf.quants import dequantize

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OUT = os.path.join(ROOT, "Tests", "LMCoreTests", "Fixtures", "GGUF")

# Where the float16 scales of a block lie.
SCALES = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0],
    Type.Q2_K: [80, 82], Type.Q3_K: [108], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2], Type.Q6_K: [208],
}
# Zeros, the smallest and largest subnormal numbers, the smallest normal ones, the largest: each with both signs.
EXTREMES = [0x0000, 0x8000, 0x0001, 0x8001, 0x03FF, 0x83FF, 0x0400, 0x8400, 0x7BFF, 0xFBFF, 0x3C00, 0xBC00]
# Infinities and NaNs: the sign of the result of infinity times zero depends on the processor.
UNDEFINED = [0x7C00, 0xFC00, 0x7E00, 0xFD55]


def finite_halves(random, count):
    """Bits of float16 numbers, each finite one equally often."""
    bits = random.integers(0, 1 << 16, count, dtype=np.uint16)
    return np.where(bits & 0x7C00 == 0x7C00, bits ^ 0x4000, bits).astype(np.uint16)


def blocks(kind, random):
    """Blocks [16, bytes]: extreme scales over random and over extreme bytes, then random blocks."""
    rows = random.integers(0, 256, (16, GGML_QUANT_SIZES[kind][1]), dtype=np.uint8)
    rows[0], rows[10] = 0x00, 0xFF
    for offset in SCALES[kind]:
        halves = finite_halves(random, len(rows))
        halves[:len(EXTREMES)] = random.permutation(EXTREMES) if offset != SCALES[kind][0] else EXTREMES
        rows[:, offset:offset + 2] = halves.astype("<u2").view(np.uint8).reshape(-1, 2)
    return rows


def numbers(kind, random):
    """Bytes [2, n] of 16- and 32-bit numbers: zeros, subnormals, the largest, infinities; random ones, but no NaN."""
    if kind == Type.F32:
        bits = random.integers(0, 1 << 32, 80, dtype=np.uint32)
        bits[:12] = [0, 1 << 31, 1, 0x80000001, 0x007FFFFF, 0x00800000, 0x7F7FFFFF, 0xFF7FFFFF,
                     0x7F800000, 0xFF800000, 0x3F800000, 0xBF800000]
        bits = np.where((bits & 0x7F800000 == 0x7F800000) & (bits & 0x7FFFFF != 0), 0x40490FDB, bits)
        return bits.astype("<u4").view(np.uint8).reshape(2, -1)
    infinity = 0x7C00 if kind == Type.F16 else 0x7F80
    bits = random.integers(0, 1 << 16, 160, dtype=np.uint16)
    bits[:12] = [0, 0x8000, 1, 0x8001, 0x007F, 0x0080, 0x03FF, 0x0400, infinity - 1, infinity, infinity | 0x8000,
                 infinity ^ 0xFFFF]
    bits = np.where((bits & infinity == infinity) & (bits & (0x7FFF ^ infinity) != 0), 0x3F80, bits)
    return bits.astype("<u2").view(np.uint8).reshape(2, -1)


def restore(data, kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dequantize(data, kind).astype("<f4")


def write_blocks():
    """A tensor for each type, its weights in blocks.f32 in the order of the tensors; `undefined` has scales without numbers."""
    random = np.random.default_rng(17)
    writer = GGUFWriter(os.path.join(OUT, "blocks.gguf"), "blocks")
    undefined = GGUFWriter(os.path.join(OUT, "undefined.gguf"), "blocks")
    weights, mad = [], []
    for kind in [Type.F32, Type.F16, Type.BF16, *SCALES]:
        if kind in SCALES:
            data = blocks(kind, random).reshape(2, -1)
            other = random.integers(0, 256, (4, data.size // 16), dtype=np.uint8)
            for offset in SCALES[kind]:
                other[:, offset:offset + 2] = np.array(UNDEFINED, "<u2").view(np.uint8).reshape(-1, 2)
            undefined.add_tensor(kind.name, other, raw_dtype=kind)
            mad.append(restore(other, kind))
        else:
            data = numbers(kind, random)
        restored = restore(data, kind)
        assert not np.isnan(restored).any(), kind.name
        weights.append(restored)
        # gguf-py takes the element type of these two from the array.
        typed = {Type.F32: "<f4", Type.F16: "<f2"}.get(kind)
        writer.add_tensor(kind.name, data.view(typed) if typed else data, raw_dtype=None if typed else kind)
    for file, values in ((writer, weights), (undefined, mad)):
        save(file)
    for name, values in (("blocks.f32", weights), ("undefined.f32", mad)):
        with open(os.path.join(OUT, name), "wb") as file:
            for value in values:
                file.write(value.tobytes())


def save(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def fill(writer):
    """Keys of every type at the ends of their ranges, and some tensors."""
    writer.add_uint8("u8", 255)
    writer.add_int8("i8", -128)
    writer.add_uint16("u16", 65535)
    writer.add_int16("i16", -32768)
    writer.add_uint32("u32", 4294967295)
    writer.add_int32("i32", -2147483648)
    writer.add_uint64("u64", 18446744073709551615)
    writer.add_int64("i64", -9223372036854775808)
    writer.add_float32("f32", 1e-5)
    writer.add_float64("f64", 1e-300)
    writer.add_bool("yes", True)
    writer.add_bool("no", False)
    writer.add_string("text", "Grüße, 世界 🌍")
    writer.add_key_value("empty", "", GGUFValueType.STRING)
    lists = {
        "u8": (GGUFValueType.UINT8, [0, 255]), "i8": (GGUFValueType.INT8, [-128, 127]),
        "u16": (GGUFValueType.UINT16, [0, 65535]), "i16": (GGUFValueType.INT16, [-32768, 32767]),
        "u32": (GGUFValueType.UINT32, [0, 4294967295]), "i32": (GGUFValueType.INT32, [-2147483648, 2147483647]),
        "u64": (GGUFValueType.UINT64, [0, 9223372036854775807]),
        "i64": (GGUFValueType.INT64, [-9223372036854775808, 9223372036854775807]),
        "f32": (GGUFValueType.FLOAT32, [0.5, -0.0, float("-inf")]), "f64": (GGUFValueType.FLOAT64, [0.1, 1e300]),
        "bool": (GGUFValueType.BOOL, [True, False, True]),
        "string": (GGUFValueType.STRING, ["", "Ġthe", "▁", "<0xFF>", "日本"]),
    }
    for name, (kind, values) in lists.items():
        writer.add_key_value("list." + name, values, GGUFValueType.ARRAY, sub_type=kind)
    writer.add_tensor("vector", np.arange(5, dtype=np.float32))
    writer.add_tensor("matrix", np.arange(6, dtype=np.float16).reshape(2, 3))
    writer.add_tensor("cube", np.arange(24, dtype=np.float32).reshape(4, 3, 2))


def write_metadata():
    for name, alignment in (("metadata", None), ("alignment-64", 64)):
        path = os.path.join(OUT, name + ".gguf")
        writer = GGUFWriter(path, "llama")
        if alignment:
            writer.add_custom_alignment(alignment)
        fill(writer)
        save(writer)
    # Version 2 is written alike.
    with open(os.path.join(OUT, "metadata.gguf"), "rb") as file:
        data = bytearray(file.read())
    data[4] = 2
    with open(os.path.join(OUT, "version-2.gguf"), "wb") as file:
        file.write(data)


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    write_blocks()
    write_metadata()
    for file in sorted(os.listdir(OUT)):
        path = os.path.join(OUT, file)
        print(f"{os.path.getsize(path):8} {file}")
        if file.endswith(".gguf"):
            GGUFReader(path)
