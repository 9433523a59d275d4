"""`runtime`: the machine's part."""

from typing import Annotated, Literal

from pydantic import Field

from piste.pipelines.config.schema.fields import Count, ReadBool, ReadInt, ReadText, Section


class Runtime(Section):
    """Threads, precision, determinism and memory."""

    threads: Annotated[Count, Field(description="Threads of TensorFlow; null takes all.")] = None
    precision: Annotated[
        Literal["float32", "mixed_float16", "mixed_bfloat16"],
        ReadText,
        Field(description="Keras's dtype policy."),
    ] = "float32"
    deterministic: Annotated[bool, Field(description="Whether the same seed gives the same bits."), ReadBool] = True
    memory_limit: Annotated[
        int,
        Field(ge=1, description="MiB; training data above it is streamed and not held on the device."),
        ReadInt,
    ] = 2048
