"""From offers to plans: who could do what, in which order it is best done, and whether a plan holds."""
