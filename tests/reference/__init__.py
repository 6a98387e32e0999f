"""Plain-Python references that the engine is compared with."""
