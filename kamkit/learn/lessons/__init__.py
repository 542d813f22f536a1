"""The questions of the lessons: one module for each, named as its notebook."""
