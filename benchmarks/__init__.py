"""How fast the assistant is, as ratios to embedding the question alone, and beside what people would use instead."""
